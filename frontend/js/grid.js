// A list that behaves like a spreadsheet. <table data-grid data-url="/people/"> with <tr data-id data-url data-href> and
// <td data-field data-editable>. Either a row is active (J, K, Space, Enter, x) or one of its cells (arrows, Enter, letters);
// cell.js edits the cell; a pasted block goes to {grid url}paste/.
import htmx from "htmx.org"
import { enhance, isTyping } from "./dom.js"
import { cancel, edit, isEditing } from "./cell.js"
import { isPeeking, peek } from "./peek.js"
import { send, toast } from "./net.js"
import { toastFor } from "./toast.js"
import { say } from "./words.js"

enhance("table[data-grid]", (table) => { table.grid = new Grid(table) })

class Grid {
  constructor(table) {
    this.table = table
    this.cell = null
    this.line = null
    this.anchor = null
    if (!table.hasAttribute("tabindex")) table.tabIndex = 0
    table.addEventListener("click", (event) => this.clicked(event))
    table.addEventListener("dblclick", (event) => this.doubleClicked(event))
    table.addEventListener("keydown", (event) => this.pressed(event))
    table.addEventListener("focus", () => this.row() || this.activateRow(this.rows()[0], { focus: false }))
    table.addEventListener("change", (event) => this.changed(event))
    table.addEventListener("paste", (event) => this.pasted(event))
    table.addEventListener("copy", (event) => this.copied(event))
    const heard = { next: () => this.step(1), previous: () => this.step(-1), peek: () => this.peek(), open: () => this.open(), select: () => this.toggle(this.row()), edit: () => this.edit() }
    for (const [name, act] of Object.entries(heard)) {
      table.addEventListener(`list:${name}`, (event) => { event.preventDefault(); act() })
    }
    this.drawBulk()
  }

  rows() { return [...this.table.tBodies].filter((body) => !body.hidden).flatMap((body) => [...body.rows]).filter((row) => row.dataset.id) }
  row() { return this.cell?.isConnected ? this.cell.closest("tr") : this.line?.isConnected ? this.line : null }
  cells(row) { return [...row.cells].filter((cell) => cell.dataset.field) }

  activate(cell, { focus = true } = {}) {
    this.leave()
    this.cell = cell ?? null
    this.line = cell?.closest("tr") ?? null
    if (!cell) return
    cell.classList.add("is-cell")
    this.line.classList.add("is-active")
    cell.tabIndex = -1
    if (focus) cell.focus({ preventScroll: true })
    cell.scrollIntoView({ block: "nearest", inline: "nearest" })
  }

  activateRow(row, { focus = true } = {}) {
    this.leave()
    this.cell = null
    this.line = row ?? null
    if (!row) return
    row.classList.add("is-active")
    row.tabIndex = -1
    if (focus) row.focus({ preventScroll: true })
    row.scrollIntoView({ block: "nearest" })
  }

  leave() {
    this.cell?.classList.remove("is-cell")
    this.line?.classList.remove("is-active")
    this.cell?.removeAttribute("tabindex")
    this.line?.removeAttribute("tabindex")
  }

  move(across, down) {
    const rows = this.rows()
    const row = this.row()
    if (!row) return this.activateRow(rows[0])
    const target = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(row) + down))]
    if (!this.cell?.isConnected && !across) return this.activateRow(target)
    const cells = this.cells(target)
    if (!this.cell?.isConnected) return this.activate(across < 0 ? cells.at(-1) : cells[0])
    const at = this.cells(row).indexOf(this.cell)
    this.activate(cells[Math.max(0, Math.min(cells.length - 1, at + across))])
  }

  moveEditable(across) {
    const all = this.rows().flatMap((row) => this.cells(row)).filter((cell) => "editable" in cell.dataset)
    const at = all.indexOf(this.cell)
    if (all[at + across]) this.activate(all[at + across])
  }

  step(by) {
    this.move(0, by)
    if (isPeeking()) this.peek()
  }

  urlOf(row) { return row.dataset.url ?? `${this.table.dataset.url}${row.dataset.id}/` }
  peek() { if (this.row()) peek(this.row().dataset.href ?? this.urlOf(this.row()), this.cell ?? this.line) }
  open() { if (this.row()) location.assign(this.row().dataset.href ?? this.urlOf(this.row())) }

  edit(typed) {
    const cell = this.cell?.isConnected ? this.cell : this.row() && this.cells(this.row()).find((one) => "editable" in one.dataset)
    if (!cell || !("editable" in cell.dataset)) return
    if (cell !== this.cell) this.activate(cell)
    const address = `${this.urlOf(cell.closest("tr"))}cell/${cell.dataset.field}/?in=list`
    edit(cell, address, { typed, done: (how) => this.edited(how) })
  }

  edited(how) {
    if (how === "down") this.move(0, 1)
    else if (how === "right") this.moveEditable(1)
    else if (how === "left") this.moveEditable(-1)
    else if (how !== "stay") this.cell?.focus({ preventScroll: true })
  }

  clicked(event) {
    const box = event.target.closest("[data-select]")
    if (box && event.shiftKey && this.anchor?.isConnected) this.range(this.anchor, box)
    if (event.target.closest("a, button, label, input, select, textarea")) return
    const cell = event.target.closest("td[data-field]")
    if (!cell || cell.classList.contains("is-editing")) return
    if (narrow.matches) return this.opened(cell)
    const again = cell === this.cell
    this.activate(cell)
    if (again && "editable" in cell.dataset) this.edit()
  }

  // On a phone a row is a card: a touch looks at the record, or chooses it while others are chosen.
  opened(cell) {
    this.activateRow(cell.closest("tr"), { focus: false })
    if (this.selected().length) this.toggle(this.row())
    else this.open()
  }

  doubleClicked(event) {
    const cell = event.target.closest("td[data-editable]")
    if (cell && !isEditing() && !narrow.matches) { this.activate(cell); this.edit() }
  }

  pressed(event) {
    if (event.defaultPrevented || isEditing() || isTyping(event.target)) return
    const { key } = event
    const mod = event.ctrlKey || event.metaKey
    const moves = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0], Home: [-99, 0], End: [99, 0], PageDown: [0, 15], PageUp: [0, -15] }
    const isEditable = this.cell?.isConnected && "editable" in this.cell.dataset
    if (event.target.closest("th, .grid-group")) return
    if (moves[key] && !event.altKey) {
      event.preventDefault()
      if (event.shiftKey && key.startsWith("Arrow") && moves[key][1]) this.toggle(this.row(), true)
      this.move(...moves[key])
      if (event.shiftKey && moves[key][1]) this.toggle(this.row(), true)
      if (isPeeking() && moves[key][1]) this.peek()
    } else if (mod && key.toLowerCase() === "a") {
      event.preventDefault()
      this.selectAll(true)
    } else if (event.target.closest("a, button, input")) {
      return
    } else if (isEditable && (key === "F2" || key === "Enter")) {
      event.preventDefault()
      this.edit()
    } else if (key === "Tab" && this.cell?.isConnected) {
      event.preventDefault()
      this.moveEditable(event.shiftKey ? -1 : 1)
    } else if (key === "Escape" && this.cell?.isConnected) {
      event.preventDefault()
      this.activateRow(this.row())
    } else if (key === "Escape" && this.selected().length && !isPeeking()) {
      event.preventDefault()
      this.selectAll(false)
    } else if (isEditable && (key === "Delete" || key === "Backspace")) {
      event.preventDefault()
      this.edit("")
    } else if (isEditable && key.length === 1 && key !== " " && !mod && !event.altKey) {
      event.preventDefault()
      this.edit(key)
    }
  }

  // Selection -------------------------------------------------------------------------------------------------------

  boxes() { return this.rows().map((row) => row.querySelector("[data-select]")).filter(Boolean) }
  selected() { return this.boxes().filter((box) => box.checked).map((box) => box.closest("tr").dataset.id) }

  toggle(row, to) {
    const box = row?.querySelector("[data-select]")
    if (!box) return
    box.checked = to ?? !box.checked
    this.anchor = box
    this.drawBulk()
  }

  selectAll(to) {
    for (const box of this.boxes()) box.checked = to
    this.drawBulk()
  }

  changed(event) {
    if (event.target.matches("[data-select-all]")) return this.selectAll(event.target.checked)
    if (!event.target.matches("[data-select]")) return
    this.anchor = event.target
    this.drawBulk()
  }

  drawBulk() {
    const boxes = this.boxes()
    const count = boxes.filter((box) => box.checked).length
    for (const box of boxes) {
      box.closest("tr").classList.toggle("is-selected", box.checked)
    }
    const all = this.table.querySelector("[data-select-all]")
    if (all) {
      all.checked = count > 0 && count === boxes.length
      all.indeterminate = count > 0 && count < boxes.length
    }
    const bar = document.querySelector("[data-bulkbar]")
    if (!bar) return
    bar.hidden = count === 0
    const number = bar.querySelector("[data-bulk-count]")
    if (number) number.textContent = say("selected", { count })
    for (const holder of bar.querySelectorAll("[data-bulk-ids]")) holder.value = this.selected().join(",")
    this.table.dispatchEvent(new CustomEvent("grid:selected", { bubbles: true, detail: { ids: this.selected() } }))
  }

  range(from, to) {
    const boxes = this.boxes()
    const [start, end] = [boxes.indexOf(from), boxes.indexOf(to)].sort((a, b) => a - b)
    for (const box of boxes.slice(start, end + 1)) box.checked = to.checked
  }

  // Copy and paste --------------------------------------------------------------------------------------------------

  copied(event) {
    if (isEditing() || !this.row() || getSelection().toString()) return
    event.preventDefault()
    const chosen = this.selected()
    const rows = chosen.length ? this.rows().filter((row) => chosen.includes(row.dataset.id)) : this.cell ? null : [this.row()]
    const text = rows ? rows.map((row) => this.cells(row).map(plain).join("\t")).join("\n") : plain(this.cell)
    event.clipboardData.setData("text/plain", text)
  }

  async pasted(event) {
    if (isEditing() || !this.cell || !this.table.dataset.url) return
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "")
    if (!text) return
    event.preventDefault()
    const block = text.split("\n").map((line) => line.split("\t"))
    const from = this.rows()
    const start = from.indexOf(this.row())
    const rows = from.slice(start, start + block.length)
    const cells = this.cells(this.row())
    const at = cells.indexOf(this.cell)
    const targets = cells.slice(at, at + Math.max(...block.map((line) => line.length)))
    const json = { fields: targets.map((cell) => cell.dataset.field), ids: rows.map((row) => row.dataset.id), rows: block.slice(0, rows.length).map((line) => line.slice(0, targets.length)) }
    const answer = await send(`${this.table.dataset.url}paste/${location.search}`, { method: "POST", json })
    if (!answer) return
    const html = await answer.text()
    if (answer.status === 422) return showDialog(html)
    if (!answer.ok) return toastFor(answer.status)
    this.replace(html)
    if (!answer.headers.get("HX-Trigger")?.includes("toast")) toast({ text: say("paste", { count: json.rows.flat().length }) })
  }

  /** Put new rows in the place of those with the same data-id; with `all`, take those away that are not among them. */
  replace(html, all = false) {
    const field = this.cell?.dataset.field
    const id = this.row()?.dataset.id
    const chosen = new Set(this.selected())
    const template = document.createElement("template")
    template.innerHTML = `<table><tbody>${html}</tbody></table>`
    const fresh = new Map([...template.content.querySelectorAll("tr[data-id]")].map((row) => [row.dataset.id, row]))
    for (const old of this.rows()) {
      const row = fresh.get(old.dataset.id)
      if (!row && all) old.remove()
      if (!row) continue
      row.querySelector("[data-select]")?.toggleAttribute("checked", chosen.has(row.dataset.id))
      old.replaceWith(row)
      htmx.process(row)
    }
    const row = id && this.rows().find((one) => one.dataset.id === id)
    if (row && field) this.activate(this.cells(row).find((cell) => cell.dataset.field === field), { focus: false })
    else if (row) this.activateRow(row, { focus: false })
    this.drawBulk()
  }
}

const narrow = matchMedia("(max-width: 760px)")
const plain = (cell) => (cell.dataset.value ?? cell.querySelector(".person-name, .cell-who-name")?.textContent ?? cell.innerText).trim()

function showDialog(html) {
  const dialog = document.getElementById("dialog")
  dialog.innerHTML = html
  htmx.process(dialog)
}

document.addEventListener("grid:cancel", () => cancel())
