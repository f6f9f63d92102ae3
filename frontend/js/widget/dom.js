// Elements without markup: whatever is said stays text.
const SVG = "http://www.w3.org/2000/svg"
const SHAPES = {
  chat: "M21 11.5a8 8 0 0 1-8.5 7.5 9.4 9.4 0 0 1-3.6-.7L4 20l1.4-4.2A7 7 0 0 1 4 11.500 8 8 0 0 1 12.500 4 8 8 0 0 1 21 11.500Z",
  close: "M6 6l12 12M18 6L6 18",
  send: "M4 12l16-8-6 16-3-7-7-1Z",
  clip: "M15 7l-6.500 6.500a1.500 1.500 0 0 0 3 3L18 10a3 3 0 0 0-6-6l-6.500 6.500a4.500 4.500 0 0 0 9 9L21 13",
  mail: "M3 6h18v12H3ZM3 7l9 6 9-6",
  sound: "M5 9v6h4l5 4V5L9 9H5ZM17 9a4 4 0 0 1 0 6",
  mute: "M5 9v6h4l5 4V5L9 9H5ZM17 9l5 6M22 9l-5 6",
}

export function el(name, given = {}, ...inside) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value)
    else if (value === true) element.setAttribute(key, "")
    else if (value !== false && value != null) element.setAttribute(key, value)
  }
  element.append(...inside.filter((one) => one != null && one !== ""))
  return element
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg")
  const shape = document.createElementNS(SVG, "path")
  svg.setAttribute("viewBox", "0 0 24 24")
  svg.setAttribute("aria-hidden", "true")
  shape.setAttribute("d", SHAPES[name])
  svg.append(shape)
  return svg
}

/** A text whose web addresses can be followed. */
export function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)])/g).map((part, at) => (
    at % 2 ? el("a", { href: part, target: "_blank", rel: "noopener noreferrer nofollow" }, part) : part
  ))
}
