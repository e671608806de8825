// Finds people while one types; the server finds the same by the same rule when the form is sent (app/publishing/people.py).
const form = document.querySelector("[data-search]");
const hits = document.querySelector("[data-hits]");
const none = document.querySelector("[data-none]");
const bare = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");

const words = (item) => [...item.children].map((each) => each.matches(".deeds") ? "" : each.textContent).join(" ");

// A page that the server has searched already holds no others, so it asks the server again.
if (form && !new URLSearchParams(location.search).get("q")) {
  const found = [...document.querySelectorAll("[data-found]")].map((item) => ({ item, text: bare(words(item)) }));
  const show = () => {
    const parts = form.elements.q.value.split(/\s+/).map(bare).filter(Boolean);
    let count = 0;
    for (const { item, text } of found) {
      item.hidden = !parts.every((part) => text.includes(part));
      if (!item.hidden) count += 1;
    }
    for (const group of document.querySelectorAll("[data-group]")) group.hidden = !group.querySelector("[data-found]:not([hidden])");
    hits.textContent = hits.dataset.said.replace("{count}", count);
    none.hidden = count > 0;
  };
  form.elements.q.addEventListener("input", show);
  form.addEventListener("submit", (event) => event.preventDefault());
  if (form.elements.q.value) show();
}
