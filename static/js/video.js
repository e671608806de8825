// A large file over a bad line: sent in pieces, and gone on with after any interruption, also after a reload or on another
// day. Without this file the form sends it in one piece.
const place = document.querySelector("[data-video]");
const form = place.closest("form");
const input = form.querySelector('input[type="file"]');
const button = form.querySelector('button[type="submit"]');
const panel = place.querySelector("[data-upload]");
const [bar, percent, state, figures] = ["progress", "[data-percent]", "[data-state]", "[data-figures]"].map((each) => panel.querySelector(each));
const [pause, go, cancel] = ["[data-pause]", "[data-go]", "[data-cancel]"].map((each) => panel.querySelector(each));
const words = (name) => place.dataset[`words${name[0].toUpperCase()}${name.slice(1)}`];
const SOON = [0, 1000, 3000, 5000, 10000, 20000, 30000];
let upload = null;
let waiting = 0;
let began = { at: 0, octets: 0 };

function say(sentence, bad = false) {
  state.textContent = sentence;
  state.classList.toggle("error", bad);
}

function rest(sentence, bad = false) {
  clearTimeout(waiting);
  say(sentence, bad);
  pause.hidden = true;
  go.hidden = false;
}

// A figure with its unit, in the language of the page.
function spoken(value, unit, digits = 0) {
  const told = { style: "unit", unit, maximumFractionDigits: digits };
  return new Intl.NumberFormat(document.documentElement.lang, told).format(value);
}

function size(octets) {
  if (octets >= 2 ** 30) return spoken(octets / 2 ** 30, "gigabyte", 2);
  return octets >= 2 ** 20 ? spoken(octets / 2 ** 20, "megabyte") : spoken(octets / 2 ** 10, "kilobyte");
}

function show(sent, all) {
  const share = Math.floor((sent / all) * 100);
  bar.value = share;
  percent.textContent = spoken(share, "percent");
  if (!began.at) began = { at: Date.now(), octets: sent };
  const pace = (sent - began.octets) / Math.max(Date.now() - began.at, 1);
  const left = pace > 0 ? Math.ceil((all - sent) / pace / 60000) : 0;
  figures.textContent = `${size(sent)} / ${size(all)}${left ? ` · ${spoken(left, "minute")} ${words("left")}` : ""}`;
}

// What the server says of a file that it does not take; anything else is the line, which comes back.
function refusal(fault) {
  const status = fault.originalResponse?.getStatus() ?? 0;
  return status >= 400 && status < 500 && ![409, 423, 429].includes(status) || status === 507
    ? fault.originalResponse.getBody().trim() || words("failed") : "";
}

function run(resumed) {
  clearTimeout(waiting);
  began = { at: 0, octets: 0 };
  say(words(resumed ? "resumed" : "sending"));
  pause.hidden = false;
  go.hidden = true;
  upload.start();
}

function broken(fault) {
  const no = refusal(fault);
  if (no) {
    upload = null;
    button.hidden = false;
    return refuse(no);
  }
  rest(words("waiting"));
  waiting = setTimeout(() => run(true), 15000);
}

// Nothing is on its way, and why.
function refuse(sentence) {
  for (const each of panel.querySelectorAll(".cluster")) each.hidden = true;
  figures.textContent = "";
  say(sentence, true);
}

function begin(file) {
  panel.hidden = false;
  if (file.size > Number(place.dataset.most)) return refuse(words("most"));
  for (const each of panel.querySelectorAll(".cluster")) each.hidden = false;
  button.hidden = true;
  show(0, file.size);
  upload = new tus.Upload(file, {
    endpoint: place.dataset.endpoint,
    chunkSize: Number(place.dataset.piece),
    retryDelays: SOON,
    removeFingerprintOnSuccess: true,
    metadata: { filename: file.name, filetype: file.type },
    onProgress: show,
    onError: broken,
    onSuccess: () => { say(words("done")); location.assign(place.dataset.home); },
  });
  upload.findPreviousUploads().then((before) => {
    if (before.length) upload.resumeFromPreviousUpload(before[before.length - 1]);
    run(before.length > 0);
  });
}

if (window.tus?.isSupported) {
  form.addEventListener("submit", (event) => {
    const file = input.files[0];
    if (!file) return;
    event.preventDefault();
    button.removeAttribute("aria-disabled");
    if (!upload) begin(file);
  });
  pause.addEventListener("click", () => { upload.abort(); rest(words("paused")); go.focus(); });
  go.addEventListener("click", () => { run(true); pause.focus(); });
  cancel.addEventListener("click", async () => {
    clearTimeout(waiting);
    await upload.abort(true).catch(() => {});
    upload = null;
    panel.hidden = true;
    button.hidden = false;
    input.value = "";
    input.focus();
  });
  window.addEventListener("online", () => { if (upload && !go.hidden && waiting) run(true); });
  window.addEventListener("pagehide", () => upload?.abort());
}
