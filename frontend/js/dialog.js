// A dialog arrives as an answer into #dialog, opens itself, and leaves the page when it closes.
import { on } from "./dom.js"

const place = () => document.getElementById("dialog")
let opener = null

document.addEventListener("htmx:after:swap", openArrived)
document.addEventListener("htmx:after:process", openArrived)

function openArrived() {
  const dialog = place()?.querySelector("dialog:not([open])")
  if (!dialog) return
  opener ??= document.activeElement
  dialog.showModal()
  const marked = dialog.querySelector("[autofocus], [aria-invalid=true]")
  const inputs = dialog.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), textarea, select")
  const first = marked ?? [...inputs].find((input) => input.role !== "combobox" || !input.value) ?? inputs[0]
  first?.focus()
  dialog.addEventListener("close", () => leave(dialog))
}

function leave(dialog) {
  if (dialog.parentElement === place()) dialog.remove()
  if (opener?.isConnected) opener.focus()
  opener = null
}

export function closeDialog() {
  place()?.querySelector("dialog[open]")?.close()
}

document.addEventListener("dialog:close", closeDialog)
on("click", "[data-close]", (_event, button) => button.closest("dialog")?.close())
// A press that begins and ends on the backdrop closes; one that began in a field does not.
let pressed = null
document.addEventListener("pointerdown", (event) => { pressed = event.target })
document.addEventListener("click", (event) => {
  if (event.target === pressed && event.target.matches?.("dialog.dialog, dialog.palette") && !isDirty(event.target)) event.target.close()
})

const isDirty = (dialog) => [...dialog.querySelectorAll("input, textarea")].some((field) => field.type !== "hidden" && field.value !== field.defaultValue)
