// Menus stand in the browser's top layer; here they find their place under their button, and arrow keys walk them.
import { on } from "./dom.js"

document.addEventListener("toggle", (event) => {
  const menu = event.target
  if (!menu.matches?.(".menu[popover]")) return
  const button = document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`)
  const isOpen = event.newState === "open"
  button?.setAttribute("aria-expanded", String(isOpen))
  if (!isOpen || !button) return
  put(menu, button)
  if (button.matches(":focus-visible")) menu.querySelector(".menu-item")?.focus()
}, true)

/** Below the button, or above it where there is more room; never off the screen. */
export function put(menu, button) {
  const at = button.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = menu
  const left = menu.dataset.align === "end" ? at.right - width : at.left
  const below = at.bottom + 4
  const top = below + height > innerHeight - 8 && at.top > height + 8 ? at.top - height - 4 : below
  menu.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
  menu.style.top = `${Math.max(8, Math.min(top, innerHeight - height - 8))}px`
}

on("keydown", ".menu", (event, menu) => {
  const items = [...menu.querySelectorAll("a, button, input")]
  const at = items.indexOf(document.activeElement)
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
  if (to === undefined || event.target.matches("input")) return
  event.preventDefault()
  items[(to + items.length) % items.length]?.focus()
})
on("click", ".menu .menu-item:not([data-stay])", (_event, item) => setTimeout(() => item.closest(".menu")?.hidePopover?.()))
