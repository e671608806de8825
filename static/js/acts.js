// What both boards share: saying what happened, sending what was done, taking it back and doing it again, and following
// what others do. Loaded by the board's own script, which has drawn everything; `[data-board]` holds addresses and words.
const board = document.querySelector("[data-board]");
const status = document.querySelector("[data-said]");
export const words = JSON.parse(board.dataset.words);
let last = Number(board.dataset.last);
let heard = () => {}; // what the board does with the answer to an act
let busy = () => false; // whether somebody is in the middle of moving something
let silent = ""; // why nothing is followed at the moment: "", "offline", "out"

export function say(text, undo) {
  status.textContent = text;
  if (!undo) return;
  const button = Object.assign(document.createElement("button"), { type: "button", className: "btn quiet slim", textContent: board.dataset.takenBack });
  button.addEventListener("click", () => take(board.dataset.undo.replace("/0/", `/${undo}/`)));
  status.append(" ", button);
}

export async function send(url, values) {
  const body = new URLSearchParams({ ...values, csrf_token: board.dataset.token });
  try {
    const answer = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" } });
    if (signedOut(answer)) return { code: 0, said: words.out };
    return { code: answer.status, ...(await answer.json()) };
  } catch {
    return { code: 0, said: words.failed };
  }
}

// The board knows of everything up to this act, and reads anew what stands beside it.
function upTo(number) {
  if (number) last = number;
  refresh();
}

// An act of one's own is known; what others did between it and the last one known is still to be asked for.
export function did(act) {
  upTo(act === last + 1 ? act : 0);
}

async function take(url) {
  const told = await send(url, {});
  heard(told);
  if (told.act) did(told.act);
  say(told.said || words.failed);
}

// The buttons that go a step back or ahead, the list of what was done, and how many clashes there are by now.
let fresh = Promise.resolve();
let asked = 0;
function refresh() {
  asked += 1;
  fresh = draw(asked);
}

async function draw(turn) {
  try {
    const answer = await fetch(board.dataset.acted, { headers: { Accept: "application/json" } });
    if (!answer.ok || signedOut(answer)) return;
    const told = await answer.json();
    if (turn !== asked) return; // a newer answer is on its way
    swap("[data-steps]", told.steps);
    swap("[data-history]", told.history);
    const clashes = document.querySelector("[data-clashes]");
    if (clashes) clashes.textContent = told.clashes;
  } catch { /* the next act asks again */ }
}

// One step back or ahead after the other, each from where the one before has led.
let steps = Promise.resolve();
function step(way) {
  steps = steps.then(async () => {
    for (let drawn = null; drawn !== fresh; ) await (drawn = fresh);
    const button = board.querySelector(`[data-steps] [data-act="${way}"] button`);
    if (!button || button.disabled) say(way === "undo" ? words.no_undo : words.no_redo);
    else await take(button.form.action);
  });
}

// Whoever has the focus within keeps it, on the button of the same name.
function swap(where, html) {
  const place = board.querySelector(where);
  if (!place) return;
  const held = place.contains(document.activeElement) ? document.activeElement.form?.dataset.act : undefined;
  place.innerHTML = html;
  if (held) (place.querySelector(`[data-act="${held}"] button:enabled`) ?? place.querySelector("button:enabled"))?.focus();
}

board.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-steps] form, [data-history] form")) return;
  event.preventDefault();
  if (event.target.dataset.act) step(event.target.dataset.act);
  else take(event.target.action);
});

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(key) || event.target.closest("input:not([type=radio]), select, textarea")) return;
  if (busy() || document.querySelector("dialog[open]")) return;
  event.preventDefault();
  step(key === "y" || event.shiftKey ? "redo" : "undo");
});

const signedOut = (answer) => answer.redirected || answer.status === 401 || answer.status === 403;

function lost(why) {
  if (silent === why) return;
  silent = why;
  say(words[why]);
  if (why === "out") status.append(" ", Object.assign(document.createElement("a"), { href: location.href, textContent: words.sign_in }));
}

async function ask(news) {
  if (document.hidden || busy() || document.querySelector("dialog[open]")) return;
  let answer;
  try {
    answer = await fetch(`${board.dataset.since}${last}`, { headers: { Accept: "application/json", "Plenary-By-Itself": "1" } });
    if (signedOut(answer)) return lost("out");
    const told = await answer.json();
    if (silent) { silent = ""; say(words.online); }
    if (busy() || !(told.last > last)) return;
    if ((await news(told)) === false) return;
    upTo(told.last);
    say(told.said);
  } catch {
    lost("offline");
  }
}

// Follow what others do, every few seconds, until somebody signs out. `told`: what to do with the answer to an act of one's
// own; `news`: with what others did; `moving`: whether one is in the middle of something.
export function follow(told, news, moving) {
  [heard, busy] = [told, moving];
  const round = async () => {
    await ask(news);
    if (silent !== "out") setTimeout(round, 4000);
  };
  setTimeout(round, 4000);
}

// Menus close when one goes elsewhere, or with Escape.
const menus = () => document.querySelectorAll("details.menu[open]");
document.addEventListener("click", (event) => { for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false; });
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    menu.open = false;
  }
});
