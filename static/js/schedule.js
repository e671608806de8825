// The agenda board: moving sessions by mouse and keyboard on a grid of times, in one's own browser and in those of others.
// Without this file the board is lists with a “Move” link on each session.
const board = document.querySelector("[data-board]");
const { words, say, send, did, follow } = await import(board.dataset.acts);
const { clock, draw, undraw, stretch, minuteAt, roomsOf, bandsOf } = await import(board.dataset.grid);
const dialog = board.querySelector("[data-conflict]");
const deck = board.querySelector("[data-deck]");
const zooms = board.querySelector("[data-zoom]");
const wide = matchMedia("(min-width: 48rem)");
const STEP = 5;
let carried = null; // what is being moved: {card, day, room, from, to, band, pointer}

const floors = () => [...board.querySelectorAll("[data-floor]")];
const floorOf = (day) => board.querySelector(`[data-floor][data-day="${day}"]`);
const cardOf = (code) => board.querySelector(`[data-card="${CSS.escape(code)}"]`);
const tray = board.querySelector(".tray");

// The shape of the board: a grid where there is room for one, else lists.
const zoom = () => zooms.querySelector(":checked").value;
function shape(floor) {
  if (!wide.matches || zoom() === "list") return undraw(floor);
  const head = floor.previousElementSibling.offsetHeight;
  draw(floor, zoom(), window.innerHeight - deck.offsetHeight - head - 24);
}
function shapeAll() {
  document.documentElement.style.setProperty("--deck", `${deck.offsetHeight}px`);
  board.classList.toggle("has-grid", wide.matches && zoom() !== "list");
  floors().forEach(shape);
}
try { zooms.querySelector(`[value="${localStorage.getItem("zoom of the board")}"]`)?.click(); } catch { /* it may be kept or not */ }
zooms.addEventListener("change", () => {
  try { localStorage.setItem("zoom of the board", zoom()); } catch { /* as above */ }
  shapeAll();
});

// Cards as the server draws them, put where they belong; whoever has the focus keeps it, what was opened stays open.
function lane(card) {
  if (!card.dataset.day) return tray;
  const floor = floorOf(card.dataset.day);
  if (!floor) return null;
  const column = "band" in card.dataset ? bandsOf(floor) : roomsOf(floor).find((each) => each.dataset.room === card.dataset.room);
  return column?.querySelector(".lane") ?? null;
}

const order = (card) => [Number(card.dataset.from ?? 0), Number(card.dataset.place)];
function insert(place, card) {
  const [from, at] = order(card);
  const after = [...place.children].find((each) => each.dataset.card && (order(each)[0] > from || (order(each)[0] === from && order(each)[1] > at)));
  place.insertBefore(card, after ?? null);
}

function keep(old, card) {
  if (old.querySelector("details")?.open) card.querySelector("details")?.setAttribute("open", "");
  if (old === document.activeElement) return () => card.focus({ preventScroll: true });
  if (!old.contains(document.activeElement)) return () => {};
  const mark = document.activeElement.matches("summary") ? "summary" : `a[href="${document.activeElement.getAttribute("href")}"]`;
  return () => { card.focus({ preventScroll: true }); card.querySelector(mark)?.focus({ preventScroll: true }); }; // only what has the focus shows its links
}

function show(cards) {
  const touched = new Set();
  for (const [code, html] of Object.entries(cards)) {
    const old = cardOf(code);
    const floor = old?.closest("[data-floor]");
    if (floor) touched.add(floor);
    const shell = document.createElement("template");
    shell.innerHTML = html.trim();
    const card = shell.content.querySelector("[data-card]");
    if (!card) { old?.remove(); continue; }
    if ("holds" in card.dataset || (!old && "narrowed" in board.dataset)) continue; // a block is where its sessions are
    const place = lane(card);
    if (!place) return location.reload(); // a room or a day that this page does not know yet
    const focus = old ? keep(old, card) : () => {};
    old?.remove();
    insert(place, card);
    if (place !== tray) touched.add(place.closest("[data-floor]"));
    focus();
  }
  touched.forEach(shape);
  count();
}

function count() {
  board.querySelector("[data-waiting]").textContent = tray.children.length;
  for (const floor of floors()) {
    const jump = board.querySelector(`[data-jump="${floor.dataset.day}"]`);
    const stops = floor.querySelectorAll(".is-blocking").length;
    jump.querySelector("[data-count]").textContent = floor.querySelectorAll("[data-card]").length;
    jump.querySelector("[data-stops]").hidden = !stops;
    jump.querySelector("[data-stops] > span").textContent = stops;
  }
}

async function put(card, place) {
  const values = {
    day: place.day, room: place.day ? place.room : "", version: card.dataset.version,
    starts: place.day ? clock(place.from) : "", ends: place.day ? clock(place.to) : "",
  };
  card.ariaBusy = "true";
  const told = await send(card.dataset.url, values);
  card.ariaBusy = null;
  if (told.code === 409) return quicker(card.dataset.card, place, told);
  if (told.cards) show(told.cards);
  if (told.act) did(told.act);
  say(told.said || words.failed, told.act);
  cardOf(card.dataset.card)?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

// Somebody was quicker: both places side by side, each part of them to be chosen.
const placeOf = (card) => ({ day: card.dataset.day, room: card.dataset.room, from: Number(card.dataset.from ?? 0), to: Number(card.dataset.to ?? 0) });
function quicker(code, mine, told) {
  show(told.cards);
  const card = cardOf(code);
  if (!card) return say(told.said);
  const theirs = placeOf(card);
  const at = (name) => dialog.querySelectorAll(`[name="conflict-${name}"]`);
  const chosen = (name) => (dialog.querySelector(`[name="conflict-${name}"]:checked`).value === "theirs" ? theirs : mine);
  const mixed = () => chosen("when") !== mine || chosen("room") !== mine;
  dialog.querySelector("[data-message]").textContent = told.said;
  for (const [side, place] of [["theirs", theirs], ["yours", mine]]) {
    dialog.querySelector(`[data-${side}="when"]`).textContent = place.day ? `${dayName(place.day)}, ${clock(place.from)}–${clock(place.to)}` : words.tray;
    dialog.querySelector(`[data-${side}="room"]`).textContent = place.day ? roomName(place.day, place.room) : "–";
  }
  for (const name of ["when", "room"]) for (const each of at(name)) each.checked = each.value === "yours";
  const replace = dialog.querySelector("[data-replace]");
  const label = () => { replace.textContent = mixed() ? board.dataset.mixed : board.dataset.mine; };
  label();
  dialog.onchange = label;
  dialog.querySelector("[data-keep]").onclick = () => { dialog.close(); cardOf(code)?.focus(); };
  replace.onclick = () => {
    const when = chosen("when");
    dialog.close();
    if (cardOf(code)) put(cardOf(code), { ...when, room: chosen("room").room });
  };
  dialog.showModal();
}

// Moving: what the keyboard and the pointer share.
const columnOf = (day, room) => roomsOf(floorOf(day)).find((each) => each.dataset.room === room);
const roomName = (day, room) => (room ? (columnOf(day, room)?.dataset.name ?? "") : words.homeless);
const dayName = (day) => floorOf(day)?.dataset.name ?? "";
const describe = (place) => `${dayName(place.day)}, ${clock(place.from)}–${clock(place.to)}, ${roomName(place.day, place.room)}`;

// From the tray a session comes onto the day that is in sight.
function inSight() {
  const edge = deck.getBoundingClientRect().bottom;
  return floors().find((each) => each.getBoundingClientRect().bottom > edge + 60) ?? floors()[0];
}

function pick(card) {
  const placed = Boolean(card.dataset.day);
  const floor = placed ? floorOf(card.dataset.day) : inSight();
  const from = placed ? Number(card.dataset.from) : Number(floor.dataset.opens);
  carried = {
    card, from, to: from + Number(placed ? card.dataset.to - card.dataset.from : card.dataset.length),
    day: floor.dataset.day, room: placed ? card.dataset.room : roomsOf(floor)[0].dataset.room, band: "band" in card.dataset,
  };
  card.classList.add("is-carried");
  board.classList.add("is-moving");
}

function leave() {
  carried?.card.classList.remove("is-carried");
  board.classList.remove("is-moving");
  board.querySelector(".ghost")?.remove();
  carried = null;
}

function ghost(follows = true) {
  const mark = board.querySelector(".ghost") ?? Object.assign(document.createElement("div"), { className: "ghost num", ariaHidden: "true" });
  const floor = carried.day ? floorOf(carried.day) : null;
  if (!floor?.classList.contains("on")) return mark.remove();
  const column = carried.band ? bandsOf(floor) : columnOf(carried.day, carried.room);
  if (!column) return mark.remove();
  column.querySelector(".lane").append(mark);
  stretch(mark, floor, carried.from, carried.to);
  mark.textContent = `${clock(carried.from)}–${clock(carried.to)}${carried.band && carried.room ? `, ${roomName(carried.day, carried.room)}` : ""}`;
  if (follows) mark.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function shift(minutes) {
  const length = carried.to - carried.from;
  const { opens, closes } = floorOf(carried.day).dataset;
  carried.from = Math.min(Math.max(carried.from + minutes, Number(opens)), Math.max(Number(closes) - length, Number(opens)));
  carried.to = carried.from + length;
}

function next(list, now, by) {
  return list[Math.min(Math.max(list.indexOf(now) + by, 0), list.length - 1)];
}

const rooms = () => roomsOf(floorOf(carried.day)).map((each) => each.dataset.room);
const days = () => floors().map((each) => each.dataset.day);
const aside = (by) => { carried.room = next(rooms(), carried.room, document.dir === "rtl" ? -by : by); };
const KEYS = {
  ArrowUp: () => shift(-STEP), ArrowDown: () => shift(STEP), ArrowLeft: () => aside(-1), ArrowRight: () => aside(1),
  PageUp: () => { carried.day = next(days(), carried.day, -1); shift(0); },
  PageDown: () => { carried.day = next(days(), carried.day, 1); shift(0); },
};

board.addEventListener("keydown", (event) => {
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
  let at = event;
  const over = () => document.elementsFromPoint(at.clientX, at.clientY);
  const aim = () => {
    const here = over();
    const floor = here.find((each) => each.matches("[data-floor].on"));
    if (here.some((each) => each.matches("[data-tray]"))) carried.day = "";
    else if (floor) {
      const length = carried.to - carried.from;
      const minute = minuteAt(floor, at.clientY - (card.dataset.day ? start.grip : 12));
      const column = here.find((each) => each.matches(".column[data-room]"));
      if (column && !carried.band) carried.room = column.dataset.room;
      Object.assign(carried, { day: floor.dataset.day, from: Math.round(minute / STEP) * STEP });
      carried.to = carried.from + length;
      shift(0);
    }
    ghost(false);
  };
  // Near an edge the board scrolls by itself, so that a far day or room can be reached.
  const scroll = () => {
    if (!carried) return;
    const near = (low, value, high) => (value < low + 48 ? -14 : value > high - 48 ? 14 : 0);
    const floor = over().find((each) => each.matches("[data-floor].on"));
    if (floor) {
      const box = floor.getBoundingClientRect();
      floor.scrollBy(near(box.left, at.clientX, box.right), near(box.top, at.clientY, box.bottom));
    }
    window.scrollBy({ top: near(deck.getBoundingClientRect().bottom, at.clientY, window.innerHeight), behavior: "instant" });
    aim();
    requestAnimationFrame(scroll);
  };
  const drag = (moved) => {
    at = moved;
    if (!carried) {
      if (Math.hypot(at.clientX - start.x, at.clientY - start.y) < 6) return;
      pick(card);
      carried.pointer = true;
      requestAnimationFrame(scroll);
    }
    aim();
  };
  const unselected = (each) => each.preventDefault();
  document.addEventListener("selectstart", unselected);
  const stop = (lands) => () => {
    document.removeEventListener("selectstart", unselected);
    document.removeEventListener("pointermove", drag);
    document.removeEventListener("pointerup", drop);
    document.removeEventListener("pointercancel", quit);
    if (!carried) return;
    const { card: moved, ...place } = carried;
    leave();
    if (lands) put(moved, place);
  };
  const drop = stop(true);
  const quit = stop(false);
  document.addEventListener("pointermove", drag);
  document.addEventListener("pointerup", drop);
  document.addEventListener("pointercancel", quit);
});

// Which day is in sight.
function here() {
  const day = inSight()?.dataset.day;
  for (const each of board.querySelectorAll("[data-jump]")) {
    if (each.dataset.jump === day) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
}
addEventListener("scroll", here, { passive: true });

zooms.hidden = false;
shapeAll();
here();
wide.addEventListener("change", shapeAll);
let resized = 0;
addEventListener("resize", () => { clearTimeout(resized); resized = setTimeout(shapeAll, 120); });
document.fonts?.ready.then(shapeAll);
follow((told) => { if (told.cards) show(told.cards); }, (told) => show(told.cards), () => Boolean(carried));
