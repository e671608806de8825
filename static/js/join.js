// A page that waits for a door looks again when it opens, by the server's clock as the page was made.
const waits = document.querySelector("[data-opens]");
if (waits) {
  const left = new Date(waits.dataset.opens) - Date.now();
  if (left < 24 * 3600e3) setTimeout(() => location.reload(), Math.max(left, 0) + 2000);
}
