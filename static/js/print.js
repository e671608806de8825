// The print button appears only where scripts run.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.classList.add("ready");
  button.addEventListener("click", () => window.print());
}
