// Everything a page needs at once; charts, boards, calendars and the editor come when a page has one.
import Alpine from "@alpinejs/csp"
import "htmx.org"
import { enhance, enhanceWithin } from "./dom.js"
import "./net.js"
import "./toast.js"
import "./dialog.js"
import "./menu.js"
import "./frame.js"
import "./peek.js"
import "./facts.js"
import "./grid.js"
import "./drafts.js"
import "./palette.js"
import "./shortcuts.js"
import "./links.js"
import "./live.js"
import "./record.js"
import "./press.js"
import "./list.js"

const later = {
  "[data-chart]": () => import("./chart.js"),
  "[data-board]": () => import("./board.js"),
  "[data-calendar]": () => import("./calendar.js"),
  "textarea[data-rich]": () => import("./editor.js"),
  "[data-passkey]": () => import("./passkey.js"),
  "[data-inbox], [data-answer], [data-letter]": () => import("./inbox.js"),
  "[data-sort]": () => import("./columns.js"),
  "[data-calls]": () => import("./calls.js"),
}
for (const [selector, load] of Object.entries(later)) enhance(selector, async (element) => (await load()).start(element))

document.addEventListener("htmx:after:process", (event) => enhanceWithin(event.target))
enhanceWithin(document.documentElement)

window.Alpine = Alpine
Alpine.start()
document.documentElement.dataset.ready = "yes"
