// Order by dragging or with Alt and the arrow keys: <ul data-sort> of <li> with inputs; the order of the inputs is what is sent.
import Sortable from "sortablejs"

export function start(list) {
  new Sortable(list, { handle: list.querySelector("[data-handle]") ? "[data-handle]" : undefined, animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120, ghostClass: "is-ghost", onEnd: () => changed(list) })
  list.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    const item = event.target.closest("li")
    if (!event.altKey || !by || !item) return
    event.preventDefault()
    if (by < 0) item.previousElementSibling?.before(item)
    else item.nextElementSibling?.after(item)
    event.target.focus()
    changed(list)
  })
}

const changed = (list) => list.dispatchEvent(new CustomEvent("sorted", { bubbles: true }))
