// Offers the reader's own time zone where its clock differs from the summit's; remembers "no".
const hint = document.querySelector("[data-zone-hint]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const chosen = new URLSearchParams(location.search).has("tz");

const refused = () => { try { return localStorage.getItem("zone-refused") === own; } catch { return false; } };
const clock = (zone) => new Date(`${hint.dataset.on}T12:00Z`).toLocaleString("en", { timeZone: zone });

if (hint && own && own.includes("/") && !chosen && !refused() && clock(own) !== clock(hint.dataset.zoneHint)) {
  const link = hint.querySelector("a");
  const listed = document.querySelector(`select[name="tz"] option[value="${CSS.escape(own)}"]`);
  const address = new URL(location.href);
  address.searchParams.set("tz", own);
  link.href = address;
  link.textContent = link.textContent.replace("…", listed?.textContent.trim() ?? own.split("/").pop().replaceAll("_", " "));
  hint.querySelector("button").addEventListener("click", () => {
    try { localStorage.setItem("zone-refused", own); } catch { /* a browser that keeps nothing asks again */ }
    hint.hidden = true;
  });
  hint.hidden = false;
}
