// Writing with bold, lists, links and @names, for <textarea data-rich>. The textarea keeps the HTML, so forms and drafts see an
// ordinary field; @ asks /mentions/?q= for [{id, label, detail}].
import { Editor } from "@tiptap/core"
import Mention from "@tiptap/extension-mention"
import StarterKit from "@tiptap/starter-kit"
import { icon, make } from "./dom.js"
import { send } from "./net.js"
import { say } from "./words.js"

const TOOLS = [
  ["bold", (chain) => chain.toggleBold(), "bold"],
  ["italic", (chain) => chain.toggleItalic(), "italic"],
  ["list", (chain) => chain.toggleBulletList(), "bulletList"],
  ["numbers", (chain) => chain.toggleOrderedList(), "orderedList", "list-numbers"],
  ["quote", (chain) => chain.toggleBlockquote(), "blockquote", "blockquote"],
]

export function start(area) {
  const text = make("div", { class: "editor-text", "data-placeholder": area.placeholder })
  const tools = make("div", { class: "editor-tools", role: "toolbar" })
  const box = make("div", { class: "editor" }, text, tools)
  area.hidden = true
  area.after(box)
  const label = area.labels?.[0]
  const editor = new Editor({
    element: text,
    injectCSS: false,
    content: area.value,
    extensions: [StarterKit.configure({ heading: false, codeBlock: false, horizontalRule: false, link: { openOnClick: false, protocols: ["mailto", "tel"] } }), mention(area)],
    editorProps: { transformPastedHTML: unstyled, attributes: { class: "prose", role: "textbox", "aria-multiline": "true", "aria-label": label?.textContent.trim() || area.getAttribute("aria-label") || area.placeholder || "" } },
    onUpdate: () => write(editor, area),
    onTransaction: () => light(editor, tools, text),
  })
  for (const [name, run, mark, picture] of TOOLS) {
    const button = make("button", { type: "button", class: "button button-quiet button-icon button-s", "aria-label": say(name), title: say(name), "aria-pressed": "false", "data-mark": mark, tabindex: "-1" }, icon(picture ?? name))
    button.addEventListener("mousedown", (event) => event.preventDefault())
    button.addEventListener("click", () => run(editor.chain().focus()).run())
    tools.append(button)
  }
  label?.addEventListener("click", () => editor.commands.focus())
  area.addEventListener("input", (event) => { if (!event.fromEditor && area.value !== editor.getHTML()) editor.commands.setContent(area.value) })
  area.form?.addEventListener("reset", () => setTimeout(() => editor.commands.setContent(area.value)))
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); area.form?.requestSubmit() }
  })
  if (area.autofocus) editor.commands.focus("end")
  light(editor, tools, text)
}

// What is pasted keeps its structure. Its styles would be refused by the policy of the page, each with a complaint; and the bold
// frame that Google Docs puts around everything, with a style that takes it back, would make all of it bold.
const unstyled = (html) => html
  .replace(/<style[\s\S]*?<\/style>/gi, "")
  .replace(/<b\b[^>]*font-weight:\s*normal[^>]*>/gi, "<span>")
  .replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\sstyle\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)/gi, ""))

function write(editor, area) {
  area.value = editor.isEmpty ? "" : editor.getHTML()
  const event = new Event("input", { bubbles: true })
  event.fromEditor = true
  area.dispatchEvent(event)
}

function light(editor, tools, text) {
  for (const button of tools.children) button.setAttribute("aria-pressed", String(editor.isActive(button.dataset.mark)))
  text.classList.toggle("is-empty", editor.isEmpty)
}

function mention(area) {
  return Mention.configure({
    HTMLAttributes: { class: "mention" },
    suggestion: {
      char: "@",
      items: async ({ query }) => {
        const answer = await send(`${area.dataset.mentions || "/mentions/"}?q=${encodeURIComponent(query)}`, { quiet: true, headers: { Accept: "application/json" } })
        if (!answer?.ok) return []
        const data = await answer.json()
        return (Array.isArray(data) ? data : data.items ?? []).slice(0, 8)
      },
      render: people,
    },
  })
}

function people() {
  let list
  let at = 0
  let given
  const draw = () => {
    list.replaceChildren(...given.items.map((item, index) => {
      const row = make("button", { type: "button", class: "menu-item", role: "option", "aria-selected": String(index === at) }, make("span", { class: "menu-label" }, item.label), item.detail && make("span", { class: "menu-detail" }, item.detail))
      row.addEventListener("mousedown", (event) => { event.preventDefault(); given.command(item) })
      return row
    }))
    list.hidden = !given.items.length
    const caret = given.clientRect?.()
    if (!caret) return
    list.style.left = `${Math.min(caret.left, innerWidth - list.offsetWidth - 8)}px`
    list.style.top = `${caret.bottom + list.offsetHeight + 8 > innerHeight ? caret.top - list.offsetHeight - 4 : caret.bottom + 4}px`
  }
  return {
    onStart: (props) => {
      given = props
      at = 0
      list = make("div", { class: "mentions", role: "listbox" })
      ;(props.editor.view.dom.closest("dialog") ?? document.body).append(list)
      draw()
    },
    onUpdate: (props) => { given = props; at = Math.min(at, Math.max(0, props.items.length - 1)); draw() },
    onKeyDown: ({ event }) => {
      if (event.key === "Escape") return list.remove(), event.stopPropagation(), true
      if (!given.items.length) return false
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { at = (at + (event.key === "ArrowDown" ? 1 : -1) + given.items.length) % given.items.length; draw(); return true }
      if (event.key === "Enter" || event.key === "Tab") { given.command(given.items[at]); return true }
      return false
    },
    onExit: () => list?.remove(),
  }
}
