// Lanes and cards. <div data-board data-move-url="/deals/move/"> holds [data-lane] with cards [data-id]. A card dropped in a lane is
// posted as id, lane, before, after; what is refused goes back. Arrow keys walk, with Shift they carry.
import Sortable from "sortablejs"
import htmx from "htmx.org"
import { peek } from "./peek.js"
import { send } from "./net.js"
import { toastFor } from "./toast.js"

export function start(board) {
  for (const lane of board.dataset.moveUrl ? board.querySelectorAll("[data-lane]") : []) {
    new Sortable(lane, {
      group: board.id || "board", draggable: "[data-id]", animation: still() ? 0 : 120, ghostClass: "is-ghost", dragClass: "sortable-drag",
      delay: 120, delayOnTouchOnly: true, filter: "a, button, input", preventOnFilter: false,
      onEnd: ({ item, from, oldIndex, to, newIndex }) => { if (from !== to || oldIndex !== newIndex) drop(board, item, from, oldIndex) },
    })
  }
  board.addEventListener("keydown", (event) => pressed(board, event))
  board.addEventListener("click", (event) => {
    const card = event.target.closest("[data-id]")
    if (card && !event.target.closest("a, button, input")) card.focus()
  })
  const heard = { next: () => walk(board, 0, 1), previous: () => walk(board, 0, -1), peek: () => look(board), open: () => open(board) }
  for (const [name, act] of Object.entries(heard)) board.addEventListener(`list:${name}`, (event) => { event.preventDefault(); act() })
}

const still = () => matchMedia("(prefers-reduced-motion: reduce)").matches
const lanesOf = (board) => [...board.querySelectorAll("[data-lane]")]
const cardsOf = (lane) => [...lane.querySelectorAll(":scope > [data-id]")]
const held = (board) => board.querySelector("[data-id]:focus") ?? board.querySelector("[data-id]")
const look = (board) => { const card = held(board); if (card?.dataset.href) peek(card.dataset.href, card) }
const open = (board) => { const card = held(board); if (card?.dataset.href) location.assign(card.dataset.href) }

async function drop(board, card, from, index) {
  const lane = card.closest("[data-lane]")
  const body = new URLSearchParams({ id: card.dataset.id, version: card.dataset.version ?? "", lane: lane.dataset.lane, before: card.nextElementSibling?.dataset?.id ?? "", after: card.previousElementSibling?.dataset?.id ?? "" })
  const answer = await send(board.dataset.moveUrl, { method: "POST", body })
  const back = () => from.insertBefore(card, cardsOf(from).filter((other) => other !== card)[index] ?? null)
  if (!answer) return back()
  if (answer.status === 204) return count(board)
  const html = await answer.text()
  if (answer.status === 422 || answer.status === 409) {
    back()
    const place = document.getElementById("dialog")
    place.innerHTML = html
    return htmx.process(place)
  }
  if (!answer.ok) return back(), toastFor(answer.status)
  renew(html)
  count(board)
}

/** Put what the server sent in the place of elements with the same id: the card, the heads of its lanes. */
function renew(html) {
  const template = document.createElement("template")
  template.innerHTML = html
  for (const fresh of template.content.querySelectorAll("[id]")) {
    const old = document.getElementById(fresh.id)
    if (!old) continue
    const focused = old === document.activeElement
    old.replaceWith(fresh)
    htmx.process(fresh)
    if (focused) fresh.focus()
  }
}

function count(board) {
  for (const lane of lanesOf(board)) {
    const number = lane.closest(".lane")?.querySelector("[data-count]")
    if (number && !number.dataset.exact) number.textContent = cardsOf(lane).length
  }
}

function pressed(board, event) {
  const card = event.target.closest?.("[data-id]")
  if (card !== event.target) return
  const way = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key]
  if (!way) return
  event.preventDefault()
  if (event.shiftKey && board.dataset.moveUrl) carry(board, card, ...way)
  else walk(board, ...way)
}

function walk(board, across, down) {
  const card = held(board)
  if (!card) return
  const lanes = lanesOf(board)
  const lane = card.closest("[data-lane]")
  const at = cardsOf(lane).indexOf(card)
  if (down) return cardsOf(lane)[at + down]?.focus()
  for (let index = lanes.indexOf(lane) + across; lanes[index]; index += across) {
    const cards = cardsOf(lanes[index])
    if (cards.length) return cards[Math.min(at, cards.length - 1)].focus()
  }
}

function carry(board, card, across, down) {
  const lanes = lanesOf(board)
  const from = card.closest("[data-lane]")
  const index = cardsOf(from).indexOf(card)
  const lane = lanes[lanes.indexOf(from) + across]
  if (!lane) return
  const others = cardsOf(lane).filter((other) => other !== card)
  const to = down ? index + down : Math.min(index, others.length)
  if (to < 0 || to > others.length) return
  lane.insertBefore(card, others[to] ?? null)
  card.focus()
  drop(board, card, from, index)
}
