// Nothing typed is lost: a form with [data-draft="name"] keeps its text in this browser until the server has taken it.
import { enhance, keep, make } from "./dom.js"
import { say } from "./words.js"

const SECRET = /password|token|otp|nik|npwp|csrf/i
const nameOf = (form) => `draft:${form.dataset.draft || location.pathname}`
const fieldsOf = (form) => [...form.elements].filter((field) => field.name && !SECRET.test(field.name) && /^(text|textarea|search|email|tel|url|number|date|datetime-local|time|select-one)$/.test(field.type))

enhance("form[data-draft]", (form) => {
  restore(form)
  let timer
  form.addEventListener("input", () => {
    clearTimeout(timer)
    timer = setTimeout(() => save(form), 300)
  })
  form.addEventListener("reset", () => keep.drop(nameOf(form)))
  form.addEventListener("submit", () => { save(form); form.dataset.leaving = "yes" })
  form.addEventListener("htmx:after:request", (event) => {
    clearTimeout(timer)
    if (event.detail.ctx.response?.status < 400) keep.drop(nameOf(form))
  })
})

function save(form) {
  const changed = fieldsOf(form).filter((field) => field.type === "select-one" ? !field.selectedOptions[0]?.defaultSelected : field.value !== field.defaultValue)
  if (changed.length) keep.set(nameOf(form), { at: Date.now(), values: Object.fromEntries(changed.map((field) => [field.name, field.value])) })
  else keep.drop(nameOf(form))
}

function restore(form) {
  const draft = keep.get(nameOf(form))
  if (!draft || Date.now() - draft.at > 7 * 86_400_000) return keep.drop(nameOf(form))
  // A form that came back with errors already holds what was typed.
  if (form.querySelector(".has-error")) return
  const fields = fieldsOf(form).filter((field) => field.name in draft.values && field.value !== draft.values[field.name])
  if (!fields.length) return
  for (const field of fields) {
    field.value = draft.values[field.name]
    field.dispatchEvent(new Event("input", { bubbles: true }))
  }
  const discard = make("button", { type: "button", class: "link" }, say("discard"))
  const note = make("p", { class: "field-hint draft-note" }, `${say("draft")} `, discard)
  discard.addEventListener("click", () => { keep.drop(nameOf(form)); form.reset(); note.remove() })
  form.append(note)
}

// A full-page form that was taken leads to another page; only then is its draft let go.
addEventListener("DOMContentLoaded", () => {
  const left = keep.get("draft-left")
  if (left && left.path !== location.pathname) keep.drop(left.name)
  keep.drop("draft-left")
})
document.addEventListener("submit", (event) => {
  if (event.target.matches?.("form[data-draft]") && !event.target.hasAttribute("hx-post")) keep.set("draft-left", { name: nameOf(event.target), path: location.pathname })
})
