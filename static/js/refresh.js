// Work that goes on elsewhere: the part of the page that says how far it is, asked for anew every few seconds. Without this file the part has a link.
const EVERY = 3000;
const place = document.querySelector("[data-refresh]");
place.querySelectorAll("[data-look]").forEach((link) => { link.hidden = true; });

async function ask() {
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html", "Plenary-By-Itself": "1" } });
      const news = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-refresh]");
      if (answer.ok && !news) return location.reload();
      if (news) {
        news.querySelectorAll("[data-look]").forEach((link) => { link.hidden = true; });
        if (news.innerHTML !== place.innerHTML) place.innerHTML = news.innerHTML;
      }
    } catch { /* the connection comes back, or the reader looks again */ }
  }
  setTimeout(ask, EVERY);
}
setTimeout(ask, EVERY);
