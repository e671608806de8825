// The agenda board as a grid of times: dragging, the keyboard, other people's moves, taking back. Without this file the
// board is lists with a “Move” link on each session.
const board = document.querySelector("[data-board]");
const words = JSON.parse(board.dataset.words);
const status = document.querySelector("[data-said]");
const dialog = board.querySelector("[data-conflict]");
const STEP = 5;
const zoom = board.querySelector("[data-zoom]");
let scale = Number(zoom.value); // pixels a minute
let last = Number(board.dataset.last);
let carried = null; // what is being moved: {card, day, room, from, to}

const pad = (number) => String(number).padStart(2, "0");
const clock = (minutes) => `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
const floors = () => [...board.querySelectorAll("[data-floor]")];
const cardOf = (code) => board.querySelector(`[data-card="${CSS.escape(code)}"]`);
const laneOf = (day, room) => board.querySelector(`[data-floor][data-day="${day}"] > [data-room="${room}"] > .lane`);

function say(text, undo) {
  status.textContent = text;
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn quiet";
  button.textContent = board.dataset.takenBack;
  button.addEventListener("click", () => takeBack(undo));
  status.append(" ", button);
}

// Where things stand: cards lie in their room's lane at their minutes; those that overlap share its width.
function lay(lane) {
  const floor = lane.closest("[data-floor]");
  const opens = Number(floor.dataset.opens);
  lane.style.blockSize = `${(Number(floor.dataset.closes) - opens) * scale}px`;
  const cards = [...lane.children].filter((each) => each.dataset.card).sort((a, b) => a.dataset.from - b.dataset.from);
  let group = [];
  let until = 0;
  const close = () => {
    const lanes = [];
    for (const card of group) {
      const free = lanes.findIndex((end) => end <= Number(card.dataset.from));
      const at = free < 0 ? lanes.length : free;
      lanes[at] = Number(card.dataset.to);
      card.dataset.lane = at;
    }
    for (const card of group) {
      card.style.insetInlineStart = `${(100 / lanes.length) * card.dataset.lane}%`;
      card.style.inlineSize = `calc(${100 / lanes.length}% - 2px)`;
    }
    group = [];
  };
  for (const card of cards) {
    if (Number(card.dataset.from) >= until) close();
    group.push(card);
    until = Math.max(until, Number(card.dataset.to));
    card.style.insetBlockStart = `${(card.dataset.from - opens) * scale}px`;
    card.style.blockSize = `${(card.dataset.to - card.dataset.from) * scale - 2}px`;
  }
  close();
}

function rule(floor) {
  floor.classList.add("on");
  floor.querySelector(".hours")?.remove();
  const hours = document.createElement("div");
  hours.className = "hours num";
  hours.ariaHidden = "true";
  for (let at = Number(floor.dataset.opens); at < Number(floor.dataset.closes); at += 60) {
    const hour = document.createElement("span");
    hour.textContent = clock(at);
    hour.style.insetBlockStart = `${(at - floor.dataset.opens) * scale}px`;
    hours.append(hour);
  }
  floor.prepend(hours);
  floor.style.setProperty("--hour", `${60 * scale}px`);
  for (const lane of floor.querySelectorAll(".lane")) lay(lane);
}

// Put cards as the server drew them into their places.
function show(cards) {
  const touched = new Set();
  for (const [code, html] of Object.entries(cards)) {
    const old = cardOf(code);
    const held = old === document.activeElement;
    if (old?.parentElement.classList.contains("lane")) touched.add(old.parentElement);
    const shell = document.createElement("template");
    shell.innerHTML = html.trim();
    const card = shell.content.querySelector("[data-card]");
    if (!card) { old?.remove(); continue; }
    const place = card.dataset.day ? laneOf(card.dataset.day, card.dataset.room) : board.querySelector(".tray");
    if (!place) return location.reload(); // a room or a day that this page does not know yet
    if (old && old.parentElement === place) old.replaceWith(card);
    else { old?.remove(); place.append(card); }
    if (place.classList.contains("lane")) touched.add(place);
    if (held) card.focus();
  }
  touched.forEach(lay);
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

async function put(card, place) {
  const values = {
    day: place.day, room: place.room, version: card.dataset.version,
    starts: place.day ? clock(place.from) : "", ends: place.day ? clock(place.to) : "",
  };
  card.ariaBusy = "true";
  const told = await send(card.dataset.url, values);
  card.ariaBusy = null;
  if (told.code === 409) return quicker(card.dataset.card, place, told);
  if (told.cards) show(told.cards);
  reach(told.act);
  say(told.said || words.failed, told.act);
}

// An act of one's own is known; what others did between it and the last one known is still to be asked for.
function reach(act) {
  if (act === last + 1) last = act;
}

function quicker(code, place, told) {
  show(told.cards);
  const name = place.day ? `${describe(place)}` : words.tray;
  dialog.querySelector("[data-message]").textContent = told.said;
  dialog.querySelector("[data-theirs]").textContent = told.theirs;
  dialog.querySelector("[data-yours]").textContent = name;
  dialog.querySelector("[data-keep]").onclick = () => { dialog.close(); cardOf(code)?.focus(); };
  dialog.querySelector("[data-replace]").onclick = () => { dialog.close(); if (cardOf(code)) put(cardOf(code), place); };
  dialog.showModal();
}

async function takeBack(number, way = "undo") {
  const told = await send(board.dataset.acts.replace("/0/", `/${number}/`) + way, {});
  if (told.cards) show(told.cards);
  reach(told.act);
  say(told.said);
}

// Others' moves appear while the board stands open.
setInterval(async () => {
  if (document.hidden || carried || dialog.open) return;
  try {
    const answer = await fetch(`${board.dataset.since}${last}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || carried) return;
    const told = await answer.json();
    if (told.last <= last) return;
    last = told.last;
    show(told.cards);
    say(told.said);
  } catch { /* the next round asks again */ }
}, 4000);

// The keyboard, and what the pointer shares with it.
const roomName = (day, room) => laneOf(day, room)?.parentElement.dataset.name ?? "";
const dayName = (day) => board.querySelector(`[data-floor][data-day="${day}"]`)?.dataset.name ?? "";
const describe = (place) => `${dayName(place.day)}, ${clock(place.from)}–${clock(place.to)}, ${roomName(place.day, place.room)}`;
const lengthOf = (card) => (card.dataset.to ? card.dataset.to - card.dataset.from : 60);

function pick(card) {
  const placed = Boolean(card.dataset.day);
  const first = floors()[0];
  const from = placed ? Number(card.dataset.from) : Number(first.dataset.opens);
  carried = {
    card, from, to: from + lengthOf(card), day: card.dataset.day || first.dataset.day,
    room: placed ? card.dataset.room : first.querySelector(".column").dataset.room,
  };
  card.classList.add("is-carried");
}

function leave() {
  carried?.card.classList.remove("is-carried");
  board.querySelector(".ghost")?.remove();
  carried = null;
}

function ghost() {
  let shape = board.querySelector(".ghost");
  if (!shape) { shape = document.createElement("div"); shape.className = "ghost num"; shape.ariaHidden = "true"; }
  const lane = carried.day ? laneOf(carried.day, carried.room) : null;
  if (!lane) return shape.remove();
  lane.append(shape);
  const opens = Number(lane.closest("[data-floor]").dataset.opens);
  shape.style.insetBlockStart = `${(carried.from - opens) * scale}px`;
  shape.style.blockSize = `${(carried.to - carried.from) * scale}px`;
  shape.textContent = `${clock(carried.from)}–${clock(carried.to)}`;
}

function shift(minutes) {
  const length = carried.to - carried.from;
  const floor = board.querySelector(`[data-floor][data-day="${carried.day}"]`);
  const opens = Number(floor.dataset.opens);
  carried.from = Math.min(Math.max(carried.from + minutes, opens), Number(floor.dataset.closes) - length);
  carried.to = carried.from + length;
}

function next(list, now, by) {
  return list[Math.min(Math.max(list.indexOf(now) + by, 0), list.length - 1)];
}

const rooms = () => [...board.querySelectorAll(`[data-floor][data-day="${carried.day}"] > [data-room]`)].map((each) => each.dataset.room);
const days = () => floors().map((each) => each.dataset.day);
const KEYS = {
  ArrowUp: () => shift(-STEP), ArrowDown: () => shift(STEP),
  ArrowLeft: () => { carried.room = next(rooms(), carried.room, document.dir === "rtl" ? 1 : -1); },
  ArrowRight: () => { carried.room = next(rooms(), carried.room, document.dir === "rtl" ? -1 : 1); },
  PageUp: () => { carried.day = next(days(), carried.day, -1); shift(0); },
  PageDown: () => { carried.day = next(days(), carried.day, 1); shift(0); },
};

board.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.target.closest("input, select, textarea")) {
    const done = status.querySelector("button");
    if (done) { event.preventDefault(); done.click(); }
    return;
  }
  if (carried) {
    if (event.key === "Escape") { event.preventDefault(); leave(); return say(words.left); }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); const { card, ...place } = carried; leave(); return put(card, place); }
    if (event.key === "Delete" || event.key === "Backspace") { event.preventDefault(); const { card } = carried; leave(); return put(card, { day: "", room: "", from: 0, to: 0 }); }
    if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); ghost(); say(describe(carried)); }
    return;
  }
  if ((event.key === "Enter" || event.key === " ") && event.target.matches("[data-card]")) {
    event.preventDefault();
    pick(event.target);
    ghost();
    say(`${words.picked} ${describe(carried)}`);
  }
});
board.addEventListener("focusout", (event) => { if (carried && !carried.pointer && event.target === carried.card && board.contains(event.relatedTarget)) leave(); });

// The mouse and the pen; a finger scrolls, and finds the “Move” link.
board.addEventListener("pointerdown", (event) => {
  const card = event.target.closest("[data-card]");
  if (!card || event.button || event.pointerType === "touch" || event.target.closest("a, summary, button")) return;
  const start = { x: event.clientX, y: event.clientY, grip: event.clientY - card.getBoundingClientRect().top };
  card.setPointerCapture(event.pointerId); // at once: a quick hand has left the card before it is heard to move
  const over = (at) => document.elementsFromPoint(at.clientX, at.clientY);
  const drag = (at) => {
    if (!carried) {
      if (Math.hypot(at.clientX - start.x, at.clientY - start.y) < 6) return;
      pick(card);
      carried.pointer = true;
    }
    const lane = over(at).find((each) => each.matches(".lane"));
    const tray = over(at).find((each) => each.matches("[data-tray]"));
    if (lane) {
      const floor = lane.closest("[data-floor]");
      const grip = card.dataset.day ? start.grip : 12;
      const minutes = (at.clientY - lane.getBoundingClientRect().top - grip) / scale + Number(floor.dataset.opens);
      const length = carried.to - carried.from;
      Object.assign(carried, { day: floor.dataset.day, room: lane.parentElement.dataset.room, from: Math.round(minutes / STEP) * STEP });
      carried.to = carried.from + length;
      shift(0);
    } else if (tray) carried.day = "";
    ghost();
  };
  const stop = (lands) => () => {
    card.removeEventListener("pointermove", drag);
    card.removeEventListener("pointerup", drop);
    card.removeEventListener("pointercancel", quit);
    if (!carried) return;
    const { card: moved, ...place } = carried;
    leave();
    if (lands) put(moved, place);
  };
  const drop = stop(true);
  const quit = stop(false);
  card.addEventListener("pointermove", drag);
  card.addEventListener("pointerup", drop);
  card.addEventListener("pointercancel", quit);
});

zoom.closest("[hidden]").hidden = false;
zoom.addEventListener("change", () => { scale = Number(zoom.value); floors().forEach(rule); });
floors().forEach(rule);
