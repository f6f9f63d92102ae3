// The record page: which tab is open, and a tag field that leaves by itself.
import { enhance, on } from "./dom.js"

// What listens to records:changed draws itself anew; only other pages are loaded again after an undo.
document.addEventListener("undone", (event) => {
  if (document.querySelector('[hx-trigger*="records:changed"]')) event.preventDefault()
})

// Facts being edited are not drawn anew under the reader's fingers.
document.addEventListener("htmx:before:swap", (event) => {
  if (event.detail.ctx?.target?.id === "record-facts" && document.querySelector("#record-facts .is-editing, #record-head .is-editing, #record-head .tag-form")) event.preventDefault()
})

on("click", "[data-tab]", (_event, tab) => {
  for (const other of tab.parentElement.querySelectorAll("[data-tab]")) other.removeAttribute("aria-current")
  tab.setAttribute("aria-current", "page")
  history.replaceState(history.state, "", tab.getAttribute("href"))
})
on("click", "[data-facts-all]", (_event, button) => button.setAttribute("aria-expanded", button.getAttribute("aria-expanded") !== "true"))
on("keydown", "[data-leave]", (event, form) => {
  if (event.key !== "Escape") return
  event.stopPropagation()
  form.querySelector("[data-leave-by]")?.click()
})

// Settings of own fields: what a kind asks for, lines of choices, the order by mouse.
on("change", "[data-kind]", (_event, radio) => {
  for (const part of radio.form.querySelectorAll("[data-for-kind]")) part.hidden = !part.dataset.forKind.split(" ").includes(radio.value)
})
on("click", "[data-remove-line]", (_event, button) => button.closest("li").remove())
enhance("[data-order]", async (list) => {
  const [{ default: Sortable }, { send }] = await Promise.all([import("sortablejs"), import("./net.js")])
  new Sortable(list, { handle: "[data-grip]", animation: 120, onEnd: () => {
    const ids = [...list.querySelectorAll("[data-id]")].map((line) => line.dataset.id).join(",")
    send(list.dataset.order, { method: "POST", body: new URLSearchParams({ ids }) })
  } })
})
