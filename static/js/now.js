// Marks what is on now and what begins next, from times that stand in the page, and stays right while it is open.
// Each [data-at] holds the minute of its beginning since 1970 and its length. On the agenda a mark stands over the time; in
// a list [data-going] only these are shown.
const DAY = 24 * 60;
const timed = [...document.querySelectorAll("[data-at]")].map((item) => {
  const [from, length] = item.dataset.at.split(" ").map(Number);
  return { item, from, until: from + length };
});

function mark({ item }, state, root) {
  if (root.dataset.going !== undefined) {
    item.hidden = !state;
    item.querySelector("[data-state]").textContent = state ? root.dataset[state] : "";
    item.classList.toggle("is-now", state === "now");
    return;
  }
  const row = item.querySelector(".item");
  row.classList.toggle("is-now", state === "now");
  row.classList.toggle("is-next", state === "next");
  let word = row.querySelector(".state");
  if (!state) return word?.remove();
  if (!word) {
    word = Object.assign(document.createElement("span"), { className: "state" });
    row.prepend(word);
  }
  word.textContent = root.dataset[state];
}

function look() {
  const now = Date.now() / 60000;
  const next = Math.min(...timed.filter((each) => each.from > now && each.from <= now + DAY).map((each) => each.from));
  let going = 0;
  for (const each of timed) {
    const root = each.item.closest("[data-now]");
    const state = each.from <= now && now < each.until ? "now" : each.from === next ? "next" : "";
    if (root) mark(each, state, root);
    if (state) going += 1;
  }
  for (const panel of document.querySelectorAll("[data-going-panel]")) panel.hidden = !going;
}

if (timed.length) {
  look();
  setInterval(look, 15000);
  addEventListener("pageshow", look);
}
