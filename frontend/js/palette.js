// One box for finding, going, creating and doing. Results come as HTML from /search/, commands as JSON from /commands/; what
// the page itself offers (menu, quick create, verbs marked [data-command]) needs no request.
import { icon, keep, make, on } from "./dom.js"
import { send } from "./net.js"
import { say } from "./words.js"

const box = document.getElementById("palette")
const input = box?.querySelector(".palette-input")
const list = box?.querySelector(".palette-list")
let commands = null
let asked = 0
let waiting = false
let timer

function open() {
  if (!box || box.open) return
  document.querySelector("dialog[open]")?.close()
  box.showModal()
  input.value = ""
  draw("")
  commands ??= fetchCommands()
  commands.then(() => box.open && draw(input.value))
}

async function fetchCommands() {
  const answer = await send(box.dataset.commands, { quiet: true })
  if (!answer?.ok) return (fetched = [])
  fetched = (await answer.json()).commands ?? []
  return fetched
}
let fetched = []

function draw(query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (item) => words.every((word) => `${item.label} ${item.words ?? ""}`.toLowerCase().includes(word))
  const groups = new Map()
  for (const item of [...here(), ...(words.length ? [] : recent()), ...creates(), ...places(), ...fetched]) {
    if (!fits(item)) continue
    const group = item.group ?? say("commands")
    const members = groups.get(group) ?? groups.set(group, []).get(group)
    if (members.length < 8 && !members.some((other) => other.label === item.label)) members.push(item)
  }
  const drawn = [...groups].map(([label, items]) => group(label, items.map(row)))
  list.querySelectorAll(":scope > :not([data-found])").forEach((node) => node.remove())
  list.append(...drawn)
  settle()
}

const group = (label, rows) => make("div", { class: "palette-group", role: "group", "aria-label": label }, make("p", { class: "palette-heading", "aria-hidden": "true" }, label), ...rows)

function row(item) {
  const inside = [icon(item.icon ?? "arrow-right"), make("span", { class: "palette-label" }, item.label), item.detail && make("span", { class: "palette-detail" }, item.detail)]
  const attributes = { class: "palette-item", role: "option", tabindex: "-1" }
  const element = item.url && !item.method ? make("a", { ...attributes, href: item.url }, ...inside) : make("button", { ...attributes, type: "button" }, ...inside)
  if (item.run) element.addEventListener("click", () => { box.close(); item.run() })
  else if (item.method) element.addEventListener("click", () => { box.close(); act(item) })
  return element
}

async function act({ method, url }) {
  const { default: htmx } = await import("htmx.org")
  htmx.ajax(method === "post" ? "POST" : "GET", url, { target: "#dialog" })
}

const text = (element) => (element.dataset.command || element.getAttribute("aria-label") || element.textContent).trim()
const here = () => [...document.querySelectorAll("main [data-command]:not(:disabled), #peek [data-command]:not(:disabled)")].map((element) => ({ label: text(element), icon: "bolt", group: say("here"), run: () => element.click() }))
const recent = () => (keep.get("recent") ?? []).filter((item) => item.href !== location.pathname).slice(0, 5).map((item) => ({ label: item.label, url: item.href, icon: "history", group: say("recent") }))
const iconOf = (element) => element.querySelector("use")?.getAttribute("href")?.split("#i-")[1]
const places = () => [...document.querySelectorAll(".side-item")].map((link) => ({ label: link.title, url: link.getAttribute("href"), icon: iconOf(link), group: say("go") }))
const creates = () => [...document.querySelectorAll("[data-create] + .menu .menu-item")].map((link) => ({ label: link.querySelector(".menu-label").textContent, url: link.getAttribute("href"), icon: iconOf(link), group: say("create"), words: "new baru tambah +", run: () => link.click() }))

function ask(query) {
  clearTimeout(timer)
  const mine = ++asked
  waiting = query.trim().length >= 2
  if (!waiting) {
    list.querySelectorAll("[data-found]").forEach((node) => node.remove())
    return
  }
  timer = setTimeout(async () => {
    const answer = await send(`${box.dataset.search}?q=${encodeURIComponent(query)}`, { quiet: true })
    if (mine !== asked) return
    waiting = false
    if (!answer?.ok) return settle()
    const found = make("div", { "data-found": true })
    found.innerHTML = await answer.text()
    list.querySelectorAll("[data-found]").forEach((node) => node.remove())
    if (found.querySelector(".palette-item")) list.prepend(found)
    settle()
  }, 110)
}

function settle() {
  list.querySelectorAll(".palette-note").forEach((node) => node.remove())
  const items = options()
  items.forEach((item, index) => { item.id ||= `palette-${index}-${Math.random().toString(36).slice(2, 8)}` })
  if (!items.length) list.append(make("p", { class: "palette-note" }, say(waiting ? "searching" : "nothing")))
  list.scrollTop = 0
  choose(items[0])
}

const options = () => [...list.querySelectorAll("[role=option]")]
const chosen = () => list.querySelector("[aria-selected=true]")

function choose(item) {
  chosen()?.setAttribute("aria-selected", "false")
  item?.setAttribute("aria-selected", "true")
  item?.scrollIntoView({ block: "nearest" })
  if (item) input.setAttribute("aria-activedescendant", item.id)
  else input.removeAttribute("aria-activedescendant")
}

function step(by) {
  const items = options()
  if (items.length) choose(items[(items.indexOf(chosen()) + by + items.length) % items.length])
}

function go(event) {
  const item = chosen()
  if (!item) return
  if (item.href && (event.ctrlKey || event.metaKey)) return window.open(item.href, "_blank", "noopener")
  item.click()
}

const KEYS = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: go }

if (box) {
  input.addEventListener("input", () => { ask(input.value); draw(input.value) })
  input.addEventListener("keydown", (event) => {
    const act = KEYS[event.key]
    if (!act || event.isComposing) return
    event.preventDefault()
    act(event)
  })
  list.addEventListener("pointermove", (event) => {
    const item = event.target.closest("[role=option]")
    if (item && item !== chosen()) choose(item)
  })
  list.addEventListener("click", (event) => event.target.closest("a[role=option]") && box.close())
  on("click", "[data-palette]", open)
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
      event.preventDefault()
      open()
    }
  })
}
