// The badge works without this file. It counts a line while it is typed, as the server does (composed characters, each
// of which is one, in any script), and shows it on the badge.
for (const field of document.querySelectorAll("[data-line]")) {
  const line = document.getElementById(field.dataset.line);
  const count = document.getElementById(field.dataset.count);
  const limit = Number(field.dataset.limit);
  const show = () => {
    const text = field.value.normalize("NFC").trim();
    const length = [...text].length;
    const words = length > limit ? count.dataset.over : count.dataset.words;
    count.textContent = words.replace("{count}", length).replace("{limit}", limit);
    count.classList.toggle("error", length > limit);
    line.textContent = text;
  };
  field.addEventListener("input", show);
  show();
}
