// The frame itself: folding menu, the menu of a phone, theme, Cmd for Macs, going back.
import { send } from "./net.js"
import { keep, on } from "./dom.js"

const root = document.documentElement

export function fold() {
  const folded = root.dataset.side === "folded"
  root.dataset.side = folded ? "open" : "folded"
  try { localStorage.setItem("side", root.dataset.side) } catch { /* not kept */ }
  document.querySelector("[data-side-fold]")?.setAttribute("aria-expanded", String(folded))
}
on("click", "[data-side-fold]", fold)

const setSide = (open) => {
  document.body.classList.toggle("side-open", open)
  document.querySelector("[data-side-open]")?.setAttribute("aria-expanded", String(open))
  if (open) document.querySelector("#side a")?.focus()
}
on("click", "[data-side-open]", () => setSide(!document.body.classList.contains("side-open")))
document.addEventListener("click", (event) => {
  if (event.target === document.body && document.body.classList.contains("side-open")) setSide(false)
})
document.addEventListener("keydown", (event) => event.key === "Escape" && setSide(false))

on("click", "[data-theme-choice]", (_event, button) => {
  const theme = button.dataset.themeChoice
  if (theme === "system") delete root.dataset.theme
  else root.dataset.theme = theme
  try { localStorage.setItem("theme", theme) } catch { /* the cookie remembers */ }
  document.cookie = `theme=${theme}; path=/; max-age=31536000; SameSite=Lax`
  send("/settings/theme/", { method: "POST", body: new URLSearchParams({ theme }), quiet: true })
  for (const other of document.querySelectorAll("[data-theme-choice]")) other.setAttribute("aria-checked", String(other === button))
  document.dispatchEvent(new CustomEvent("theme:changed"))
})
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => document.dispatchEvent(new CustomEvent("theme:changed")))

if (/Mac|iPhone|iPad/.test(navigator.platform)) {
  for (const key of document.querySelectorAll("[data-mod]")) key.textContent = "⌘"
}
// The page that says there is no connection tries again when there is one.
addEventListener("online", () => document.querySelector("[data-offline]") && location.reload())
// The bell asks every few seconds while somebody can see it, and once more when the page is looked at again.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (document.hidden && event.target.matches?.(".bell")) event.preventDefault()
})
document.addEventListener("visibilitychange", () => document.hidden || document.body.dispatchEvent(new CustomEvent("notifications:changed")))
on("click", "[data-back]", () => history.back())
on("submit", "form[data-once]", (event, form) => {
  if (form.dataset.sent) event.preventDefault()
  form.dataset.sent = "yes"
})
on("change", "[data-submit]", (_event, field) => field.form?.requestSubmit())
on("click", "[data-copy]", async (_event, button) => {
  await navigator.clipboard.writeText(button.dataset.copy)
  const [{ toast }, { say }] = await Promise.all([import("./toast.js"), import("./words.js")])
  toast({ text: say("copied") })
})

/** What the reader opened last, for the palette. */
export function remember(label, href) {
  const before = (keep.get("recent") ?? []).filter((item) => item.href !== href)
  keep.set("recent", [{ label, href }, ...before].slice(0, 8))
}
const page = document.querySelector("[data-record]")
if (page) remember(page.dataset.record, location.pathname)

if ("serviceWorker" in navigator && window.isSecureContext && document.querySelector("link[rel=manifest]")) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => undefined))
}
