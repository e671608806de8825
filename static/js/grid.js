// A day of the board drawn as a grid: minutes run down, rooms stand side by side. Hours without anything at the edges of
// a day are folded, short items get the height of a line, what stands across all rooms is a band.
const LINE = 22; // the least height of a card, in pixels: one line of words
const FOLDED = 12; // the height of an hour in which nothing stands, at the edges of the day
const HEADS = 34; // the names of the rooms
const MOST = 1.5; // pixels a minute, where a day would fit with more
const SCALES = { middle: 2, large: 4 }; // pixels a minute

const axes = new WeakMap();
const pad = (number) => String(number).padStart(2, "0");
export const clock = (minutes) => `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;

const cardsOf = (floor) => [...floor.querySelectorAll("[data-card][data-from]:not([data-holds])")];
const span = (card) => [Number(card.dataset.from), Number(card.dataset.to)];
export const roomsOf = (floor) => [...floor.querySelectorAll(":scope > [data-room]")];
export const bandsOf = (floor) => floor.querySelector(":scope > [data-bands]");

// Where minutes lie: knots of [minute, pixel], with straight lines between them.
function axis(floor, scale) {
  const [opens, closes] = [Number(floor.dataset.opens), Number(floor.dataset.closes)];
  const items = cardsOf(floor).map(span);
  const first = items.length ? Math.floor(Math.min(...items.map(([from]) => from)) / 60) * 60 : closes;
  const last = items.length ? Math.ceil(Math.max(...items.map(([, to]) => to)) / 60) * 60 : closes;
  const edges = new Set([opens, closes, ...items.flat()]);
  for (let hour = opens; hour < closes; hour += 60) edges.add(hour);
  const minutes = [...edges].filter((at) => at >= opens && at <= closes).sort((a, b) => a - b);
  const folded = (at) => at < first || at >= last;
  const heights = minutes.slice(1).map((to, n) => (to - minutes[n]) * (folded(minutes[n]) ? FOLDED / 60 : scale));
  for (const [from, to] of items.sort((a, b) => a[1] - a[0] - (b[1] - b[0]))) {
    const within = heights.map((_, n) => n).filter((n) => minutes[n] >= from && minutes[n + 1] <= to);
    const height = within.reduce((sum, n) => sum + heights[n], 0);
    if (height > 0 && height < LINE) for (const n of within) heights[n] *= LINE / height;
  }
  const tops = [0];
  for (const height of heights) tops.push(tops.at(-1) + height);
  return { opens, closes, first, last, minutes, tops, total: tops.at(-1) };
}

const between = (from, to, at) => {
  const n = Math.max(1, from.findIndex((each) => each >= at));
  const share = (at - from[n - 1]) / (from[n] - from[n - 1] || 1);
  return to[n - 1] + share * (to[n] - to[n - 1]);
};
const within = (low, at, high) => Math.min(Math.max(at, low), high);
const yOf = (floor, minutes) => { const a = axes.get(floor); return between(a.minutes, a.tops, within(a.opens, minutes, a.closes)); };

// The minute under a point of the screen.
export function minuteAt(floor, clientY) {
  const a = axes.get(floor);
  const top = bandsOf(floor).querySelector(".lane").getBoundingClientRect().top;
  return between(a.tops, a.minutes, within(0, clientY - top, a.total));
}

export function stretch(shape, floor, from, to) {
  const top = yOf(floor, from);
  shape.style.insetBlockStart = `${top}px`;
  shape.style.blockSize = `${Math.max(yOf(floor, to) - top - 2, 14)}px`;
}

// What is drawn of a card depends on the room it has: a line, its head, or all of it.
function put(card, floor) {
  stretch(card, floor, ...span(card));
  const height = Number.parseFloat(card.style.blockSize);
  card.dataset.size = height < 40 ? "line" : height < 84 ? "low" : height < 160 ? "full" : "tall";
}

// Cards that overlap share the width; each group of such cards by itself.
function share(cards, floor, start = 0, width = 100) {
  let group = [];
  let until = 0;
  const close = () => {
    const ends = [];
    for (const card of group) {
      const free = ends.findIndex((end) => end <= Number(card.dataset.from));
      card.dataset.lane = free < 0 ? ends.length : free;
      ends[card.dataset.lane] = Number(card.dataset.to);
    }
    for (const card of group) {
      const part = width / ends.length;
      const left = start + part * card.dataset.lane;
      card.style.insetInlineStart = left >= 50 ? "auto" : `${left}%`;
      card.style.insetInlineEnd = left >= 50 ? `calc(${100 - left - part}% + 3px)` : "auto";
      card.style.inlineSize = `calc(${part}% - 3px)`;
    }
    group = [];
  };
  for (const card of [...cards].sort((a, b) => a.dataset.from - b.dataset.from)) {
    if (Number(card.dataset.from) >= until) close();
    group.push(card);
    until = Math.max(until, Number(card.dataset.to));
    put(card, floor);
  }
  close();
}

// The longest run of rooms in which nothing else stands at that time, with the band's own room if it can be.
function free(band, columns) {
  const [from, to] = span(band);
  const busy = columns.map((column) => [...column.querySelectorAll("[data-card]")].some((card) => Number(card.dataset.from) < to && Number(card.dataset.to) > from));
  const own = columns.findIndex((column) => column.dataset.room && column.dataset.room === band.dataset.room);
  let best = null;
  for (let n = 0; n < columns.length; n += 1) {
    if (busy[n]) continue;
    let end = n;
    while (end + 1 < columns.length && !busy[end + 1]) end += 1;
    const holds = own >= n && own <= end;
    if (!best || holds || (!best.holds && end - n > best.end - best.n)) best = { n, end, holds };
    n = end;
  }
  return best ?? { n: Math.max(own, 0), end: Math.max(own, 0) };
}

function bands(floor) {
  const lane = bandsOf(floor).querySelector(".lane");
  const columns = roomsOf(floor);
  const box = lane.getBoundingClientRect();
  const runs = new Map();
  for (const card of lane.querySelectorAll("[data-card]")) {
    const { n, end } = free(card, columns);
    runs.set(`${n}-${end}`, [...(runs.get(`${n}-${end}`) ?? []), card]);
  }
  for (const [run, cards] of runs) {
    const [n, end] = run.split("-").map(Number);
    const edges = [columns[n], columns[end]].map((column) => column.querySelector(".lane").getBoundingClientRect());
    const left = Math.min(edges[0].left, edges[1].left);
    const right = Math.max(edges[0].right, edges[1].right);
    const start = document.dir === "rtl" ? box.right - right : left - box.left;
    share(cards, floor, (100 * start) / box.width, (100 * (right - left)) / box.width);
  }
}

// A thin bracket beside the sessions of one block that follow one another in a room; it leads where the block's chip does.
function brackets(floor, column) {
  for (const old of column.querySelectorAll(".bracket")) old.remove();
  const lane = column.querySelector(".lane");
  const cards = [...lane.querySelectorAll("[data-card]")].sort((a, b) => a.dataset.from - b.dataset.from);
  const runs = [];
  for (const card of cards) {
    const code = card.dataset.within;
    if (code && runs.at(-1)?.code === code) runs.at(-1).cards.push(card);
    else runs.push({ code, cards: [card] });
  }
  const held = runs.filter((run) => run.code);
  column.classList.toggle("has-brackets", held.length > 0);
  let until = 0;
  for (const { code, cards: within_ } of held) {
    const own = floor.parentElement.querySelector(`[data-block="${CSS.escape(code)}"]`);
    const chip = own ?? document.querySelector(`[data-block="${CSS.escape(code)}"]`);
    if (!chip) continue;
    const mark = Object.assign(document.createElement("a"), { href: chip.href, className: chip.className.replace("chip", "bracket"), title: chip.textContent, ariaLabel: chip.textContent });
    mark.append(Object.assign(document.createElement("span"), { textContent: chip.firstChild.textContent }));
    const [from, to] = [Math.min(...within_.map((card) => span(card)[0])), Math.max(...within_.map((card) => span(card)[1]))];
    stretch(mark, floor, from, to);
    mark.classList.toggle("is-crowded", from < until);
    until = Math.max(until, to);
    lane.prepend(mark);
    if (own) own.parentElement.hidden = true;
  }
}

// The hours at the side, the lines across, and a shade where a pause or a session for all stands.
function rule(floor) {
  const a = axes.get(floor);
  floor.querySelector(":scope > .hours")?.remove();
  floor.querySelector(":scope > .lines")?.remove();
  const [hours, lines] = ["hours num", "lines"].map((name) => Object.assign(document.createElement("div"), { className: name, ariaHidden: "true" }));
  const add = (parent, name, from, to) => {
    const each = Object.assign(document.createElement("span"), { className: name });
    each.style.insetBlockStart = `${yOf(floor, from)}px`;
    if (to !== undefined) each.style.blockSize = `${yOf(floor, to) - yOf(floor, from)}px`;
    parent.append(each);
    return each;
  };
  if (a.first > a.opens) add(lines, "fold", a.opens, a.first);
  if (a.last < a.closes) add(lines, "fold", a.last, a.closes);
  const marks = [];
  for (let hour = a.first; hour <= a.last; hour += 60) marks.push(hour);
  for (const edge of [a.opens, a.closes]) if (marks.every((hour) => Math.abs(yOf(floor, hour) - yOf(floor, edge)) >= 14)) marks.push(edge);
  for (const hour of marks) {
    if (hour > a.opens && hour < a.closes) add(lines, "hour", hour);
    add(hours, hour === a.opens ? "opens" : hour === a.closes ? "closes" : "", hour).textContent = clock(hour);
  }
  for (const card of bandsOf(floor).querySelectorAll("[data-card]")) add(lines, card.classList.contains("is-pause") ? "stripe pause" : "stripe", ...span(card));
  floor.prepend(hours, lines);
}

// Rooms in which nothing stands on this day take less of the width.
function widths(floor) {
  const columns = roomsOf(floor);
  const busy = columns.map((column) => Boolean(column.querySelector("[data-card]")));
  const shares = busy.map((each) => (each ? "minmax(10.5rem, 3fr)" : "minmax(6.5rem, 1fr)"));
  floor.style.gridTemplateColumns = `3.4rem ${shares.join(" ")}`;
  columns.forEach((column, n) => { column.style.gridColumn = n + 2; });
}

export function draw(floor, zoom, height) {
  floor.classList.add("on");
  for (const chip of floor.parentElement.querySelectorAll("[data-block]")) chip.parentElement.hidden = false;
  widths(floor);
  let scale = SCALES[zoom] ?? 1;
  axes.set(floor, axis(floor, scale));
  if (zoom === "fit") {
    const room = height - HEADS - 8;
    for (let turn = 0; turn < 3; turn += 1) {
      scale = within(0.7, scale * (room / axes.get(floor).total), MOST);
      axes.set(floor, axis(floor, scale));
    }
  }
  const a = axes.get(floor);
  for (const lane of floor.querySelectorAll(".lane")) lane.style.blockSize = `${a.total}px`;
  rule(floor);
  for (const column of roomsOf(floor)) {
    brackets(floor, column);
    share([...column.querySelectorAll("[data-card]")], floor);
  }
  bands(floor);
  const cards = cardsOf(floor);
  const cut = cards.map((card) => card.scrollHeight > card.clientHeight + 1);
  cards.forEach((card, n) => card.classList.toggle("is-cut", cut[n] && card.dataset.size !== "line"));
}

// Back to lists.
export function undraw(floor) {
  floor.classList.remove("on");
  floor.removeAttribute("style");
  for (const each of floor.querySelectorAll(":scope > .hours, :scope > .lines, .bracket")) each.remove();
  for (const each of floor.querySelectorAll(".column, .lane, [data-card]")) { each.removeAttribute("style"); each.classList.remove("is-cut"); delete each.dataset.size; }
  for (const chip of floor.parentElement.querySelectorAll("[data-block]")) chip.parentElement.hidden = false;
}
