// Filters the agenda at once and keeps the address right, so that it can be passed on and stepped back through.
// Without it the same form asks the server, which finds the same by the same attributes (app/publishing/choosing.py).
const NAMES = ["day", "theme", "room", "mode", "city", "mine"];
const root = document.querySelector("[data-agenda]");
const form = document.querySelector("[data-filters]");
const hits = document.querySelector("[data-hits]");
const mine = document.querySelector("[data-mine]");
const days = [...root.querySelectorAll(".day")];
const sessions = [...root.querySelectorAll("[data-in]")];

const asked = () => new URLSearchParams(location.search);
const offers = (name, value) => name === "mine" ? value === "1"
  : name === "day" ? days.some((day) => day.id === value)
  : [...form.elements[name]?.options ?? []].some((each) => each.value === value);

function chosen() {
  const wanted = asked();
  return Object.fromEntries(NAMES.map((name) => {
    const value = wanted.get(name) ?? "";
    return [name, value && offers(name, value) ? value : ""];
  }));
}

function fits(session, choice) {
  const data = session.dataset;
  if (choice.mine && data.starred === undefined) return false;
  if (choice.day && session.closest(".day").id !== choice.day) return false;
  if ((choice.theme && data.theme !== choice.theme) || (choice.room && data.room !== choice.room)) return false;
  if (!choice.mode && !choice.city) return true;
  return data.in.split(" ").some((part) => {
    const at = part.indexOf(":");
    return (!choice.mode || part.slice(0, at) === choice.mode) && (!choice.city || part.slice(at + 1) === choice.city);
  });
}

function show() {
  const choice = chosen();
  let count = 0;
  for (const session of sessions) {
    session.hidden = !fits(session, choice);
    if (!session.hidden) count += 1;
  }
  for (const block of root.querySelectorAll(".theme-block")) block.hidden = !block.querySelector("[data-in]:not([hidden])");
  for (const day of days) day.hidden = !day.querySelector("[data-in]:not([hidden])");
  for (const name of NAMES) if (form.elements[name]) form.elements[name].value = choice[name];
  for (const pill of document.querySelectorAll("[data-day]")) {
    if (pill.dataset.day === choice.day) pill.setAttribute("aria-current", "true");
    else pill.removeAttribute("aria-current");
  }
  mine.setAttribute("aria-pressed", Boolean(choice.mine));
  hits.textContent = hits.dataset.said.replace("{count}", count);
  const starred = sessions.some((each) => each.dataset.starred !== undefined);
  const starless = choice.mine && !starred;
  document.querySelector("[data-chosen]").hidden = !choice.mine || !starred;
  document.querySelector("[data-empty]").hidden = count > 0 || starless;
  document.querySelector("[data-no-stars]").hidden = count > 0 || !starless;
  form.parentElement.querySelector("[data-clear]").hidden = !NAMES.some((name) => choice[name]);
}

function go(changes) {
  const address = new URL(location.href);
  address.hash = "";
  for (const [name, value] of Object.entries(changes)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  if (address.href !== location.href) history.pushState(null, "", address);
  show();
}

if (form && sessions.length) {
  form.addEventListener("change", (event) => go({ [event.target.name]: event.target.value }));
  form.addEventListener("submit", (event) => event.preventDefault());
  mine.addEventListener("click", () => go({ mine: chosen().mine ? "" : "1" }));
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a[data-day], a[data-clear]");
    if (!link) return;
    event.preventDefault();
    go(link.dataset.day === undefined ? Object.fromEntries(NAMES.map((name) => [name, ""])) : { day: link.dataset.day });
    if (link.hidden || link.closest("[hidden]")) hits.focus();
  });
  document.querySelector(".zone-picker")?.addEventListener("formdata", (event) => {
    for (const name of NAMES) event.formData.delete(name);
    for (const [name, value] of Object.entries(chosen())) if (value) event.formData.set(name, value);
  });
  addEventListener("popstate", show);
  document.addEventListener("stars", () => {
    if (!chosen().mine) return;
    const held = document.activeElement;
    show();
    if (held?.closest("[hidden]")) hits.focus();
  });
  show();
}
