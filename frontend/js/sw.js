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

self.addEventListener("push", (event) => {
  const { title, body, url, tag } = event.data?.json() ?? {}
  event.waitUntil(self.registration.showNotification(title ?? "Relasi", { body, tag, icon: "/static/ui/logo.svg", data: { url } }))
})

self.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(lead(new URL(event.notification.data?.url ?? "/", location.origin)))
})

async function lead(url) {
  if (url.origin !== location.origin) return
  const windows = await self.clients.matchAll({ type: "window" })
  const shown = windows.find((one) => one.visibilityState === "visible") ?? windows[0]
  return shown ? shown.focus().then((one) => one.navigate(url.href)) : self.clients.openWindow(url.href)
}
