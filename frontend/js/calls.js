// Calls that ring for the reader, and calling by a click: <section data-calls="/live/" data-dial="…"> stands on the pages of whoever has an extension.
import htmx from "htmx.org"
import { send } from "./net.js"
import { on } from "./dom.js"

const EVERY = 700 // milliseconds between two looks while the page is seen
const place = () => document.querySelector("[data-calls]")

/** Look for calls for as long as the page is visible. */
export function start(region) {
  let timer
  let isLooking = false
  const look = async () => {
    clearTimeout(timer)
    if (document.hidden || isLooking) return
    isLooking = true
    try {
      const known = [...region.children].map((card) => card.dataset.mark).join(",")
      const answer = await fetch(`${region.dataset.calls}?known=${known}`, { credentials: "same-origin" })
      if (answer.status === 204) show(region, [])
      else if (answer.ok && !answer.redirected) show(region, (await answer.json()).calls)
    } catch { /* away for a moment: the next look tells */ }
    isLooking = false
    timer = setTimeout(look, EVERY)
  }
  document.addEventListener("visibilitychange", look)
  look()
}

function show(region, calls) {
  const here = new Map(calls.map((call) => [String(call.id), call]))
  for (const card of [...region.children]) if (!here.has(card.dataset.callCard)) card.remove()
  for (const call of calls) {
    const old = region.querySelector(`[data-call-card="${call.id}"]`)
    if (!call.html || isBeingWritten(old, call)) continue
    const holder = document.createElement("template")
    holder.innerHTML = call.html
    const card = holder.content.firstElementChild
    card.dataset.mark = call.mark
    if (old) old.replaceWith(card)
    else region.append(card)
    htmx.process(card)
  }
}

// Nobody loses what they are typing because the call was recorded meanwhile.
const isBeingWritten = (card, call) => {
  const is = Boolean(card?.querySelector("form") && card.contains(document.activeElement))
  if (is) card.dataset.mark = call.mark
  return is
}

on("click", "a[data-call]", async (event, link) => {
  const region = place()
  if (!region || event.ctrlKey || event.metaKey) return
  event.preventDefault()
  const answer = await send(region.dataset.dial, { method: "POST", body: new URLSearchParams({ number: link.dataset.call }) })
  const href = answer?.ok && (await answer.json()).href
  if (href) location.href = href
})
