// Cities moved from session to session and into speaking order, by mouse or keyboard. Without this file each city has a
// “Move” link.
const board = document.querySelector("[data-cities]");
const { words, say, send, did, follow } = await import(board.dataset.acts);
const dialog = board.querySelector("[data-conflict]");
const columns = () => [...board.querySelectorAll("[data-session]")];
const columnOf = (code) => board.querySelector(`[data-session="${CSS.escape(code)}"]`);
const listOf = (column) => column.querySelector("[data-list]");
const placeOf = (item) => [...item.parentElement.children].indexOf(item) + 1;
let carried = null; // {item, column, home, next}

document.documentElement.style.setProperty("--deck", `${board.querySelector("[data-deck]").offsetHeight}px`);

// Columns as the server draws them; whoever has the focus keeps it, what was opened stays open.
function swap(old, fresh) {
  if (old.querySelector("details")?.open) fresh.querySelector("details")?.setAttribute("open", "");
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  const city = held?.closest("[data-city]")?.dataset.city;
  old.replaceWith(fresh);
  if (!held) return;
  const item = city && board.querySelector(`[data-session="${CSS.escape(fresh.dataset.session)}"] [data-city="${CSS.escape(city)}"]`);
  (item && held.matches("a") ? item.querySelector("a") : item || fresh.querySelector("a, summary"))?.focus({ preventScroll: true });
}

function show(told) {
  for (const [code, html] of Object.entries({ ...told.columns, "": told.tray })) {
    const shell = document.createElement("template");
    shell.innerHTML = (html ?? "").trim();
    if (columnOf(code) && shell.content.firstElementChild) swap(columnOf(code), shell.content.firstElementChild);
  }
}

// All columns anew, as they stand by now.
async function look() {
  const answer = await fetch(location.pathname);
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (carried) return false; // nothing is drawn anew under somebody's hand
  for (const fresh of page.querySelectorAll("[data-session]")) {
    const old = columnOf(fresh.dataset.session);
    if (old && old.outerHTML !== fresh.outerHTML) swap(old, document.importNode(fresh, true));
  }
}

const version = (column) => (column.dataset.session ? `${column.dataset.session}:${column.dataset.version}` : "");
const where = (code, place) => (code ? words.at.replace("{session}", columnOf(code)?.dataset.name ?? code).replace("{place}", place) : words.none);
const sessionsOf = (city) => [...board.querySelectorAll(`[data-city="${CSS.escape(city)}"]`)].map((each) => each.closest("[data-session]").dataset.session);

async function put() {
  const { item, column, home } = carried;
  const [place, city, target] = [placeOf(item), item.dataset.city, column.dataset.session];
  release();
  await ask(item, home, target, place);
  board.querySelector(`[data-session="${CSS.escape(target)}"] [data-city="${CSS.escape(city)}"]`)?.focus();
}

async function ask(item, home, target, place) {
  const versions = [...new Set([version(home), version(columnOf(target))])].join(" ");
  const told = await send(item.dataset.url, { target, place: target ? place : "", versions });
  if (told.code === 409) return quicker(item.dataset.city, home.dataset.session, target, place, told);
  if (told.columns) show(told);
  else await look();
  if (told.act) did(told.act);
  say(told.said || words.failed, told.act);
}

// Somebody was quicker: where the city stands by now, and where one meant to put it.
async function quicker(city, source, target, place, told) {
  const before = sessionsOf(city);
  await look();
  const after = sessionsOf(city);
  const code = after.find((each) => !before.includes(each)) ?? (after.includes(source) ? source : "");
  const stands = () => columnOf(code)?.querySelector(`[data-city="${CSS.escape(city)}"]`);
  dialog.querySelector("[data-message]").textContent = told.said;
  dialog.querySelector("[data-theirs]").textContent = code && stands() ? where(code, placeOf(stands())) : words.none;
  dialog.querySelector("[data-yours]").textContent = where(target, place);
  dialog.querySelector("[data-keep]").onclick = () => { dialog.close(); stands()?.focus(); };
  dialog.querySelector("[data-replace]").onclick = () => {
    dialog.close();
    if (stands()) ask(stands(), columnOf(code), target, place);
    else say(told.said);
  };
  dialog.showModal();
}

function pick(item) {
  const home = item.closest("[data-session]");
  carried = { item, home, column: home, next: item.nextElementSibling };
  item.classList.add("is-carried");
  board.classList.add("is-moving");
}

function release() {
  carried?.item.classList.remove("is-carried");
  board.classList.remove("is-moving");
  carried = null;
}

function leave() {
  const { item, home, next } = carried;
  carried.column = home;
  listOf(home).insertBefore(item, next);
  item.focus();
  release();
  say(words.left);
}

function into(column, before) {
  carried.column = column;
  listOf(column).insertBefore(carried.item, before ?? null);
  carried.item.focus({ preventScroll: Boolean(carried.pointer) });
  say(where(column.dataset.session, placeOf(carried.item)));
}

function aside(by) {
  const all = columns();
  const column = all[Math.min(Math.max(all.indexOf(carried.column) + by, 0), all.length - 1)];
  const place = placeOf(carried.item) - 1;
  into(column, [...listOf(column).children].filter((each) => each !== carried.item)[place]);
}

const turned = document.dir === "rtl" ? -1 : 1;
const KEYS = {
  ArrowUp: () => into(carried.column, carried.item.previousElementSibling ?? carried.item.nextElementSibling),
  ArrowDown: () => into(carried.column, carried.item.nextElementSibling?.nextElementSibling),
  ArrowLeft: () => aside(-turned),
  ArrowRight: () => aside(turned),
};

board.addEventListener("keydown", (event) => {
  const item = event.target.closest("[data-city]");
  if (!carried) {
    if (item && item === event.target && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); pick(item); say(words.picked); }
    return;
  }
  if (event.key === "Escape") { event.preventDefault(); leave(); }
  else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); put(); }
  else if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); into(columnOf("")); put(); }
  else if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});

// Whoever goes elsewhere with the focus leaves what was picked up; moving it about blurs it for a moment.
board.addEventListener("focusout", () => setTimeout(() => {
  if (carried && !carried.pointer && document.activeElement !== carried.item && board.contains(document.activeElement)) {
    const { item, home, next } = carried;
    listOf(home).insertBefore(item, next);
    release();
    say(words.left);
  }
}));

board.addEventListener("pointerdown", (event) => {
  const item = event.target.closest("[data-city]");
  if (!item || event.button || event.pointerType === "touch" || event.target.closest("a, summary, button")) return;
  const start = { x: event.clientX, y: event.clientY };
  const drag = (at) => {
    if (!carried) {
      if (Math.hypot(at.clientX - start.x, at.clientY - start.y) < 6) return;
      pick(item);
      carried.pointer = true;
    }
    if (at.clientY < 60 || at.clientY > window.innerHeight - 48) window.scrollBy({ top: at.clientY < 60 ? -24 : 24, behavior: "instant" });
    const column = document.elementFromPoint(at.clientX, at.clientY)?.closest("[data-session]");
    if (!column) return;
    const over = [...listOf(column).children].find((each) => each !== item && at.clientY < each.getBoundingClientRect().top + each.offsetHeight / 2);
    if (carried.column !== column || item.nextElementSibling !== (over ?? null)) into(column, over);
  };
  const end = (lands) => () => {
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", quit);
    if (!carried) return;
    if (lands && (carried.column !== carried.home || item.nextElementSibling !== carried.next)) put();
    else leave();
  };
  const drop = end(true);
  const quit = end(false);
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", quit);
});

follow(look, look, () => Boolean(carried));
