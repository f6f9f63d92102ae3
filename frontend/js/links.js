// A link to another record, chosen by typing its name. [data-link="address of the options"] holds a hidden input for the number
// ([data-link-value]) and a text box; GET {address}&q= answers with <li role="option" data-value data-label>.
import { enhance } from "./dom.js"
import { send } from "./net.js"

enhance("[data-link]", (place) => {
  const box = place.querySelector("input[role=combobox]")
  const value = place.querySelector("[data-link-value]")
  const list = place.querySelector("[role=listbox]")
  if (!box || !value || !list) return
  let chosen = box.value
  let timer
  let asked = 0

  const options = () => [...list.querySelectorAll("[role=option][data-value]")]
  const active = () => list.querySelector("[aria-selected=true]")
  const show = (open) => {
    list.hidden = !open
    box.setAttribute("aria-expanded", String(open))
    if (!open) box.removeAttribute("aria-activedescendant")
  }
  const point = (option) => {
    active()?.setAttribute("aria-selected", "false")
    option?.setAttribute("aria-selected", "true")
    if (!option) return
    box.setAttribute("aria-activedescendant", option.id)
    option.scrollIntoView({ block: "nearest" })
  }
  const choose = (option) => {
    value.value = option.dataset.value
    box.value = chosen = option.dataset.label
    show(false)
    value.dispatchEvent(new Event("change", { bubbles: true }))
  }
  const ask = async () => {
    const turn = ++asked
    const address = place.dataset.link + (place.dataset.link.includes("?") ? "&" : "?") + new URLSearchParams({ q: box.value === chosen ? "" : box.value })
    const answer = await send(address, { quiet: true })
    if (!answer?.ok || turn !== asked || document.activeElement !== box) return
    list.innerHTML = await answer.text()
    options().forEach((option, index) => { option.id = `${list.id}-${index}` })
    show(true)
    point(options()[0])
  }

  box.addEventListener("input", () => {
    if (box.value !== chosen) value.value = ""
    clearTimeout(timer)
    timer = setTimeout(ask, 160)
  })
  box.addEventListener("focus", () => box.select())
  box.addEventListener("click", () => list.hidden && ask())
  box.addEventListener("blur", () => setTimeout(() => show(false), 120))
  box.addEventListener("keydown", (event) => {
    const way = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (way) {
      event.preventDefault()
      event.stopPropagation()
      if (list.hidden) return ask()
      const all = options()
      point(all[(all.indexOf(active()) + way + all.length) % all.length])
    } else if (event.key === "Enter" && !list.hidden && active() && box.value !== chosen) {
      event.preventDefault()
      event.stopPropagation()
      choose(active())
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault()
      event.stopPropagation()
      show(false)
    }
  })
  list.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option][data-value]")
    event.preventDefault()
    if (option) choose(option)
  })
})
