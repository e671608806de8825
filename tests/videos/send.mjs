// Sends a file with tus-js-client as the page does; after so many octets it dies, as a browser that is closed does.
// node send.mjs ENDPOINT FILE MEMORY DIE_AFTER: prints where it begins and "done", or nothing when it dies.
import fs from "node:fs";
import tus from "tus-js-client";

const [endpoint, file, memory, dieAfter] = process.argv.slice(2);
const octets = fs.readFileSync(file);
const upload = new tus.Upload(octets, {
  endpoint,
  chunkSize: 4 * 1024 * 1024,
  retryDelays: [0, 500, 1000, 2000, 4000, 8000],
  metadata: { filename: "milan.mp4", filetype: "video/mp4" },
  fingerprint: async () => `${endpoint} ${octets.length}`,
  urlStorage: new tus.FileUrlStorage(memory),
  onProgress: (sent) => { if (Number(dieAfter) && sent >= Number(dieAfter)) process.exit(9); },
  onError: (fault) => { console.error(String(fault)); process.exit(1); },
  onSuccess: () => console.log("done"),
});
const before = await upload.findPreviousUploads();
if (before.length) upload.resumeFromPreviousUpload(before[0]);
console.log(before.length ? "going on" : "beginning");
upload.start();
