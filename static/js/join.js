// A page that waits for a door looks again when it opens. The server says how long that is: its clock counts.
const waits = document.querySelector("[data-wait]");
if (waits) setTimeout(() => location.reload(), (Number(waits.dataset.wait) + 1) * 1000);
