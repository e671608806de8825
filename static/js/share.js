// Passes the page on, or the one whose address the button holds: by the device's own share sheet, else by copying the
// address.
for (const button of document.querySelectorAll("[data-share]")) {
  const status = button.parentElement.querySelector("[role=status]");
  const address = () => { if (button.dataset.address) return button.dataset.address; const here = new URL(location.href); here.hash = ""; here.searchParams.delete("mine"); return here.href; };
  if (!navigator.share && !navigator.clipboard) continue;
  button.parentElement.classList.add("ready");
  button.addEventListener("click", async () => {
    status.textContent = "";
    if (navigator.share) {
      try { await navigator.share({ title: button.dataset.address ? button.dataset.share : document.title, text: button.dataset.share, url: address() }); return; }
      catch (fault) { if (fault.name === "AbortError") return; }
    }
    try { await navigator.clipboard.writeText(address()); status.textContent = button.dataset.done; }
    catch { /* the address stands in the browser's own bar */ }
  });
}
