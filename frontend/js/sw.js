// The network first, always; when there is none, the page that says so. Built files are kept for that page only.
const STORE = "relasi-1"
const OFFLINE = "/offline/"

self.addEventListener("install", (event) => {
  event.waitUntil(keepOfflinePage().then(() => self.skipWaiting()))
})

self.addEventListener("activate", (event) => {
  event.waitUntil(forgetOldStores().then(() => self.clients.claim()))
})

self.addEventListener("fetch", (event) => {
  const { request } = event
  if (request.method !== "GET" || new URL(request.url).origin !== location.origin) return
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)))
  else if (new URL(request.url).pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => stored(request)))
})

async function keepOfflinePage() {
  const store = await caches.open(STORE)
  const answer = await fetch(OFFLINE, { credentials: "omit", redirect: "error" })
  if (!answer.ok) return
  const page = await answer.clone().text()
  await store.put(OFFLINE, answer)
  const parts = [...page.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((match) => match[1])
  await Promise.allSettled([...new Set(parts)].map((part) => store.add(part)))
}

async function forgetOldStores() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name !== STORE).map((name) => caches.delete(name)))
}

const stored = async (request) => (await caches.match(request)) ?? Response.error()
