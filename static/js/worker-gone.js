// Served as /sw.js where an installation keeps nothing on devices: it forgets what was kept, and goes.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) if (name.startsWith("plenary-")) await caches.delete(name);
  await registration.unregister();
})()));
