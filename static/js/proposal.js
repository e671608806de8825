// A proposal at work: how far it is, asked each second. Without this file the page has a link to look again.
const place = document.querySelector("[data-proposal]");
const told = place.querySelector("[data-progress]");
place.querySelector("[data-look]").hidden = true;

async function ask() {
  try {
    const answer = await fetch(place.dataset.proposal, { headers: { Accept: "application/json", "Plenary-By-Itself": "1" } });
    if (answer.ok) {
      const news = await answer.json();
      if (news.over) return location.reload();
      if (told.innerHTML !== news.html) told.innerHTML = news.html;
    }
  } catch { /* the connection comes back, or the link does */ }
  setTimeout(ask, 1000);
}
setTimeout(ask, 1000);
