// Keeps the count of days right in a page that was kept or left open, by the calendar of the summit's own place.
const DAY = 86400000;

function look(place) {
  const { countdown: zone, from, until, ahead, running, over } = place.dataset;
  const today = Date.parse(new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format());
  const language = `${document.documentElement.lang}-u-nu-latn`;
  const days = (Date.parse(from) - today) / DAY;
  const stage = days > 0 ? "ahead" : today > Date.parse(until) ? "over" : "running";
  const words = stage === "ahead" ? ahead.replace("{when}", new Intl.RelativeTimeFormat(language).format(days, "day"))
    : stage === "running" ? running.replace("{day}", 1 - days) : over;
  if (place.textContent !== words) place.textContent = words;
  place.className = `countdown ${stage}`;
}

for (const place of document.querySelectorAll("[data-countdown]")) {
  look(place);
  setInterval(look, 60000, place);
  addEventListener("pageshow", () => look(place));
}
