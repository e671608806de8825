// Boarding without a network: each press is kept in the phone with a key and the moment of it, and sent when the network
// is there again, in order. Where the page itself is one that the phone kept (worker.js), presses sent since stand in it
// as well. The server records a key once, so a press that was sent twice counts once. Without this file
// each press is a plain form.
const list = document.querySelector("[data-boarding]");

if (list) {
  const to = list.dataset.boarding;
  const store = `boarding:${to}`;
  const told = `boarded:${to}`; // what was sent since the page was fetched
  const waiting = document.querySelector("[data-waiting]");
  const count = document.querySelector("[data-on-board]");
  const counted = count.textContent;
  const stored = (name, none) => { try { return JSON.parse(localStorage.getItem(name)) ?? none; } catch { return none; } };
  const read = () => stored(store, []);
  const keep = (presses) => localStorage.setItem(store, JSON.stringify(presses));
  const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (each) => each.toString(16).padStart(2, "0")).join("");
  const row = (uid) => document.getElementById(`p-${uid}`);
  const token = () => list.querySelector('[name="csrf_token"]').value;

  const show = (uid, boarded) => {
    const button = row(uid)?.querySelector("button");
    if (!button) return;
    button.setAttribute("aria-pressed", String(boarded));
    button.form.elements.boarded.value = boarded ? "" : "y";
    const called = document.querySelector(`[data-missing="${uid}"]`);
    if (called) called.hidden = boarded;
  };
  const tell = (said = "") => {
    const left = read().length;
    waiting.hidden = !left && !said;
    waiting.textContent = [said, left ? `${waiting.dataset.words} ${left}` : ""].filter(Boolean).join(" ");
    const on = list.querySelectorAll('[aria-pressed="true"]').length;
    count.textContent = counted.replace(/\d+/, String(on)); // the first figure is how many are on board
  };

  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    let said = "";
    try {
      for (let presses = read(); presses.length; presses = read()) {
        const press = presses[0];
        const body = new URLSearchParams({ ...press, csrf_token: token() });
        const answer = await fetch(to, { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.status >= 500) break; // so many are writing: it is sent again
        const { uid, boarded, said: words } = await answer.json();
        if (answer.status === 400) { said = words; break; } // the page is too old: it is kept for the next one
        if (!answer.ok) said = words;
        keep(read().filter((each) => each.key !== press.key));
        if (answer.ok) localStorage.setItem(told, JSON.stringify({ ...stored(told, {}), [uid]: boarded }));
        if (answer.ok && !read().some((each) => each.uid === press.uid)) show(uid, boarded);
      }
    } catch { /* no network: they wait */ }
    sending = false;
    tell(said);
  };

  list.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-press]");
    if (!form) return;
    event.preventDefault();
    const { uid, boarded } = form.elements;
    keep([...read(), { key: key(), uid: uid.value, boarded: boarded.value, pressed_at: String(Date.now()) }]);
    show(uid.value, boarded.value === "y");
    tell();
    send();
  });

  if (document.documentElement.dataset.kept) for (const [uid, boarded] of Object.entries(stored(told, {}))) show(uid, boarded);
  else localStorage.removeItem(told);
  for (const press of read()) show(press.uid, press.boarded === "y");
  tell();
  send();
  addEventListener("online", send);
  setInterval(() => { if (read().length) send(); }, 5000);
}
