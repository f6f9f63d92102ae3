// What the visitor sees and touches: a button in the corner, and a panel that a keyboard and a screen reader can use.
import { el, icon, linked } from "./dom.js"

const TYPED = { name: "text", email: "email", phone: "tel" }
const COMPLETES = { name: "name", email: "email", phone: "tel" }
const LONGEST = 5000

export class Panel {
  constructor(root, talk, say, links) {
    Object.assign(this, { root, talk, say, links, drawn: new Map(), file: null, isOpen: false })
    talk.refused = (one, answer) => this.refuse(one, answer)
    talk.rang = () => this.ring()
    this.build()
  }

  build() {
    const { say, talk } = this
    this.badge = el("span", { class: "badge", hidden: true })
    this.launch = el("button", { type: "button", class: "launch", "aria-expanded": "false", "aria-haspopup": "dialog", onclick: () => this.toggle() }, icon("chat"), this.badge)
    this.title = el("h2", { id: "title" }, talk.face.title)
    this.status = el("p", { class: "status" })
    this.mail = el("button", { type: "button", class: "tool", "aria-label": say("mail"), title: say("mail"), hidden: true, onclick: () => this.transcript() }, icon("mail"))
    this.sound = el("button", { type: "button", class: "tool", onclick: () => this.turnSound() })
    const close = el("button", { type: "button", class: "tool", "aria-label": say("close"), title: say("close"), onclick: () => this.toggle(false) }, icon("close"))
    const head = el("header", {}, el("div", { class: "heading" }, this.title, this.status), this.mail, this.sound, close)
    this.log = el("div", { class: "log", role: "log", "aria-live": "polite", tabindex: "0", "aria-labelledby": "title" })
    this.writer = el("p", { class: "writer", role: "status" })
    this.notice = el("p", { class: "notice", role: "status", hidden: true })
    this.form = this.buildForm()
    this.panel = el("section", { class: "panel", role: "dialog", "aria-labelledby": "title", hidden: true, onkeydown: (event) => this.key(event) }, head, this.log, this.writer, this.notice, this.form)
    this.root.append(this.panel, this.launch)
    this.drawSound()
    this.draw()
  }

  buildForm() {
    const { say } = this
    this.leave = el("p", { class: "leave", hidden: true })
    this.fields = el("div", { class: "fields" })
    this.consent = el("p", { class: "consent" }, ...linked(this.talk.face.consent))
    this.error = el("p", { class: "error", role: "alert" })
    this.chosen = el("p", { class: "chosen", hidden: true })
    this.text = el("textarea", { rows: "1", "aria-label": say("write"), placeholder: say("write"), maxlength: String(LONGEST), oninput: () => this.typed() })
    this.picker = el("input", { type: "file", hidden: true, tabindex: "-1", onchange: () => this.pick(this.picker.files[0]) })
    this.clip = el("button", { type: "button", class: "tool", "aria-label": say("attach"), title: say("attach"), onclick: () => this.picker.click() }, icon("clip"))
    const send = el("button", { type: "submit", class: "send", "aria-label": say("send"), title: say("send") }, icon("send"))
    const row = el("div", { class: "row" }, this.clip, this.picker, this.text, send)
    return el("form", { novalidate: true, onsubmit: (event) => this.submit(event) }, this.leave, this.fields, this.consent, this.error, this.chosen, row)
  }

  toggle(isOpen = !this.isOpen) {
    this.isOpen = isOpen
    this.panel.hidden = !isOpen
    this.launch.setAttribute("aria-expanded", String(isOpen))
    this.root.host.classList.toggle("open", isOpen)
    this.talk.show(isOpen)
    if (isOpen) this.talk.seen()
    this.draw()
    if (isOpen) this.scroll()
    const first = this.fields.querySelector("input")
    ;(isOpen ? first ?? this.text : this.launch).focus()
  }

  key(event) {
    if (event.key === "Escape") {
      event.stopPropagation()
      this.toggle(false)
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target === this.text) {
      event.preventDefault()
      this.form.requestSubmit()
    } else if (event.key === "Tab") this.trap(event)
  }

  /** Tab stays within the panel while it is open. */
  trap(event) {
    const all = [...this.panel.querySelectorAll("button, input, textarea, a[href], [tabindex='0']")].filter((one) => one.offsetParent && !one.disabled)
    const edge = event.shiftKey ? all[0] : all.at(-1)
    if (this.root.activeElement === edge) {
      event.preventDefault()
      ;(event.shiftKey ? all.at(-1) : all[0]).focus()
    }
  }

  typed() {
    this.text.style.setProperty("height", "auto")
    this.text.style.setProperty("height", `${Math.min(this.text.scrollHeight, 120)}px`)
    if (this.text.value) this.talk.typing()
  }

  pick(file) {
    const { face } = this.talk
    const isLarge = file && file.size > face.most
    this.error.textContent = isLarge ? this.say("large", { most: Math.floor(face.most / 1048576) }) : ""
    this.file = isLarge ? null : file ?? null
    this.chosen.hidden = !this.file
    const away = el("button", { type: "button", class: "tool", "aria-label": "×", onclick: () => this.pick(null) }, icon("close"))
    this.chosen.replaceChildren(...(this.file ? [`${this.file.name} · ${size(this.file.size)}`, away] : []))
    if (!this.file) this.picker.value = ""
  }

  submit(event) {
    event.preventDefault()
    const text = this.text.value.trim()
    const typed = this.answers()
    if (!typed || (!text && !this.file)) return
    this.error.textContent = ""
    this.talk.say(text, this.file, typed)
    this.text.value = ""
    this.pick(null)
    this.typed()
    this.text.focus()
    this.scroll()
  }

  /** What they told of themselves; nothing while something is missing. */
  answers() {
    const { say, talk } = this
    const typed = talk.online ? {} : { offline: true }
    const inputs = [...this.fields.querySelectorAll("input")]
    for (const input of inputs) if (input.value.trim()) typed[input.name] = input.value.trim()
    const wrong = inputs.find((input) => (input.required && !input.value.trim()) || !input.checkValidity())
    if (wrong) {
      this.error.textContent = wrong.value.trim() ? wrong.validationMessage : `${wrong.dataset.label}: ${say("needed")}`
      wrong.focus()
      return null
    }
    if (inputs.length === 0 && typed.offline) delete typed.offline
    return typed
  }

  /** The server did not take it: what was written stands in the form again. */
  refuse(one, answer) {
    this.error.textContent = answer.message ?? this.say("gone")
    this.mustAsk = ["name", "email", "phone", "where", "consent"].includes(answer.error)
    if (!this.text.value) this.text.value = one.text
    this.draw()
  }

  draw() {
    const { talk, say } = this
    if (talk.isGone) {
      this.root.host.hidden = true
      return
    }
    const isOffline = talk.failures > 1
    this.title.textContent = talk.face.title
    this.status.textContent = [talk.online ? say("online") : say("away"), talk.face.hours].filter(Boolean).join(" · ")
    this.status.classList.toggle("here", talk.online)
    this.writer.replaceChildren(...(talk.writer ? [el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")), say("typing", { name: talk.writer })] : []))
    this.notice.hidden = !isOffline && !talk.said && !this.told
    this.notice.textContent = isOffline ? say("lost") : talk.said ? say(talk.said) : this.told ?? ""
    this.clip.hidden = !talk.face.files
    this.mail.hidden = !talk.hasAnswer
    const { unread } = talk
    this.badge.hidden = !unread || this.isOpen
    this.badge.textContent = unread > 9 ? "9+" : String(unread)
    this.launch.setAttribute("aria-label", this.isOpen ? say("close") : unread ? say("unread", { n: unread }) : say("open"))
    this.drawFields()
    this.drawLog()
  }

  drawFields() {
    const { talk, say } = this
    const asks = !talk.hasBegun || this.mustAsk
    const isOffline = !talk.online
    const names = asks ? [...new Set([...talk.face.asked, ...(isOffline ? talk.face.offline : [])])] : []
    const only = isOffline && talk.face.offline.length === 1
    const key = `${names}|${isOffline}`
    this.consent.hidden = !asks
    this.leave.hidden = !asks || !isOffline
    this.leave.textContent = say("leave")
    if (key === this.fieldsKey) return
    this.fieldsKey = key
    const kept = Object.fromEntries([...this.fields.querySelectorAll("input")].map((input) => [input.name, input.value]))
    this.fields.replaceChildren(...names.map((name) => {
      const isNeeded = isOffline ? (only && talk.face.offline[0] === name) || (name === "name" && talk.face.needed.includes(name)) : talk.face.needed.includes(name)
      const input = el("input", { name, type: TYPED[name], autocomplete: COMPLETES[name], maxlength: "200", required: isNeeded, "data-label": say(name) })
      input.value = kept[name] ?? ""
      return el("label", {}, el("span", {}, say(name), isNeeded ? "" : el("small", {}, ` (${say("optional")})`)), input)
    }))
  }

  drawLog() {
    const { talk, say } = this
    const wasAtEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60
    const lines = [...talk.lines.values()].sort((one, other) => one.n - other.n)
    const pending = talk.pending.map((one) => ({ ...one, mine: true, isPending: true, files: one.file ? [{ name: one.file.name, size: one.file.size }] : [] }))
    const all = [...lines, ...pending]
    const mine = all.filter((one) => one.mine)
    const newest = mine.at(-1)
    const wanted = []
    if (talk.face.greeting) wanted.push(this.drawn.get("greeting") ?? this.keep("greeting", el("div", { class: "line us" }, el("p", { class: "bubble" }, ...linked(talk.face.greeting)))))
    let day = ""
    for (const one of all) {
      const on = new Date(one.at).toLocaleDateString(talk.language, { weekday: "long", day: "numeric", month: "long" })
      if (on !== day) wanted.push(this.drawn.get(`d${on}`) ?? this.keep(`d${on}`, el("p", { class: "day" }, on)))
      day = on
      const node = this.drawn.get(one.id || one.n) ?? this.keep(one.id || one.n, this.line(one))
      if (!one.isPending && one.files.length && !node.querySelector("a.file")) node.querySelector(".files")?.replaceWith(this.files(one))
      node.lastChild.textContent = this.footOf(one, newest)
      wanted.push(node)
    }
    if (talk.hasBegun && !talk.online && !talk.hasAnswer && lines.length) wanted.push(this.drawn.get("left") ?? this.keep("left", el("p", { class: "day" }, say("left"))))
    const now = [...this.log.children]
    if (now.length !== wanted.length || now.some((node, at) => node !== wanted[at])) {
      for (const node of now) if (!wanted.includes(node)) node.remove()
      wanted.forEach((node, at) => this.log.children[at] === node || this.log.insertBefore(node, this.log.children[at] ?? null))
      if (wasAtEnd) this.scroll()
    }
  }

  keep(key, node) {
    this.drawn.set(key, node)
    return node
  }

  line(one) {
    const who = el("span", { class: "who" }, one.mine ? this.say("you") : one.name || this.say("we"))
    const said = one.text ? el("p", { class: "bubble" }, ...linked(one.text)) : null
    return el("div", { class: `line ${one.mine ? "me" : "us"}` }, who, said, one.files.length ? this.files(one) : null, el("small", { class: "foot" }))
  }

  files(one) {
    return el("p", { class: "bubble files" }, ...one.files.map((file) => {
      const words = `${file.name} · ${size(file.size)}`
      return file.mark ? el("a", { class: "file", href: this.links(file.mark), target: "_blank", rel: "noopener" }, icon("clip"), words) : el("span", { class: "waits" }, icon("clip"), words)
    }))
  }

  footOf(one, newest) {
    const { talk, say } = this
    const at = new Date(one.at).toLocaleTimeString(talk.language, { hour: "2-digit", minute: "2-digit" })
    if (!one.mine) return at
    if (one.isPending && !one.isTaken) return `${at} · ${talk.failures ? say("waiting") : say("sending")}`
    if (one !== newest) return at
    return `${at} · ${talk.looked && talk.looked >= one.at ? say("seen") : say("sent")}`
  }

  scroll() {
    this.log.scrollTop = this.log.scrollHeight
  }

  async transcript() {
    const { talk, say } = this
    const answer = await talk.wire.ask("transcript", talk.token, { language: talk.language }).catch(() => null)
    this.told = answer === null ? say("lost") : answer.status === 200 ? say("mailed", { email: answer.data.email ?? say("email") }) : answer.data.message
    this.draw()
    setTimeout(() => {
      this.told = null
      this.draw()
    }, 8000)
  }

  drawSound() {
    const word = this.say(this.hasSound ? "soundOff" : "soundOn")
    this.sound.setAttribute("aria-label", word)
    this.sound.setAttribute("title", word)
    this.sound.setAttribute("aria-pressed", String(Boolean(this.hasSound)))
    this.sound.replaceChildren(icon(this.hasSound ? "sound" : "mute"))
  }

  turnSound() {
    this.hasSound = !this.hasSound
    this.drawSound()
    if (this.hasSound) this.ring()
  }

  ring() {
    if (!this.hasSound) return
    const sound = new AudioContext()
    const tone = sound.createOscillator()
    const volume = sound.createGain()
    tone.frequency.value = 660
    volume.gain.setValueAtTime(0.08, sound.currentTime)
    volume.gain.exponentialRampToValueAtTime(0.0001, sound.currentTime + 0.35)
    tone.connect(volume).connect(sound.destination)
    tone.start()
    tone.stop(sound.currentTime + 0.4)
    tone.onended = () => sound.close()
  }
}

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} kB` : `${(bytes / 1048576).toFixed(1)} MB`
}
