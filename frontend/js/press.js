// A single key that presses a button or follows a link of the page: [data-press="m"].
import { isTyping } from "./dom.js"

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return
  if (event.key.length !== 1 || document.querySelector("dialog[open], .menu:popover-open")) return
  const target = document.querySelector(`[data-press="${CSS.escape(event.key.toLowerCase())}"]`)
  if (!target) return
  event.preventDefault()
  target.click()
})
