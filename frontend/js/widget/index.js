// Live chat in the page of any site: <script src="https://…/chat.js" data-key="…" data-lang="en" async></script>
// Needs the address of Relasi in script-src and connect-src where the site has a policy; no inline style, no cookie, and
// nothing kept in the browser before the visitor sends something.
import css from "../../css/widget.css"
import { Panel } from "./panel.js"
import { Store } from "./store.js"
import { Talk } from "./talk.js"
import { Wire } from "./wire.js"
import { languageOf, wordsIn } from "./words.js"

const script = document.currentScript
const key = script?.dataset.key

if (key && !window.relasiChat) {
  const home = new URL(".", script.src).href
  const language = languageOf(script)
  let panel
  const talk = new Talk(new Wire(home, key), new Store(key), language, () => {
    if (!panel && talk.face && !talk.isGone) panel = put(talk, home, key, language)
    panel?.draw()
  })
  window.relasiChat = { open: () => panel?.toggle(true), close: () => panel?.toggle(false) }
  if (document.body) talk.now()
  else addEventListener("DOMContentLoaded", () => talk.now())
}

/** The button and the panel, in a tree of their own that the page's styles do not reach. */
function put(talk, home, key, language) {
  const host = document.createElement("relasi-chat")
  const root = host.attachShadow({ mode: "open" })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  root.adoptedStyleSheets = [sheet]
  host.lang = language
  host.classList.add(talk.face.position === "left" ? "left" : "right")
  host.style.setProperty("--colour", talk.face.colour)
  host.style.setProperty("--on-colour", isLight(talk.face.colour) ? "#16181d" : "#ffffff")
  document.body.append(host)
  return new Panel(root, talk, wordsIn(language), (mark) => `${home}chat/${key}/file/${encodeURIComponent(mark)}/`)
}

/** Whether dark text reads better on it (WCAG relative luminance). */
function isLight(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255).map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18
}
