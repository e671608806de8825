// Lets this device keep pages to read without a network (worker.js), says which it keeps, and forgets them when told to.
// Everything works without this file, with a network.
const CHOICE = "plenary-choice"; // also in worker.js
const ours = async () => (await caches.keys()).filter((name) => /^plenary-\d+-pages$/.test(name));
const choice = "/device/personal";

async function register() {
  const first = !navigator.serviceWorker.controller;
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "none" });
  const { active } = await navigator.serviceWorker.ready;
  const assets = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((each) => each.href ?? each.src);
  const fetched = performance.getEntriesByType("resource").map((each) => each.name).filter((name) => new URL(name).pathname.startsWith("/static/"));
  const here = document.documentElement.dataset.kept ? "" : location.href.split("#")[0];
  active.postMessage({ keep: first && here, assets: [...new Set([...assets, ...fetched])], language: spoken });
}

const spoken = document.documentElement.lang;
const moment = new Intl.DateTimeFormat(spoken === "en" ? "en-GB" : spoken, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn" });
const listed = document.querySelector("[data-kept-list]");

async function list() {
  const found = [];
  for (const name of await ours()) {
    const cache = await caches.open(name);
    for (const key of await cache.keys()) {
      const answer = await cache.match(key, { ignoreVary: true });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (new URL(key.url).pathname !== "/device") found.push({ address: key.url, title: page.title, at: Number(answer.headers.get("Plenary-Kept-At")) });
    }
  }
  found.sort((one, other) => other.at - one.at);
  listed.replaceChildren(...found.map(({ address, title, at }) => {
    const row = document.getElementById("kept-row").content.firstElementChild.cloneNode(true);
    const link = row.querySelector("a");
    link.href = address;
    link.textContent = title;
    row.querySelector("span").textContent = moment.format(at);
    return row;
  }));
  document.querySelector("[data-kept-none]").hidden = found.length > 0;
}

const refused = async () => (await (await caches.match(choice, { cacheName: CHOICE }))?.text()) === "no";

async function say() {
  const no = await refused();
  for (const each of document.querySelectorAll("[data-keeps]")) {
    each.classList.add("ready");
    each.querySelector("[data-forget]").hidden = no;
    each.querySelector("[data-remember]").hidden = !no;
  }
  if (listed) await list();
}

async function choose(event) {
  const no = "forget" in event.currentTarget.dataset;
  if (no) for (const name of await ours()) await caches.delete(name);
  const cache = await caches.open(CHOICE);
  for (const key of no ? await cache.keys() : []) await cache.delete(key);
  await cache.put(choice, new Response(no ? "no" : "yes"));
  const { active } = await navigator.serviceWorker.ready;
  if (!no) active.postMessage({ keep: location.href.split("#")[0], language: spoken });
  await say();
  event.target.closest("[data-keeps]").querySelector("[role=status]").textContent = event.target.closest("[data-done]").dataset.done;
}

if ("serviceWorker" in navigator && "caches" in window) {
  register().catch(() => {}); // a browser that keeps nothing: all else works
  for (const each of document.querySelectorAll("[data-forget], [data-remember]")) each.addEventListener("click", choose);
  say();
}
