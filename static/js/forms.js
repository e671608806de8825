// Forms work without this file. It moves the focus to the error summary, keeps a form from being sent twice,
// and shows only the fields that the chosen ways of taking part need.
document.querySelector("[data-error-summary]")?.focus();

for (const form of document.querySelectorAll("form[data-form]")) {
  let sending = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget) return; // it fills a frame, and the page stays
    if (sending) return event.preventDefault();
    sending = true;
    const button = event.submitter;
    button?.setAttribute("aria-disabled", "true");
    window.addEventListener("pageshow", () => { sending = false; button?.removeAttribute("aria-disabled"); }, { once: true });
  });

  const parts = form.querySelectorAll("[data-modes]");
  const show = () => {
    const chosen = [...form.querySelectorAll('[name="mode"]:checked, [name="modes"]:checked, select[name="mode"]')].map((each) => each.value);
    for (const part of parts) part.hidden = !part.dataset.modes.split(" ").some((mode) => chosen.includes(mode));
  };
  if (parts.length) { form.addEventListener("change", show); show(); }
}
