// Single keys and pairs of keys. Lists, grids and boards hear them as events: list:next, list:previous, list:peek, list:open,
// list:select, list:edit, on the element that carries [data-list], [data-grid] or [data-board].
import { isTyping } from "./dom.js"
import { fold } from "./frame.js"

const LIST = { j: "next", k: "previous", " ": "peek", Enter: "open", x: "select", e: "edit" }
let first = ""
let timer

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  if (document.querySelector("dialog[open], .menu:popover-open")) return
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  if (first && pair(first, key)) return event.preventDefault()
  if (key === "g" || (key === "c" && document.querySelector("[data-create-key]"))) return wait(key, event)
  if (single(key, event)) event.preventDefault()
})

function wait(key, event) {
  event.preventDefault()
  first = key
  clearTimeout(timer)
  timer = setTimeout(() => {
    if (first === "c") openCreate()
    first = ""
  }, 700)
}

function pair(one, two) {
  clearTimeout(timer)
  first = ""
  const name = one === "g" ? "data-go" : "data-create-key"
  const link = document.querySelector(`[${name}="${CSS.escape(two)}"]`)
  link?.click()
  return Boolean(link)
}

function single(key, event) {
  if (key === "?") return show()
  if (key === "[") return fold(), true
  if (key === "c") return openCreate()
  if (key === "/") return focusFilter()
  if (key in LIST && !event.target.closest?.("a, button, summary, [role=button], [role=menuitem]")) return tell(LIST[key])
  return false
}

function tell(what) {
  const list = document.querySelector("[data-list], [data-grid], [data-board]")
  return list ? !list.dispatchEvent(new CustomEvent(`list:${what}`, { bubbles: true, cancelable: true })) : false
}

function openCreate() {
  const button = document.querySelector("[data-create]")
  button?.focus()
  button?.click()
  return Boolean(button)
}

function focusFilter() {
  const box = document.querySelector("main [type=search], main [data-filter]")
  box?.focus()
  return Boolean(box)
}

function show() {
  const dialog = document.getElementById("shortcuts")
  dialog?.showModal()
  return Boolean(dialog)
}

document.addEventListener("click", (event) => event.target.closest?.("[data-shortcuts]") && show())
