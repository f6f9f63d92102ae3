// Editing one value in place, in a grid cell or a fact. GET {url} answers with the editor (its inputs in .cell-editor), POST {url}
// with what to show: 200 the value (as <td>…</td> or its inside), 422 the editor with its error, 409 both versions in a dialog.
import htmx from "htmx.org"
import { toastFor } from "./toast.js"
import { send } from "./net.js"

let current = null

/** Whether something is being edited. */
export const isEditing = () => current !== null

/** Open the editor of `place`; `typed` replaces its value. `done(how)` is called after: saved, unchanged, cancelled. */
export async function edit(place, url, { typed, done = () => {} } = {}) {
  if (current?.place === place) return
  if (current && !(await save())) return
  const mine = (current = { place, url, done, typed, before: [...place.childNodes], wrote: false, isOpening: true })
  const answer = await send(url)
  const html = answer?.ok ? await answer.text() : null
  if (current !== mine) return
  if (html === null) {
    current = null
    return answer && toastFor(answer.status)
  }
  fill(place, html)
  place.classList.add("is-editing")
  mine.isOpening = false
  mine.was = values(place).toString()
  focus(place, mine.typed)
  if (mine.next) save(mine.next)
}

// What is pressed before the editor has arrived is not lost: letters wait for it, Enter and Tab are done after it.
function pressedEarly(event) {
  const { key } = event
  if (key === "Escape") cancel()
  else if (key === "Enter") current.next = "down"
  else if (key === "Tab") current.next = event.shiftKey ? "left" : "right"
  else if (key === "Backspace") current.typed = (current.typed ?? "").slice(0, -1)
  else if (key.length === 1 && !event.ctrlKey && !event.metaKey) current.typed = (current.typed ?? "") + key
  else return
  event.preventDefault()
  event.stopPropagation()
}

/** Keep what is in the open editor; answers whether it was taken. */
export async function save(how = "saved") {
  if (!current || current.wrote) return true
  if (current.isOpening) return cancel(), true
  const { place, url, was, done } = current
  const body = values(place)
  if (body.toString() === was) return cancel("unchanged"), true
  current.wrote = true
  place.classList.add("is-saving")
  const answer = await send(url, { method: "POST", body })
  place.classList.remove("is-saving")
  if (!answer || ![200, 204, 409, 422].includes(answer.status)) {
    if (answer) toastFor(answer.status)
    current.wrote = false
    return false
  }
  const html = await answer.text()
  if (answer.status === 422) {
    current.wrote = false
    fill(place, html)
    focus(place)
    return false
  }
  if (answer.status === 409) {
    cancel("cancelled")
    const dialog = document.getElementById("dialog")
    dialog.innerHTML = html
    htmx.process(dialog)
    return false
  }
  current = null
  place.classList.remove("is-editing", "is-empty")
  fill(place, html)
  place.classList.add("is-saved")
  setTimeout(() => place.classList.remove("is-saved"), 900)
  done(how)
  return true
}

/** Leave as it was. */
export function cancel(how = "cancelled") {
  if (!current) return
  const { place, before, done } = current
  current = null
  place.classList.remove("is-editing")
  place.replaceChildren(...before)
  done(how)
}

function fill(place, html) {
  const template = document.createElement("template")
  template.innerHTML = html.trim()
  const cell = template.content.querySelector("td, dd")
  place.replaceChildren(...(cell ? cell.childNodes : template.content.childNodes))
  htmx.process(place)
}

function values(place) {
  const body = new URLSearchParams()
  for (const field of place.querySelectorAll("input, select, textarea")) {
    if (!field.name || field.disabled || (/checkbox|radio/.test(field.type) && !field.checked)) continue
    if (field.multiple && field.options) for (const option of field.selectedOptions) body.append(field.name, option.value)
    else body.append(field.name, field.value)
  }
  return body
}

function focus(place, typed) {
  const field = place.querySelector("input:not([type=hidden]), select, textarea")
  if (!field) return
  field.focus()
  const isText = /^(text|search|email|tel|url|textarea|number)$/.test(field.type)
  if (typed !== undefined && isText) field.value = typed
  else if (isText) field.select?.()
}

document.addEventListener("keydown", (event) => {
  if (current?.isOpening) return pressedEarly(event)
  if (!current?.place.contains(event.target)) return
  if (event.key === "Escape") {
    event.preventDefault()
    event.stopPropagation()
    const { place } = current
    cancel()
    place.focus({ preventScroll: true })
  } else if (event.key === "Enter" && !event.shiftKey && !(event.target.matches("textarea") && !event.ctrlKey && !event.metaKey)) {
    event.preventDefault()
    event.stopPropagation()
    choose()
    save("down")
  } else if (event.key === "Tab" && !hasNext(event)) {
    event.preventDefault()
    event.stopPropagation()
    choose()
    save(event.shiftKey ? "left" : "right")
  }
}, true)

// A repetition is edited in two fields: Tab goes from the one to the other before it leaves.
function hasNext({ target, shiftKey }) {
  const fields = [...current.place.querySelectorAll(".cell-editor-repeat :is(select, input[type=date])")]
  return Boolean(fields[fields.indexOf(target) + (shiftKey ? -1 : 1)]) && fields.includes(target)
}

// The line of an open list of options that is pointed at is what Enter and Tab keep.
function choose() {
  const box = current.place.querySelector("[role=combobox][aria-expanded=true]")
  const option = box && current.place.querySelector("[role=listbox]:not([hidden]) [aria-selected=true][data-value]")
  if (option && box.value) option.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true, cancelable: true }))
}

document.addEventListener("pointerdown", (event) => {
  if (current && !current.place.contains(event.target) && !event.target.closest("dialog, .menu, .mentions")) save("stay")
})
