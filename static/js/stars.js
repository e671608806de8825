// Stars beside sessions, kept in this browser alone. Other scripts learn of them by the event "stars" on the document.
const root = document.querySelector("[data-event]");
const template = document.querySelector("[data-star-button]");
const key = `stars:${root?.dataset.event}`;

const read = () => { try { return new Set(JSON.parse(localStorage.getItem(key) ?? "[]")); } catch { return new Set(); } };
const write = (codes) => { try { localStorage.setItem(key, JSON.stringify([...codes])); return true; } catch { return false; } };

function buttonFor(code, title) {
  const button = template.content.firstElementChild.cloneNode(true);
  const words = button.querySelector(".hidden");
  words.textContent = words.textContent.replace("{title}", () => title);
  button.addEventListener("click", () => {
    const codes = read();
    if (!codes.delete(code)) codes.add(code);
    if (write(codes)) tell();
  });
  return button;
}

const holders = new Map();

function tell() {
  const codes = read();
  for (const [code, { holder, button }] of holders) {
    button.setAttribute("aria-pressed", codes.has(code));
    holder.toggleAttribute("data-starred", codes.has(code));
  }
  const known = [...codes].filter((code) => holders.has(code));
  for (const count of document.querySelectorAll("[data-stars]")) count.textContent = known.length;
  for (const link of document.querySelectorAll("[data-chosen]")) {
    const address = new URL(link.href);
    address.search = new URLSearchParams(known.map((code) => ["session", code]));
    link.href = address;
  }
  document.dispatchEvent(new CustomEvent("stars"));
}

if (root && template) {
  for (const holder of root.querySelectorAll("[data-in], [data-star]")) {
    const code = holder.dataset.star ?? holder.id;
    const place = holder.querySelector(".what > header") ?? holder;
    const title = holder.dataset.title ?? place.querySelector("h3, h4").textContent.trim();
    const button = buttonFor(code, title);
    place.append(button);
    holders.set(code, { holder, button });
  }
  for (const each of document.querySelectorAll(".own")) each.classList.add("ready");
  addEventListener("storage", (event) => { if (event.key === key) tell(); });
  tell();
}
