// What moves on a list besides its grid: menus that are fetched when opened, chips, sort keys, the bulk bar, groups, refreshing.
import htmx from "htmx.org"
import { on } from "./dom.js"
import { put } from "./menu.js"
import { send } from "./net.js"
import { toastFor } from "./toast.js"
import { say } from "./words.js"

const menu = () => document.getElementById("list-menu")
const list = () => document.getElementById("list")
const table = () => list()?.querySelector("table[data-grid]")
let opener = null

// Menus ---------------------------------------------------------------------------------------------------------------

let wasOpenFor = null
document.addEventListener("pointerdown", () => { wasOpenFor = menu()?.matches(":popover-open") ? opener : null }, true)

on("click", "[data-list-menu]", async (event, button) => {
  event.preventDefault()
  const place = menu()
  if (!place || wasOpenFor === button) return
  opener = button
  place.dataset.align = button.getBoundingClientRect().left > innerWidth / 2 ? "end" : "start"
  const answer = await send(button.dataset.listMenu)
  if (!answer || opener !== button) return
  if (!answer.ok && answer.status !== 422) return toastFor(answer.status)
  place.innerHTML = await answer.text()
  htmx.process(place)
  if (!place.matches(":popover-open")) place.showPopover()
  button.setAttribute("aria-expanded", "true")
  settle(place)
})

function settle(place) {
  if (opener?.isConnected) put(place, opener)
  const first = place.querySelector("[autofocus]") ?? place.querySelector(".menu-item, select, input:not([type=hidden])")
  first?.focus({ preventScroll: true })
}

document.addEventListener("toggle", (event) => {
  if (event.target !== menu() || event.newState === "open") return
  opener?.setAttribute("aria-expanded", "false")
  if (opener?.isConnected && event.target.contains(document.activeElement)) opener.focus()
}, true)

document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target
  const place = menu()
  if (target === place) return settle(place)
  if (target?.id !== "list" && target?.id !== "list-chips") return
  const source = event.detail?.ctx?.sourceElement
  if (source?.closest?.("[data-stay]")) {
    opener = [...document.querySelectorAll("[data-list-menu]")].find((one) => one.dataset.listMenu.includes("/menu/columns/")) ?? opener
    return
  }
  if (place?.matches(":popover-open")) place.hidePopover()
})

// Letters typed in a menu narrow its lines.
on("input", "[data-narrow]", (_event, box) => {
  const words = box.value.toLowerCase().trim()
  const place = box.closest(".menu, .dialog-content")?.querySelector("[data-narrowed]")
  for (const line of place?.querySelectorAll(".menu-item") ?? []) line.hidden = !line.textContent.toLowerCase().includes(words)
  for (const heading of place?.querySelectorAll(".menu-heading") ?? []) heading.hidden = Boolean(words)
})
on("keydown", "[data-narrow]", (event, box) => {
  if (!["ArrowDown", "Enter"].includes(event.key)) return
  const first = box.closest(".menu")?.querySelector("[data-narrowed] .menu-item:not([hidden])")
  if (!first) return
  event.preventDefault()
  const inner = first.matches("button, a") ? first : first.querySelector("input, button")
  if (event.key === "Enter") inner?.click()
  else inner?.focus()
})

// One test of a filter: a span that is chosen empties the typed day and the other way round; a chosen line is at hand at once.
on("change", "[data-test] input[type=radio][name=value]", (_event, radio) => {
  const typed = radio.form.querySelector("[name=typed]")
  if (typed) typed.value = ""
  if (radio.closest(".test-spans")) radio.form.requestSubmit()
})
on("input", "[data-test] [name=typed]", (_event, box) => {
  for (const radio of box.form.querySelectorAll("input[type=radio][name=value]")) radio.checked = false
})
// What was ticked stays, whatever is looked for next.
document.addEventListener("htmx:before:swap", (event) => {
  const target = event.detail?.ctx?.target
  if (target?.id !== "test-options") return
  target.kept = [...target.querySelectorAll("input:checked")].map((box) => box.closest("label"))
})
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target
  if (target?.id !== "test-options" || !target.kept) return
  for (const label of target.kept) {
    const value = label.querySelector("input").value
    target.querySelector(`input[value="${CSS.escape(value)}"]`)?.closest("label").remove()
    target.prepend(label)
  }
  target.kept = null
})

// Sorting -------------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("th a[data-more]")
  if (!link || !event.shiftKey) return
  event.preventDefault()
  event.stopPropagation()
  htmx.ajax("GET", link.dataset.more, { target: "#list", source: link, headers: { "HX-Target": "div#list" } })
}, true)

document.addEventListener("submit", (event) => {
  if (!event.target.matches?.("[data-sort-form]")) return
  const keys = [...event.target.querySelectorAll(".sort-line")].map((line) => {
    const name = line.querySelector("[data-sort-field]").value
    return name && line.querySelector("[data-sort-way]").value + name
  })
  event.target.querySelector("[name=sort]").value = keys.filter(Boolean).join(",")
}, true)

// Groups --------------------------------------------------------------------------------------------------------------

on("click", "[data-group]", (_event, button) => {
  const rows = button.closest("tbody").nextElementSibling
  const open = button.getAttribute("aria-expanded") !== "true"
  button.setAttribute("aria-expanded", String(open))
  rows.hidden = !open
  if (open) htmx.trigger(rows, "group:open", {})
})

// The bulk bar ----------------------------------------------------------------------------------------------------------

on("click", "[data-bulk-clear]", () => table()?.grid?.selectAll(false))
on("click", "[data-bulk-every]", (_event, button) => {
  const all = button.getAttribute("aria-pressed") !== "true"
  button.setAttribute("aria-pressed", String(all))
  setAll(all)
  if (all) table()?.grid?.selectAll(true)
  setAll(all)
  if (all) document.querySelector("[data-bulk-count]").textContent = say("selected", { count: table().dataset.many })
})
document.addEventListener("grid:selected", () => {
  setAll(false)
  document.querySelector("[data-bulk-every]")?.setAttribute("aria-pressed", "false")
})
const setAll = (all) => { for (const holder of document.querySelectorAll("[data-bulk-all]")) holder.value = all ? "1" : "" }

// What changed elsewhere on the page is shown at once -------------------------------------------------------------------

/** Show the list as it stands now; where many rows are loaded, only they are fetched again, in their places. */
export async function refresh({ whole = false } = {}) {
  const grid = table()?.grid
  const rows = grid?.rows() ?? []
  if (whole || rows.length <= 50 || rows.length > 1000) {
    const top = document.getElementById("grid-scroll")?.scrollTop
    await htmx.ajax("GET", location.pathname + location.search, { target: "#list", headers: { "HX-Target": "div#list" } })
    document.getElementById("grid-scroll")?.scrollTo({ top })
    return
  }
  const body = new URLSearchParams({ ids: rows.map((row) => row.dataset.id).join(",") })
  const answer = await send(`${table().dataset.url}rows/${location.search}`, { method: "POST", body, quiet: true })
  if (answer?.ok) grid.replace(await answer.text(), true)
}

let pending
document.addEventListener("records:changed", () => {
  if (!list()) return
  clearTimeout(pending)
  pending = setTimeout(() => refresh(), 60)
})
document.addEventListener("undone", (event) => {
  if (!list()) return
  event.preventDefault()
  clearTimeout(pending)
  pending = setTimeout(() => refresh({ whole: true }), 60)
})

// Errors of a cell's conflict and other dialogs leave with their choice.
on("click", "[data-close-after] button[type=submit]", (_event, button) => setTimeout(() => button.closest("dialog")?.close(), 50))
