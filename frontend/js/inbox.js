// The inbox: keys from end to end, a conversation that stays alive while it is open, and the composer.
import htmx from "htmx.org"
import { enhance, enhanceWithin, icon, isTyping, make, on } from "./dom.js"
import { send } from "./net.js"
import { toast } from "./toast.js"

const ALIVE = 3000
const LIST_EVERY = 20_000
const root = () => document.querySelector("[data-inbox]")
const pane = () => document.getElementById("inbox-pane")
const talk = () => document.querySelector("[data-talk]")
const scroll = () => document.getElementById("inbox-scroll")
const lines = () => [...document.querySelectorAll(".inbox-line")]
const isNarrow = () => matchMedia("(max-width: 760px)").matches
const show = (view) => { const place = root(); if (place) place.dataset.view = view }

// The list ---------------------------------------------------------------------------------------------------------------

let pointed = null

function point(line, { focus = false } = {}) {
  if (!line) return
  for (const one of document.querySelectorAll(".inbox-line.is-pointed")) one.classList.remove("is-pointed")
  line.classList.add("is-pointed")
  pointed = line.dataset.id
  line.scrollIntoView({ block: "nearest" })
  if (focus) line.querySelector(".inbox-link")?.focus({ preventScroll: true })
}

const current = () => lines().find((line) => line.dataset.id === pointed) ?? document.querySelector(".inbox-line.is-open") ?? null

function step(way) {
  const all = lines()
  const at = all.indexOf(current())
  const next = all[at < 0 ? 0 : at + way]
  point(next, { focus: !talk() })
  if (next && talk() && !isNarrow()) open(next)
}

async function open(line, { quiet = false } = {}) {
  if (!line) return
  point(line)
  await openAt(line.dataset.url, { quiet })
}

/** Show the conversation at `url` in the pane. */
async function openAt(url, { quiet = false } = {}) {
  const query = root()?.dataset.query
  await htmx.ajax("GET", url, { target: "#inbox-pane", swap: "innerHTML" })
  const opened = talk()
  if (!opened) return
  for (const line of lines()) {
    const is = line.dataset.id === opened.dataset.talk
    line.classList.toggle("is-open", is)
    if (is) line.classList.remove("is-unread")
    line.querySelector(".inbox-link")?.toggleAttribute("aria-current", is)
  }
  if (!quiet) history.pushState({ inbox: true }, "", url + (query ? `?${query}` : ""))
  show("talk")
}

function back() {
  const place = root()
  if (!place) return
  if (place.dataset.view === "side") return show("talk")
  show("list")
  history.replaceState(history.state, "", `/inbox/${place.dataset.query ? `?${place.dataset.query}` : ""}`)
  if (isNarrow()) pane().replaceChildren()
  current()?.querySelector(".inbox-link")?.focus({ preventScroll: true })
}

addEventListener("popstate", () => { if (root()) location.reload() })

on("click", ".inbox-link", (event, link) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
  event.preventDefault()
  open(link.closest(".inbox-line"))
})
on("click", "[data-inbox-back]", back)
on("click", "[data-inbox-side]", () => show(root()?.dataset.view === "side" ? "talk" : "side"))
on("click", "[data-inbox-folders]", (_event, button) => {
  const is = root().classList.toggle("shows-folders")
  button.setAttribute("aria-expanded", String(is))
})
on("change", "[data-inbox-channel]", (_event, choice) => location.assign(choice.value))
document.addEventListener("inbox:back", () => { if (talk()) { pane().replaceChildren(); back() } })
document.addEventListener("inbox:open", (event) => openAt(event.detail.url))

let refreshing
function refresh(delay = 60) {
  clearTimeout(refreshing)
  refreshing = setTimeout(drawList, delay)
}

async function drawList() {
  const place = scroll()
  if (!place || document.hidden) return
  const chosen = new Set(picked())
  const before = lines().map((line) => line.dataset.id)
  const answer = await send(place.dataset.url, { quiet: true, headers: { "HX-Request": "true" } })
  if (!answer?.ok) return
  if (lines().length > 60 && place.scrollTop > 200) return
  const top = place.scrollTop
  place.innerHTML = await answer.text()
  htmx.process(place)
  enhanceWithin(place)
  place.scrollTop = top
  for (const box of document.querySelectorAll("[data-inbox-select]")) box.checked = chosen.has(box.value)
  bar()
  const opened = talk()?.dataset.talk
  for (const line of lines()) line.classList.toggle("is-open", line.dataset.id === opened)
  const line = lines().find((one) => one.dataset.id === pointed)
  if (line) return point(line)
  if (pointed && before.includes(pointed)) pointed = lines()[Math.min(before.indexOf(pointed), lines().length - 1)]?.dataset.id ?? null
}

document.addEventListener("records:changed", async (event) => {
  if (!root() || event.detail?.resource !== "conversations") return
  const opened = talk()?.dataset.talk
  const isIn = () => lines().some((line) => line.dataset.id === opened)
  const wasIn = isIn()
  await drawList()
  if (!opened) return
  if (!wasIn || isIn()) return redraw()
  const next = current()
  if (isNarrow()) back()
  else if (next) open(next)
  else { pane().replaceChildren(); back() }
})
document.addEventListener("undone", (event) => {
  if (!root()) return
  event.preventDefault()
  refresh()
  redraw()
})
document.addEventListener("conversation:changed", () => redraw())

/** The open conversation anew, with what was typed. */
async function redraw() {
  const opened = talk()
  if (!opened) return
  const text = opened.querySelector("[data-answer-text]")
  const typed = text?.value
  const way = opened.querySelector("[data-answer]")?.dataset.way
  await htmx.ajax("GET", opened.dataset.url, { target: "#inbox-pane", swap: "innerHTML" })
  const form = talk()?.querySelector("[data-answer]")
  if (typed && form?.dataset.way === way) fill(form, typed)
}

// Many at once -----------------------------------------------------------------------------------------------------------

const picked = () => [...document.querySelectorAll("[data-inbox-select]:checked")].map((box) => box.value)

function bar() {
  const place = document.querySelector("[data-inbox-bulk]")
  if (!place) return
  const count = picked().length
  place.hidden = !count
  root().classList.toggle("is-choosing", count > 0)
  place.querySelector(".inbox-bulk-count").textContent = place.dataset.many.replace("{count}", count)
}

on("change", "[data-inbox-select]", bar)
on("click", "[data-bulk-none]", () => { for (const box of document.querySelectorAll("[data-inbox-select]")) box.checked = false; bar() })
on("click", "[data-bulk-do]", async (_event, button) => {
  const url = button.closest("[data-inbox-bulk]").dataset.url
  const body = new URLSearchParams({ what: button.dataset.bulkDo, ids: picked().join(",") })
  const answer = await send(url, { method: "POST", body })
  if (answer && !answer.ok) toast({ text: document.getElementById("toasts").dataset.failed, tone: "error" })
  for (const box of document.querySelectorAll("[data-inbox-select]")) box.checked = false
  bar()
})
on("click", "[data-bulk-ask]", async (_event, button) => {
  const url = button.closest("[data-inbox-bulk]").dataset.url
  const ids = picked().join(",")
  await htmx.ajax("GET", `${url}?what=${encodeURIComponent(button.dataset.bulkAsk)}`, { target: "#dialog", swap: "innerHTML" })
  const form = document.querySelector("#dialog form")
  if (!form) return
  const holder = form.querySelector("[name=ids]") ?? form.appendChild(make("input", { type: "hidden", name: "ids" }))
  holder.value = ids
})

// Keys -------------------------------------------------------------------------------------------------------------------

const press = (selector) => { const one = (talk() ?? document).querySelector(selector); one?.click(); return Boolean(one) }

const KEYS = {
  j: () => step(1), ArrowDown: () => step(1),
  k: () => step(-1), ArrowUp: () => step(-1),
  o: () => open(current() ?? lines()[0]),
  r: () => write("[data-answer-here]"),
  a: () => writeAll(),
  n: () => write("[data-answer-note]"),
  e: () => press('[data-key="e"]'),
  s: () => press('[data-key="s"]'),
  l: () => press('[data-key="l"]'),
  m: () => press('[data-key="m"]'),
  "!": () => { const one = talk()?.querySelector('[data-key="!"]'); one?.click(); return Boolean(one) },
  u: () => back(),
  x: () => { const box = current()?.querySelector("[data-inbox-select]"); box?.click(); return Boolean(box) },
  "/": () => { document.querySelector(".inbox-search input[type=search]")?.focus(); return true },
}

document.addEventListener("keydown", (event) => {
  if (!root() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
  if (document.querySelector("dialog[open], .menu:popover-open")) return
  if (event.key.startsWith("Arrow") && !event.target.closest?.(".inbox-list")) return
  const run = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key]
  if (!run) return
  event.preventDefault()
  event.stopImmediatePropagation()
  run()
}, true)

function write(selector) {
  const tab = talk()?.querySelector(selector) ?? talk()?.querySelector("[data-answer-tab]")
  if (!tab) return false
  if (tab.getAttribute("aria-pressed") === "true") return focusAnswer()
  tab.click()
  return true
}

async function writeAll() {
  const form = talk()?.querySelector("[data-answer]")
  if (!form) return
  await swapAnswer(`${form.dataset.compose}?way=email&all=1`)
}

function focusAnswer() {
  const area = talk()?.querySelector("[data-answer-text]")
  const rich = area?.parentElement.querySelector(".ProseMirror")
  ;(rich ?? area)?.focus()
  return true
}

// Alive while it is open -------------------------------------------------------------------------------------------------

let typedAt = 0
document.addEventListener("input", (event) => { if (event.target.closest?.("[data-answer]")) typedAt = Date.now() })

async function look() {
  const opened = talk()
  if (!opened || document.hidden) return
  const body = new URLSearchParams({ after: opened.dataset.last, writing: Date.now() - typedAt < 6000 ? "1" : "0" })
  const answer = await send(opened.dataset.live, { method: "POST", body, quiet: true })
  if (!answer?.ok || talk() !== opened) return
  const place = make("template")
  place.innerHTML = await answer.text()
  const part = (name) => place.content.querySelector(`[data-part="${name}"]`)
  const presence = document.getElementById("talk-presence")
  if (presence && presence.innerHTML !== part("presence").innerHTML) presence.innerHTML = part("presence").innerHTML
  append(opened, part("thread"))
  for (const one of part("states").children) {
    const tick = document.getElementById(`tick-${one.dataset.of}`)
    if (tick && tick.dataset.state && tick.dataset.state !== one.dataset.state) return redraw()
    if (tick) tick.dataset.state = one.dataset.state
  }
}

function append(opened, news) {
  opened.dataset.last = news.dataset.last
  const thread = document.getElementById("thread")
  const box = document.getElementById("talk-scroll")
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80
  let added = 0
  for (const item of [...news.children]) {
    if (item.dataset.message && thread.querySelector(`[data-message="${item.dataset.message}"]`)) continue
    if (item.dataset.day && thread.querySelector(`[data-day="${item.dataset.day}"]`)) continue
    thread.append(item)
    htmx.process(item)
    added += 1
  }
  if (!added) return
  enhanceWithin(thread)
  if (atEnd) box.scrollTop = box.scrollHeight
  refresh(200)
}

document.addEventListener("conversation:said", () => { look(); refresh(200); const box = document.getElementById("talk-scroll"); if (box) setTimeout(() => { box.scrollTop = box.scrollHeight }, 400) })

enhance("[data-talk]", (opened) => {
  const box = document.getElementById("talk-scroll")
  const end = () => { if (box?.isConnected) box.scrollTop = box.scrollHeight }
  end()
  setTimeout(end, 450) // letters and the editor have found their heights
  const line = lines().find((one) => one.dataset.id === opened.dataset.talk)
  if (line) { point(line); setTimeout(() => line.classList.remove("is-unread"), 400) }
  look()
})
enhance("[data-inbox]", (place) => {
  place.dataset.ready = "yes"
  setInterval(look, ALIVE)
  setInterval(() => { if (!document.hidden && !picked().length) drawList() }, LIST_EVERY)
})

// A letter is as high as what it says.
enhance("[data-letter]", (frame) => {
  const fit = () => {
    const page = frame.contentDocument?.documentElement
    if (!page) return
    frame.style.height = `${Math.min(Math.max(page.scrollHeight, 40), 6000)}px`
  }
  frame.addEventListener("load", () => { fit(); setTimeout(fit, 300) })
  if (frame.contentDocument?.readyState === "complete" && frame.contentDocument.URL !== "about:blank") fit()
})

// The composer -----------------------------------------------------------------------------------------------------------

let wanted = false // a box to write in was asked for, whose editor is still on its way

async function swapAnswer(url) {
  const form = talk()?.querySelector("[data-answer]") ?? document.querySelector("[data-answer]")
  if (!form) return
  const typed = plainOf(form)
  await htmx.ajax("GET", url, { target: form, swap: "outerHTML" })
  const now = document.querySelector("[data-answer]")
  if (typed && now && !now.querySelector("[data-answer-text]").value) fill(now, typed)
  wanted = true
  setTimeout(focusAnswer, 60)
}

const areaOf = (form) => form.querySelector("[data-answer-text]")

function plainOf(form) {
  const value = areaOf(form)?.value ?? ""
  if (!/<[a-z][^>]*>/i.test(value)) return value
  const place = make("template")
  place.innerHTML = value.replace(/<\/(p|li|div)>|<br\s*\/?>/gi, "\n")
  return place.content.textContent.trim()
}

function fill(form, text) {
  const area = areaOf(form)
  if (!area) return
  const isRich = area.hidden && area.parentElement.querySelector(".ProseMirror")
  area.value = isRich && !/<[a-z][^>]*>/i.test(text) ? text.split(/\n{2,}/).map((part) => `<p>${escaped(part).replace(/\n/g, "<br>")}</p>`).join("") : text
  area.dispatchEvent(new Event("input", { bubbles: true }))
  grow(area)
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")

on("click", "[data-answer-tab]", (_event, tab) => { if (tab.getAttribute("aria-pressed") !== "true") swapAnswer(tab.dataset.answerTab) })
document.addEventListener("composer:restore", (event) => swapAnswer(event.detail.url))

enhance("[data-answer]", (form) => {
  const area = areaOf(form)
  if (!area) return
  if (area.dataset.richWide !== undefined && innerWidth > 640) edited(area)
  area.addEventListener("input", () => { grow(area); count(form); slash(form) })
  grow(area)
  count(form)
  countDown(form)
  form.querySelector("[data-answer-file]")?.addEventListener("change", () => list(form))
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("is-over") })
  form.addEventListener("dragleave", () => form.classList.remove("is-over"))
  form.addEventListener("drop", (event) => drop(event, form))
  form.addEventListener("paste", (event) => { if (event.clipboardData?.files.length) { event.preventDefault(); add(form, event.clipboardData.files) } })
  form.addEventListener("submit", () => byHand(form), true)
})

async function edited(area) {
  const { start } = await import("./editor.js")
  if (!area.isConnected) return
  start(area)
  if (wanted) focusAnswer()
  wanted = false
}

on("keydown", "[data-answer]", (event, form) => {
  const popup = form.querySelector("[data-answer-popup]")
  if (popup && !popup.hidden && keysOf(event, form, popup)) return event.preventDefault(), event.stopPropagation()
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault()
    event.stopPropagation()
    form.querySelector("[data-then]").value = event.shiftKey ? "close" : ""
    form.requestSubmit()
  } else if (event.key === "Escape" && popup?.hidden !== false) {
    document.activeElement.blur()
  }
}, true)

on("click", "[data-answer-close]", (_event, button) => {
  const form = button.closest("form")
  form.querySelector("[data-then]").value = "close"
  form.requestSubmit()
})
on("click", "[data-answer-later]", (_event, button) => {
  const place = button.closest("form").querySelector("[data-answer-at]")
  place.hidden = false
  place.querySelector("input").focus()
})

function grow(area) {
  if (area.hidden) return
  area.style.height = "auto"
  area.style.height = `${Math.min(area.scrollHeight + 2, innerHeight * 0.4)}px`
}

const GSM = /^[\n\r !"#$%&'()*+,\-./0-9:;<=>?@A-Z_a-z¡£¤¥§¿ÄÅÆÇÉÑÖØÜßàäåæèéìñòöøùüΓΔΘΛΞΠΣΦΨΩ]*$/
const TWICE = /[\^{}\\[\]~|€]/g

function count(form) {
  const place = form.querySelector("[data-answer-parts]")
  if (!place) return
  const text = areaOf(form).value
  const rest = text.replace(TWICE, "")
  const isGsm = GSM.test(rest)
  const length = isGsm ? rest.length + 2 * (text.length - rest.length) : text.length
  const [one, many] = isGsm ? [160, 153] : [70, 67]
  const parts = length <= one ? 1 : Math.ceil(length / many)
  place.textContent = text ? (parts > 1 ? place.dataset.many : place.dataset.one).replace("{n}", length).replace("{parts}", parts) : ""
}

function countDown(form) {
  const place = form.querySelector("[data-until]")
  if (!place) return
  const tell = () => {
    const minutes = Math.max(0, Math.floor((new Date(place.dataset.until) - Date.now()) / 60_000))
    place.lastElementChild.textContent = place.dataset.hours.replace("{h}", Math.floor(minutes / 60)).replace("{m}", minutes % 60)
    place.classList.toggle("is-short", minutes < 120)
    if (!minutes && place.isConnected) swapAnswer(form.getAttribute("action"))
  }
  tell()
  const timer = setInterval(() => place.isConnected ? tell() : clearInterval(timer), 30_000)
}

function byHand(form) {
  if (form.dataset.byHand === undefined) return
  const text = areaOf(form).value.trim()
  const number = form.dataset.byHand.replace(/\D/g, "")
  if (text) open_(form.dataset.way === "sms" ? `sms:+${number}?body=${encodeURIComponent(text)}` : `https://wa.me/${number}?text=${encodeURIComponent(text)}`)
}
const open_ = (url) => window.open(url, "_blank", "noopener")

// Files: chosen, dropped or pasted; each can be taken out again.
function add(form, files) {
  const input = form.querySelector("[data-answer-file]")
  if (!input) return
  const all = new DataTransfer()
  for (const file of [...input.files, ...files]) all.items.add(file)
  input.files = all.files
  list(form)
}

function drop(event, form) {
  event.preventDefault()
  form.classList.remove("is-over")
  if (event.dataTransfer?.files.length) add(form, event.dataTransfer.files)
}

function list(form) {
  const input = form.querySelector("[data-answer-file]")
  const place = form.querySelector("[data-answer-list]")
  place.hidden = !input.files.length
  place.replaceChildren(...[...input.files].map((file, at) => {
    const out = make("button", { type: "button", class: "said-file-out", "aria-label": `${document.getElementById("toasts").dataset.close}: ${file.name}` }, icon("x"))
    out.addEventListener("click", () => {
      const rest = new DataTransfer()
      ;[...input.files].forEach((one, index) => { if (index !== at) rest.items.add(one) })
      input.files = rest.files
      list(form)
    })
    return make("li", {}, make("span", { class: "said-file" }, icon("file-text"), make("span", { class: "said-file-name" }, file.name), out))
  }))
}

// Saved replies: "/" at the end of what is typed, or the button.
const SLASH = /(^|\s)\/([\w-]*)$/

function slash(form) {
  const popup = form.querySelector("[data-answer-popup]")
  const found = SLASH.exec(plainOf(form))
  if (!popup || form.dataset.way === "note") return
  if (!found) { if (popup.dataset.by === "slash") popup.hidden = true; return }
  ask(form, found[2], "slash")
}

on("click", "[data-answer-texts]", (_event, button) => {
  const form = button.closest("form")
  const popup = form.querySelector("[data-answer-popup]")
  if (!popup.hidden) { popup.hidden = true; return }
  ask(form, "", "button")
})

let asked = 0
async function ask(form, words, by) {
  const turn = ++asked
  const popup = form.querySelector("[data-answer-popup]")
  const answer = await send(`${form.dataset.texts}&q=${encodeURIComponent(words)}`, { quiet: true })
  if (!answer?.ok || turn !== asked) return
  popup.innerHTML = await answer.text()
  popup.dataset.by = by
  popup.hidden = false
  mark(popup, popup.querySelector("[role=option]"))
}

function mark(popup, option) {
  for (const one of popup.querySelectorAll("[role=option]")) one.setAttribute("aria-selected", String(one === option))
  option?.scrollIntoView({ block: "nearest" })
}

function keysOf(event, form, popup) {
  const all = [...popup.querySelectorAll("[role=option]")]
  const at = all.findIndex((one) => one.getAttribute("aria-selected") === "true")
  const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (way && all.length) return mark(popup, all[(at + way + all.length) % all.length]), true
  if (event.key === "Escape") return popup.hidden = true, true
  if ((event.key === "Enter" || event.key === "Tab") && all[at] && !event.ctrlKey && !event.metaKey) return choose(form, all[at]), true
  return false
}

on("click", ".answer-choice", (_event, option) => choose(option.closest("form"), option))

function choose(form, option) {
  const popup = form.querySelector("[data-answer-popup]")
  const before = plainOf(form).replace(SLASH, "$1").trim()
  form.querySelector("[data-variant]").value = option.dataset.variant
  const subject = form.querySelector("[name=subject]")
  if (subject && !subject.value && option.dataset.subject) subject.value = option.dataset.subject
  popup.hidden = true
  fill(form, before && !option.dataset.variant ? `${before}\n\n${option.dataset.text}` : option.dataset.text)
  focusAnswer()
}


/** Everything above listens on the document; what is on the page already begins now. */
export const start = () => {}
enhanceWithin(document.documentElement)
