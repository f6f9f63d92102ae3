// A fact edited where it stands: [data-edit="…/cell/field/"]. GET gives the editor, POST keeps it and gives the value back.
import { on } from "./dom.js"
import { edit } from "./cell.js"

const start = (value) => edit(value.querySelector(".fact-hold") ?? value, value.dataset.edit, { done: () => value.querySelector(".fact-edit")?.focus() })

on("click", ".fact-value[data-edit]", (event, value) => {
  if (event.target.closest(".fact-edit") || !event.target.closest("a, button, input, select, textarea, label")) start(value)
})
on("keydown", ".fact-value[data-edit][tabindex]", (event, value) => {
  if (event.target !== value || !["Enter", "F2"].includes(event.key)) return
  event.preventDefault()
  start(value)
})
