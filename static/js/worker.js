// Keeps pages on the reader's own device and shows them as last seen where there is no network. Served as /sw.js.
// Only what the server marks (the header Plenary-Device, app/web/device.py) is kept, and only once it was opened here: no
// page of the desk, no form, no code, no journey, no answer to a POST. While there is a network, it alone answers.
const PAGES = "plenary-1-pages";
const ASSETS = "plenary-1-assets";
const CHOICE = "plenary-choice"; // also in device.js
const SAID = "Plenary-Device"; // "keep", "keep <whose>", "home <whose> <summit>", "drop <whose>", "gone"
const VERSION = "Plenary-Version"; // of the summit that the page tells of
const AT = "Plenary-Kept-At";
const PATIENCE = 6000; // ms that the network may take before what is kept is shown
const MOST = 80; // pages
const DAY = 24 * 3600e3; // ms
const LONGEST = 30 * DAY; // that a page is kept after it was last fetched
const LIST = 2 * DAY; // that the list of a vehicle is, which names others
const FALLBACK = "/device";
const SECRET = /^\/[dfbj]\/[^/]+/; // the head of an address that is somebody's own
const START = /^\/device\/start\/([^/]+)$/;
const ELSEWHERE = /^\/(organise|sign-in|sign-out|account)(\/|$)/; // the worker keeps its hands off these
const HEAVY = "multipart/form-data"; // so do files on their way

addEventListener("install", (event) => {
  skipWaiting();
  event.waitUntil(fallback("").catch(() => {}));
});

addEventListener("activate", (event) => event.waitUntil((async () => {
  const old = (await caches.keys()).filter((name) => name.startsWith("plenary-") && ![PAGES, ASSETS, CHOICE].includes(name));
  await Promise.all(old.map((name) => caches.delete(name)));
  await clients.claim();
})()));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate" && request.method === "GET" && !ELSEWHERE.test(url.pathname)) event.respondWith(page(event, url));
  else if (request.mode === "navigate" && request.method === "POST" && !request.headers.get("Content-Type")?.startsWith(HEAVY)) event.respondWith(send(request));
  else if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(asset(request, url));
});

// A page that was opened before the worker stood tells it of itself and of what it is drawn with.
addEventListener("message", (event) => {
  const { keep, assets = [], language = "" } = event.data ?? {};
  event.waitUntil((async () => {
    if (keep) await fetch(keep).then((answer) => answer.redirected || store(new URL(keep), answer));
    await fallback(language);
    await Promise.all(assets.map(async (address) => {
      const url = new URL(address, location.href);
      if (url.origin === location.origin && !(await kept(ASSETS, url.href))) await lay(url, await fetch(url.href));
    }));
  })().catch(() => {})); // no network: at the next page
});

async function page(event, url) {
  const start = START.exec(url.pathname);
  if (start) return Response.redirect(await home(start[1]) ?? `/${start[1]}/`, 303);
  let old = await kept(PAGES, url.href, true);
  if (old && late(Number(old.headers.get(AT)), SECRET.exec(url.pathname)?.[0])) old = undefined;
  let storing;
  const asked = fetch(event.request).then((answer) => {
    const body = /^(keep|home)/.test(answer.headers.get(SAID) ?? ""); // nothing else is read twice: it may be a film
    storing = store(url, body ? answer.clone() : answer);
    return answer;
  });
  event.waitUntil(asked.then(() => storing).catch(() => {}));
  try {
    const answer = await (old ? soon(asked) : asked);
    return old && [502, 503, 504].includes(answer.status) ? shown(old, "slow") : answer;
  } catch (fault) {
    if (old) return shown(old, fault === LATE ? "slow" : "offline");
    const instead = await kept(PAGES, new URL(FALLBACK, location.href).href, true);
    return instead ? shown(instead, "missing") : Response.error();
  }
}

// Whether a page that was kept at this moment is shown no more.
const late = (at, secret) => Date.now() - at > (secret?.startsWith("/b/") ? LIST : LONGEST);
const LATE = new Error("late");
const soon = (asked) => Promise.race([asked, new Promise((_, refuse) => setTimeout(refuse, PATIENCE, LATE))]);

// What cannot be sent leaves the page as it stands, with all that was typed; the page says so (forms.js).
async function send(request) {
  try { return await fetch(request); } catch {
    for (const each of await clients.matchAll({ type: "window" })) each.postMessage({ unsent: true });
    return new Response(null, { status: 204 });
  }
}

// As it was seen, with the moment of it. The page's own words stand in it (layout/base.html).
async function shown(old, how) {
  const at = new Date(Number(old.headers.get(AT)));
  let text = await old.text();
  const spoken = /<html[^>]* lang="([\w-]+)"/.exec(text)?.[1] ?? "en";
  const language = spoken === "en" ? "en-GB" : spoken; // 28 February, as on all pages
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "long" };
  const said = at.toLocaleString(language, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem: "latn" });
  text = text.replace("<html ", `<html data-kept="${how}" `).replaceAll("<span data-as-of></span>", `<span>${said}</span>`);
  return new Response(text, { headers: old.headers, status: how === "missing" ? 503 : 200 });
}

// Keeps, leaves or forgets a page, as its answer says.
async function store(url, answer) {
  const cache = await caches.open(PAGES);
  const secret = SECRET.exec(url.pathname)?.[0];
  const [act = "", whose = "", summit = ""] = (answer.headers.get(SAID) ?? "").split(" ");
  url.hash = "";
  if (act === "gone") return forget(cache, (each) => each.secret === secret);
  if ([404, 410].includes(answer.status)) return cache.delete(url.href, { ignoreSearch: true, ignoreVary: true });
  if (answer.type === "opaqueredirect") return cache.delete(url.href, { ignoreSearch: true, ignoreVary: true }); // it leads elsewhere now
  if (answer.status !== 200) return;
  if (act === "drop") return forget(cache, (each) => each.secret === secret || each.whose === whose);
  if (!act || (secret && !(await wanted()))) return cache.delete(url.href, { ignoreSearch: true, ignoreVary: true });
  const headers = new Headers(answer.headers);
  for (const name of ["Content-Encoding", "Content-Length"]) headers.delete(name);
  headers.set(AT, Date.now());
  await cache.put(url.href, new Response(await answer.blob(), { headers }));
  const replaced = (each) => whose && each.whose === whose && each.secret !== secret && each.secret?.[1] === secret?.[1];
  const version = headers.get(VERSION); // somebody's own pages have none: of each one copy is kept, the last
  const older = (each) => each.pathname === url.pathname && each.key.url !== url.href && (secret || each.version !== version);
  const all = await forget(cache, (each) => replaced(each) || older(each) || late(each.at, each.secret));
  for (const each of all.sort((one, other) => other.at - one.at).slice(MOST)) await cache.delete(each.key);
  if (summit) await choose("home:" + summit, url.href);
}

// Deletes the pages of which `which` is true; what is left of them.
async function forget(cache, which) {
  const found = await Promise.all((await cache.keys()).map(async (key) => {
    const answer = await cache.match(key, { ignoreVary: true });
    const { pathname } = new URL(key.url);
    const [, whose] = (answer?.headers.get(SAID) ?? "").split(" ");
    return { key, pathname, at: Number(answer?.headers.get(AT)), version: answer?.headers.get(VERSION), whose, secret: SECRET.exec(pathname)?.[0] };
  }));
  await Promise.all(found.filter(which).map((each) => cache.delete(each.key)));
  return found.filter((each) => !which(each));
}

// `loosely`: the same page asked for in another way (another zone, a filter) will do, the last that was kept.
async function kept(name, address, loosely = false) {
  const cache = await caches.open(name);
  const [url] = address.split("#");
  const exact = await cache.match(url, { ignoreVary: true });
  if (exact || !loosely) return exact;
  const others = await cache.matchAll(url, { ignoreVary: true, ignoreSearch: true });
  return others.sort((one, other) => Number(other.headers.get(AT)) - Number(one.headers.get(AT)))[0];
}

async function asset(request, url) {
  const old = await kept(ASSETS, url.href);
  if (old && url.searchParams.has("v")) return old; // its mark says what is in it
  try {
    const answer = await fetch(request);
    await lay(url, answer.clone());
    return answer;
  } catch (fault) {
    const any = old ?? await kept(ASSETS, url.href, true); // an older page asks for an older one
    if (any) return any;
    throw fault;
  }
}

// One of each: what has changed takes the place of what it was.
async function lay(url, answer) {
  if (answer.status !== 200 || !url.pathname.startsWith("/static/")) return;
  const cache = await caches.open(ASSETS);
  await cache.put(url.href, answer);
  for (const key of await cache.keys()) {
    const other = new URL(key.url);
    if (other.pathname === url.pathname && other.search !== url.search) await cache.delete(key);
  }
}

// The page for what is not kept, in the language of the last page opened, a day old at most.
async function fallback(language) {
  const url = new URL(FALLBACK, location.href);
  const old = await kept(PAGES, url.href, true);
  const same = !language || old?.headers.get("Content-Language") === language;
  if (old && same && Date.now() - Number(old.headers.get(AT)) < DAY) return;
  const asked = language ? `${url.href}?lang=${encodeURIComponent(language)}` : url.href;
  await store(url, await fetch(asked));
}

async function choose(name, text) {
  await (await caches.open(CHOICE)).put(`/device/${encodeURIComponent(name)}`, new Response(text));
}
async function chosen(name) {
  return (await (await caches.open(CHOICE)).match(`/device/${encodeURIComponent(name)}`))?.text();
}
async function wanted() { return await chosen("personal") !== "no"; }

// Somebody's own page of this summit, where the device keeps one.
async function home(summit) {
  const address = await chosen("home:" + summit);
  return address && await kept(PAGES, address) ? address : undefined;
}
