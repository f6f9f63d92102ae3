// What happens elsewhere: <body data-live="/live/"> opens one stream; each message {"event": …, "detail": …} is fired on the page.
const url = document.body?.dataset.live

if (url && "EventSource" in window) {
  const stream = new EventSource(url)
  stream.addEventListener("message", ({ data }) => {
    const { event, detail } = JSON.parse(data)
    document.dispatchEvent(new CustomEvent(`live:${event}`, { detail }))
    for (const element of document.querySelectorAll(`[data-live-on~="${CSS.escape(event)}"]`)) element.dispatchEvent(new CustomEvent("live", { detail }))
  })
  addEventListener("pagehide", () => stream.close())
}
