// Keeps the app of unit {{ ulp }} on the phone: every file of one version, or none of it.
const VERSION = "rbmgeo-hp-{{ version }}";
const FILES = {{ files | safe }};
const MINE = "rbmgeo-hp-{{ ulp }}-";

self.addEventListener("install", (event) => {
  const fetched = FILES.map((name) => new Request(name, { cache: "reload", credentials: "omit" }));
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(fetched)));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(MINE) && name !== VERSION;
  event.waitUntil((async () => {
    for (const name of await caches.keys()) if (old(name)) await caches.delete(name);
    await self.clients.claim();
  })());
});

// A newer version waits until the app says that nothing is being filled in.
self.addEventListener("message", (event) => {
  if (event.data === "sekarang") self.skipWaiting();
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  // Only the app's own files are answered from here; data always comes from the unit itself.
  if (!FILES.includes(url.pathname)) return;
  event.respondWith((async () => {
    const cache = await caches.open(VERSION);
    return (await cache.match(url.pathname)) || fetch(request);
  })());
});
