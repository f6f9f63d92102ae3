// The side panel: a record beside its list. Links with [data-peek], Space on a row, J and K for the next and the one before.
import htmx from "htmx.org"
import { on } from "./dom.js"

const panel = () => document.getElementById("peek")
let opener = null

/** Show the page at `url` in the side panel. */
export async function peek(url, from = document.activeElement) {
  const place = panel()
  if (!place) return location.assign(url)
  if (place.hidden) opener = from
  const address = new URL(url, location.href)
  address.searchParams.set("peek", "1")
  place.dataset.url = url
  await htmx.ajax("GET", address.pathname + address.search, { target: "#peek", swap: "innerHTML" })
  if (!place.childElementCount) return
  place.hidden = false
  document.dispatchEvent(new CustomEvent("peek:opened", { detail: { url } }))
}

export function closePeek() {
  const place = panel()
  if (!place || place.hidden) return false
  place.hidden = true
  place.replaceChildren()
  if (opener?.isConnected) opener.focus()
  document.dispatchEvent(new CustomEvent("peek:closed"))
  return true
}

export const isPeeking = () => panel()?.hidden === false

const move = (what) => document.querySelector("[data-list], [data-grid], [data-board]")?.dispatchEvent(new CustomEvent(`list:${what}`, { bubbles: true, cancelable: true }))

on("click", "[data-peek]", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  peek(link.dataset.peek || link.href, link)
})
on("click", "[data-peek-close]", closePeek)
on("click", "[data-peek-next]", () => move("next"))
on("click", "[data-peek-previous]", () => move("previous"))
document.addEventListener("peek:close", closePeek)
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open], .menu:popover-open")) closePeek()
})
