// Cities dragged from session to session and into speaking order, by mouse or keyboard. Without this file each city has
// a “Move” link.
const board = document.querySelector("[data-cities]");
const words = JSON.parse(board.dataset.words);
const status = document.querySelector("[data-said]");
const columns = () => [...board.querySelectorAll("[data-session]")];
const listOf = (column) => column.querySelector("[data-list]");
let carried = null; // {item, column, place, home, next}

function say(text, undo) {
  status.textContent = text;
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn quiet";
  button.textContent = board.dataset.takenBack;
  button.addEventListener("click", async () => {
    const told = await send(board.dataset.acts.replace("/0/", `/${undo}/`), {});
    if (told.code === 200) location.reload();
    else say(told.said || words.failed);
  });
  status.append(" ", button);
}

async function send(url, values) {
  const body = new URLSearchParams({ ...values, csrf_token: board.dataset.token });
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    return { code: answer.status, ...(await answer.json()) };
  } catch {
    return { code: 0, said: words.failed };
  }
}

function show(told) {
  for (const [code, html] of Object.entries({ ...told.columns, "": told.tray })) {
    const old = board.querySelector(`[data-session="${CSS.escape(code)}"]`);
    const shell = document.createElement("template");
    shell.innerHTML = (html ?? "").trim();
    if (old && shell.content.firstElementChild) old.replaceWith(shell.content.firstElementChild);
  }
}

const version = (column) => (column.dataset.session ? `${column.dataset.session}:${column.dataset.version}` : "");

async function put() {
  const { item, column, home } = carried;
  const place = [...listOf(column).children].indexOf(item) + 1;
  const city = item.dataset.city;
  release();
  const target = column.dataset.session;
  const versions = [...new Set([version(home), version(column)])].join(" ");
  const told = await send(item.dataset.url, { target, place: target ? place : "", versions });
  if (told.columns) show(told);
  say(told.said || words.failed, told.act);
  board.querySelector(`[data-session="${CSS.escape(target)}"] [data-city="${CSS.escape(city)}"]`)?.focus();
}

function pick(item) {
  const home = item.closest("[data-session]");
  carried = { item, home, column: home, next: item.nextElementSibling };
  item.classList.add("is-carried");
}

function release() {
  carried?.item.classList.remove("is-carried");
  carried = null;
}

function leave() {
  listOf(carried.home).insertBefore(carried.item, carried.next);
  const { item } = carried;
  release();
  item.focus();
  say(words.left);
}

function into(column, before) {
  carried.column = column;
  listOf(column).insertBefore(carried.item, before ?? null);
  carried.item.focus({ preventScroll: Boolean(carried.pointer) });
  const place = [...listOf(column).children].indexOf(carried.item) + 1;
  say(words.at.replace("{session}", column.dataset.name).replace("{place}", place));
}

function aside(by) {
  const all = columns();
  const column = all[Math.min(Math.max(all.indexOf(carried.column) + by, 0), all.length - 1)];
  const place = [...listOf(carried.column).children].indexOf(carried.item);
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
    if (item === event.target && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); pick(item); say(words.picked); }
    return;
  }
  if (event.key === "Escape") { event.preventDefault(); leave(); }
  else if (event.key === "Enter" || event.key === " ") { event.preventDefault(); put(); }
  else if (event.key === "Delete") { event.preventDefault(); into(columns()[0]); put(); }
  else if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});

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
    const under = document.elementFromPoint(at.clientX, at.clientY);
    const column = under?.closest("[data-session]");
    if (!column) return;
    const over = [...listOf(column).children].find((each) => each !== item && at.clientY < each.getBoundingClientRect().top + each.offsetHeight / 2);
    if (carried.column !== column || item.nextElementSibling !== (over ?? null)) into(column, over);
  };
  const drop = () => {
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", quit);
    if (carried) put();
  };
  const quit = () => { if (carried) leave(); };
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", quit);
});
