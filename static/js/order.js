// Rows that are put in order by dragging. Each row has buttons that do the same one place at a time, for the keyboard and without this file.
// Where a row was let go, one of its own forms is sent: "before" which other row it stands now; empty: after all of them.
const rows = document.querySelector("[data-ordered]")?.closest("tbody");
const EDGE = 60; // px from the top and the foot of the window within which it scrolls
const STEP = 14;

let held; // { row, next: what stood after it at first }

function move({ clientY }) {
  if (clientY < EDGE || clientY > innerHeight - EDGE) scrollBy(0, clientY < EDGE ? -STEP : STEP);
  const others = [...rows.children].filter((each) => each !== held.row);
  const after = others.find((each) => { const box = each.getBoundingClientRect(); return clientY < box.top + box.height / 2; });
  if (after !== held.row.nextElementSibling) rows.insertBefore(held.row, after ?? null);
}

function drop(keep) {
  const { row, next } = held;
  held = undefined;
  row.classList.remove("held");
  if (!keep) return rows.insertBefore(row, next);
  if (row.nextElementSibling === next) return;
  const form = row.querySelector("form");
  form.elements.to.value = "before";
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "before", value: row.nextElementSibling?.dataset.ordered ?? "" }));
  form.requestSubmit();
}

for (const row of rows?.children.length > 1 ? rows.children : []) {
  const grip = Object.assign(document.createElement("span"), { className: "grip", ariaHidden: "true", textContent: "⠿" });
  row.firstElementChild.prepend(grip);
  grip.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    event.preventDefault();
    held = { row, next: row.nextElementSibling };
    row.classList.add("held");
  });
}
// On the document: a row that has been put elsewhere has lost the pointer.
document.addEventListener("pointermove", (event) => { if (held) move(event); });
document.addEventListener("pointerup", () => { if (held) drop(true); });
document.addEventListener("pointercancel", () => { if (held) drop(false); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && held) drop(false); });
