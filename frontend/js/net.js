// Requests that htmx does not make itself, and the same manners for those it does.
import htmx from "htmx.org"
import { toast, toastFor } from "./toast.js"

export const csrf = () => document.querySelector('meta[name="csrf-token"]')?.content ?? ""

/** Fetch from our own server. Fires the answer's HX-Trigger events; a failure is told in a toast and answered with null. */
export async function send(url, { method = "GET", body, json, headers = {}, quiet = false } = {}) {
  const sent = { "HX-Request": "true", ...headers }
  if (method !== "GET") sent["X-CSRFToken"] = csrf()
  if (json !== undefined) {
    sent["Content-Type"] = "application/json"
    body = JSON.stringify(json)
  }
  let answer
  try {
    answer = await fetch(url, { method, body, headers: sent, credentials: "same-origin" })
  } catch {
    if (!quiet) toastFor(0)
    return null
  }
  const place = answer.headers.get("HX-Redirect")
  if (place) location.assign(place)
  fire(answer.headers.get("HX-Trigger"))
  return answer
}

/** The events an answer asks for, as htmx would fire them. */
function fire(header) {
  if (!header) return
  if (!header.startsWith("{")) return header.split(",").forEach((name) => htmx.trigger(document.body, name.trim(), {}))
  for (const [name, detail] of Object.entries(JSON.parse(header))) {
    htmx.trigger(document.body, name, typeof detail === "object" && detail ? detail : { value: detail })
  }
}

// These answers belong on the page: a form with its errors, a record that somebody else changed.
const SHOWN = new Set([400, 409, 412, 422])

document.addEventListener("htmx:config:request", (event) => {
  const { request } = event.detail.ctx
  if (request.method !== "GET") request.headers["X-CSRFToken"] = csrf()
})

document.addEventListener("htmx:response:error", (event) => {
  const { ctx } = event.detail
  if (SHOWN.has(ctx.response.status)) return
  ctx.swap = "none"
  if (!ctx.hx?.trigger?.includes("toast")) toastFor(ctx.response.status)
})

document.addEventListener("htmx:error", (event) => {
  if (event.detail.ctx && !event.detail.ctx.response) toastFor(0)
})

let waiting = 0
let late
const settle = (change) => {
  waiting = Math.max(0, waiting + change)
  clearTimeout(late)
  if (waiting) late = setTimeout(() => document.body.classList.add("is-waiting"), 180)
  else document.body.classList.remove("is-waiting")
}
document.addEventListener("htmx:before:request", () => settle(+1))
document.addEventListener("htmx:finally:request", () => settle(-1))

export { toast }
