// The picker of photos puts its line into the text that was last written in; without this file the line is copied by hand.
const texts = [...document.querySelectorAll("form[data-form] textarea")];
let last = texts[0];
for (const text of texts) text.addEventListener("focus", () => { last = text; });

for (const button of document.querySelectorAll("[data-insert]")) {
  button.hidden = !last;
  button.addEventListener("click", () => {
    const before = last.value.slice(0, last.selectionStart).trimEnd();
    const after = last.value.slice(last.selectionEnd).trimStart();
    const head = [before, button.dataset.insert].filter(Boolean).join("\n\n");
    last.value = after ? `${head}\n\n${after}` : `${head}\n`;
    last.closest("details")?.setAttribute("open", "");
    last.focus();
    last.setSelectionRange(head.length, head.length);
    last.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
