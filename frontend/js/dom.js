// Small things every other script uses.
const starters = []

/** Call `start(element)` once for each element that matches, on the page (app.js looks once) and whenever one arrives by htmx. */
export function enhance(selector, start) {
  starters.push([selector, start])
}

/** Look for things to start below `root`. */
export function enhanceWithin(root) {
  for (const [selector, start] of starters) run(root, selector, start)
}

const started = new WeakMap()

function run(root, selector, start) {
  const found = [...(root.querySelectorAll?.(selector) ?? [])]
  if (root.matches?.(selector)) found.unshift(root)
  for (const element of found) {
    const done = started.get(element) ?? new Set()
    if (done.has(selector)) continue
    started.set(element, done.add(selector))
    start(element)
  }
}

/** Listen on the document for events on elements that match. */
export function on(type, selector, handle, options) {
  document.addEventListener(type, (event) => {
    const element = event.target.closest?.(selector)
    if (element) handle(event, element)
  }, options)
}

/** Whether the reader is typing, so that single keys mean letters. */
export function isTyping(target) {
  return Boolean(target?.closest?.("input:not([type=checkbox], [type=radio], [type=button]), textarea, select, [contenteditable=true], .ProseMirror"))
}

/** One element with attributes and children; children that are text stay text. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(name, "")
    else if (value !== false && value != null) element.setAttribute(name, value)
  }
  element.append(...children.filter((child) => child != null))
  return element
}

const sprite = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "/static/ui/icons.svg"

/** One icon of the sprite. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg")
  svg.setAttribute("class", "icon")
  svg.setAttribute("aria-hidden", "true")
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use")
  use.setAttribute("href", `${sprite}#i-${name}`)
  svg.append(use)
  return svg
}

/** Read and keep small things in this browser; never fails. */
export const keep = {
  get(name) {
    try { return JSON.parse(localStorage.getItem(name)) } catch { return null }
  },
  set(name, value) {
    try { localStorage.setItem(name, JSON.stringify(value)) } catch { /* storage is full or forbidden */ }
  },
  drop(name) {
    try { localStorage.removeItem(name) } catch { /* likewise */ }
  },
}
