// Forms work without this file. It moves the focus to the error summary, keeps a form from being sent twice, says what
// is being done while an answer takes long, shows only the fields that the chosen ways of taking part need, and says so when there is no network to send it by.
document.querySelector("[data-error-summary]")?.focus();

let sent; // the form sent last: the worker (worker.js) says when it went nowhere, and the page stands as it was
const unsent = (form) => {
  form.querySelector(":scope > .unsent")?.remove();
  const note = document.createElement("div");
  note.className = "unsent";
  form.append(note);
  note.append(document.getElementById("unsent").content.cloneNode(true)); // in its place first, so that it is read out
  note.scrollIntoView({ block: "nearest" });
};
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("method")?.toLowerCase() !== "post" || form.matches("[data-press]")) return; // boarding waits by itself
  sent = form;
  if (navigator.onLine) return form.querySelector(":scope > .unsent")?.remove();
  event.preventDefault();
  event.stopPropagation();
  unsent(form);
}, { capture: true });
navigator.serviceWorker?.addEventListener("message", ({ data }) => {
  if (!data?.unsent || !sent) return;
  sent.dispatchEvent(new Event("unsent"));
  unsent(sent);
});

for (const form of document.querySelectorAll("form[data-form]")) {
  let sending = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget) return; // it fills a frame, and the page stays
    if (sending) return event.preventDefault();
    sending = true;
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    const beside = button?.dataset.busy && button.nextElementSibling; // what takes long says what is being done
    beside?.replaceChildren(Object.assign(document.createElement("progress"), { ariaLabel: button.dataset.busy }), button.dataset.busy);
    const again = () => { sending = false; button?.removeAttribute("aria-disabled"); beside?.replaceChildren(); };
    window.addEventListener("pageshow", again, { once: true });
    form.addEventListener("unsent", again, { once: true });
  });

  const parts = form.querySelectorAll("[data-modes]");
  const show = () => {
    const chosen = [...form.querySelectorAll('[name="mode"]:checked, [name="modes"]:checked, select[name="mode"]')].map((each) => each.value);
    for (const part of parts) part.hidden = !part.dataset.modes.split(" ").some((mode) => chosen.includes(mode));
  };
  if (parts.length) { form.addEventListener("change", show); show(); }
}
