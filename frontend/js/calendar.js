// A calendar. <div data-calendar data-url="/calendar/events/" data-view="month" data-move-url="…" data-create-url="…">. The url is
// asked with ?start=…&end=… and answers {"events": [{id, title, start, end, all_day, tone, url, editable}]}.
import { createCalendar, DayGrid, Interaction, List, TimeGrid } from "@event-calendar/core"
import { keep } from "./dom.js"
import { peek } from "./peek.js"
import { send } from "./net.js"
import { toastFor } from "./toast.js"
import { say } from "./words.js"

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", day: "timeGridDay", agenda: "listWeek" }

const CLOCK = { hour: "2-digit", minute: "2-digit", hour12: false }

// The calendar's own roles promise tables without rows and buttons that are articles; without them its headings, times and
// names read well in order, and Enter opens what has the focus.
function plainRoles(place) {
  for (const element of place.querySelectorAll("[role]:not([role=none], [role=dialog])")) element.removeAttribute("role")
  for (const part of ["colindex", "rowindex", "colspan", "rowspan", "colcount", "rowcount", "selected"]) {
    for (const element of place.querySelectorAll(`[aria-${part}]`)) element.removeAttribute(`aria-${part}`)
  }
  for (const heading of place.querySelectorAll("h4:not([role])")) heading.setAttribute("role", "none")
}

export function start(place) {
  const { dataset } = place
  new MutationObserver(() => plainRoles(place)).observe(place, { childList: true, subtree: true })
  const narrow = matchMedia("(max-width: 760px)").matches
  const view = keep.get("calendar") ?? (narrow ? "agenda" : dataset.view ?? "month")
  const calendar = createCalendar(place, [DayGrid, TimeGrid, List, Interaction], {
    view: VIEWS[view] ?? VIEWS.month,
    date: isDate(dataset.date) ? dataset.date : new Date(),
    locale: document.documentElement.lang,
    firstDay: 1,
    height: dataset.height || "100%",
    nowIndicator: true,
    dayMaxEvents: true,
    scrollTime: "08:00:00",
    eventTimeFormat: CLOCK,
    slotLabelFormat: CLOCK,
    views: { timeGridWeek: { dayHeaderFormat: { weekday: "short", day: "numeric" } } },
    headerToolbar: { start: "prev,next today", center: "title", end: narrow ? "dayGridMonth,listWeek" : "dayGridMonth,timeGridWeek,timeGridDay,listWeek" },
    buttonText: (texts) => ({ ...texts, today: say("today"), dayGridMonth: say("month"), timeGridWeek: say("week"), timeGridDay: say("day"), listWeek: say("agenda"), prev: say("previous"), next: say("next"), close: say("close") }),
    allDayContent: say("all_day"),
    noEventsContent: say("no_events"),
    moreLinkContent: ({ num }) => `+${num} ${say("more")}`,
    events: [],
    eventSources: [{ events: ({ startStr, endStr }) => fetchEvents(dataset.url, startStr, endStr) }],
    eventClassNames: ({ event }) => [`tone-${event.extendedProps.tone ?? "blue"}`, ...(event.extendedProps.coming ? ["is-coming"] : [])],
    eventClick: ({ event, el }) => event.extendedProps.url && peek(event.extendedProps.url, el),
    dateClick: dataset.createUrl ? ({ dateStr }) => create(dataset.createUrl, dateStr) : undefined,
    editable: Boolean(dataset.moveUrl),
    eventDrop: (info) => move(dataset.moveUrl, info, "days" in dataset),
    eventResize: (info) => move(dataset.moveUrl, info, "days" in dataset),
    datesSet: ({ view: now }) => keep.set("calendar", Object.keys(VIEWS).find((name) => VIEWS[name] === now.type)),
  })
  for (const event of ["undone", "calendar:changed", "records:changed"]) document.addEventListener(event, (happened) => {
    if (!place.isConnected) return
    happened.preventDefault()
    calendar.refetchEvents()
  })
}

// A day or a moment that is in no calendar would stop the whole page from being drawn.
function isDate(text) {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text ?? "") ?? []
  return Boolean(year) && !Number.isNaN(Date.parse(text)) && new Date(Date.UTC(year, month - 1, date)).getUTCDate() === Number(date)
}

async function fetchEvents(url, start, end) {
  const answer = await send(`${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams({ start, end })}`, { headers: { Accept: "application/json" } })
  if (!answer?.ok) return []
  const { events } = await answer.json()
  return events.filter(({ start: from, end: to }) => isDate(from) && (!to || isDate(to))).map(({ id, title, start: from, end: to, all_day: allDay, editable, ...rest }) => ({ id, title, start: from, end: to ?? from, allDay, editable, extendedProps: rest }))
}

async function move(url, { event, revert }, days) {
  const write = days && event.allDay ? day : iso
  const body = new URLSearchParams({ id: event.id, start: write(event.start), end: write(event.end), all_day: event.allDay, version: event.extendedProps.version ?? "" })
  const answer = await send(url, { method: "POST", body })
  if (answer?.ok) return
  revert()
  if (answer) toastFor(answer.status)
}

// Days and hours have no zone here: what stands on the reader's clock is sent, whatever zone the browser is in.
const day = (date) => (date ? [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-") : "")
const iso = (date) => (date ? `${day(date)}T${[date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":")}` : "")

async function create(url, start) {
  const { default: htmx } = await import("htmx.org")
  htmx.ajax("GET", `${url}${url.includes("?") ? "&" : "?"}${new URLSearchParams({ start })}`, { target: "#dialog" })
}
