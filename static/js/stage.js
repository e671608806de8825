// The moderator's page: figures that count down, a page that follows by itself, a screen that stays on.
// Without scripts the page is loaded again by its own link. Time is the server's: its clock stands in the page.
const EVERY = 10_000;
let ahead = 0; // how far the server's clock is ahead of this one

function set(stage) {
  ahead = new Date(stage.dataset.now) - Date.now();
}

function figures(ms) {
  const all = Math.floor(Math.abs(ms) / 1000);
  const two = (each) => String(each).padStart(2, "0");
  const hours = Math.floor(all / 3600);
  const rest = `${two(Math.floor(all / 60) % 60)}:${two(all % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function tick() {
  for (const each of document.querySelectorAll("[data-until]")) {
    const left = new Date(each.dataset.until) - (Date.now() + ahead);
    const over = left < 0 && each.dataset.over;
    each.textContent = left >= 0 ? figures(left) : over ? each.dataset.over.replace("{}", figures(left)) : "00:00";
    each.closest("p").classList.toggle("over", Boolean(over));
  }
}

async function follow() {
  const here = document.getElementById("stage");
  if (document.hidden || here.contains(document.activeElement)) return; // never under somebody's finger
  try {
    const answer = await fetch(location.href, { cache: "no-store" });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("stage");
    if (!fresh || here.contains(document.activeElement)) return;
    here.replaceWith(document.adoptNode(fresh));
    set(fresh);
    tick();
  } catch { /* no line just now: what stands here still holds, and the figures go on */ }
}

async function stayOn() {
  try { await navigator.wakeLock?.request("screen"); } catch { /* the device decides */ }
}

set(document.getElementById("stage"));
tick();
setInterval(tick, 1000);
setInterval(follow, EVERY);
stayOn();
document.addEventListener("visibilitychange", () => { if (!document.hidden) { stayOn(); follow(); } });
