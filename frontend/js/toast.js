// Short messages, with an undo where the server offers one: HX-Trigger: {"toast": {"text": …, "undo_url": …, "tone": "error"}}
import { icon, make, on } from "./dom.js"

const region = () => document.getElementById("toasts")
const LINGER = 6000

/** Show a message. `undo_url` is posted to when the reader takes it back. */
export function toast({ text, undo_url, tone = "" }) {
  const place = region()
  if (!place || !text) return
  const undo = undo_url && make("button", { type: "button", class: "toast-undo", "data-undo-url": undo_url }, place.dataset.undo)
  const close = make("button", { type: "button", class: "toast-close", "data-toast-close": true, "aria-label": place.dataset.close }, icon("x"))
  const item = make("div", { class: `toast${tone && ` is-${tone}`}`, "data-toast": true }, make("span", { class: "toast-text" }, text), undo, close)
  raise(place)
  place.append(item)
  leaveLater(item, undo ? LINGER * 2 : LINGER)
  while (place.children.length > 3) place.firstElementChild.remove()
}

/** What went wrong with a request, in plain words. */
export function toastFor(status) {
  const say = region()?.dataset
  if (!say) return
  toast({ text: { 0: say.offline, 403: say.forbidden, 404: say.missing }[status] ?? say.failed, tone: "error" })
}

// Above an open dialog too: the top layer is entered last to stand highest.
function raise(place) {
  if (!place.showPopover) return
  place.popover = "manual"
  if (place.matches(":popover-open")) place.hidePopover()
  place.showPopover()
}

function leaveLater(item, delay) {
  let timer = setTimeout(() => item.remove(), delay)
  item.addEventListener("pointerenter", () => clearTimeout(timer))
  item.addEventListener("pointerleave", () => { timer = setTimeout(() => item.remove(), 2000) })
}

document.addEventListener("toast", (event) => toast(event.detail))
on("click", "[data-toast-close]", (_event, button) => button.closest("[data-toast]").remove())
on("click", "[data-undo-url]", async (_event, button) => {
  const { send } = await import("./net.js")
  button.closest("[data-toast]").remove()
  const answer = await send(button.dataset.undoUrl, { method: "POST" })
  if (!answer) return
  if (!answer.ok) return toastFor(answer.status)
  const refreshed = new CustomEvent("undone", { detail: { url: button.dataset.undoUrl }, cancelable: true })
  if (document.dispatchEvent(refreshed)) location.reload()
})
document.addEventListener("DOMContentLoaded", () => {
  const place = region()
  if (!place?.children.length) return
  raise(place)
  for (const item of place.children) leaveLater(item, LINGER)
})
