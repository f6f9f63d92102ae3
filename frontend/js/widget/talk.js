// The talk itself: what was said, what waits to be sent, and asking for what is new. One loop does all of it in turn, so that
// nothing is sent before what was written first, and each message carries an id that makes sending it again harmless.
import { NotNow } from "./wire.js"

const SECOND = 1000
const LOOK_EVERY = 30 * SECOND

export class Talk {
  constructor(wire, store, language, changed) {
    Object.assign(this, { wire, store, language, changed })
    this.token = store.get("token") ?? ""
    this.face = JSON.parse(store.get("face") ?? "null")
    this.lines = new Map()
    this.pending = []
    this.last = this.read = this.failures = this.counter = 0
    this.state = this.writer = this.looked = this.said = ""
    this.online = this.isKnown = this.isShown = this.isGone = false
    this.typedAt = this.lookedAt = this.waitUntil = 0
    this.livelyAt = Date.now()
    for (const head of store.waiting()) this.wait(head)
    for (const event of ["online", "pageshow"]) addEventListener(event, () => this.now())
    document.addEventListener("visibilitychange", () => document.hidden || this.now())
  }

  get hasBegun() {
    return Boolean(this.token)
  }

  get unread() {
    return [...this.lines.values()].filter((line) => !line.mine && line.n > this.read).length
  }

  get hasAnswer() {
    return [...this.lines.values()].some((line) => !line.mine)
  }

  /** Say something; `typed` what they told of themselves. It is kept in this browser until it was taken in. */
  say(text, file, typed = {}) {
    if (!this.token) {
      this.token = secret()
      this.store.set("token", this.token)
      this.store.set("face", JSON.stringify(this.face))
    }
    const id = Date.now().toString(36).padStart(9, "0") + (this.counter++ % 46656).toString(36).padStart(3, "0") + secret().slice(0, 8)
    const about = file ? { file: { name: file.name, type: file.type } } : {}
    const head = JSON.stringify({ id, text, ...typed, ...about, ...place(this.language), consent: true, at: new Date().toISOString() })
    if (!file) this.store.set(`q:${id}`, head)
    this.wait(head, file)
    this.livelyAt = Date.now()
    this.changed()
    this.now()
  }

  wait(head, file) {
    const { id, text, at } = JSON.parse(head)
    this.pending.push({ id, text, at, head, file, isTaken: false })
  }

  typing() {
    this.typedAt = this.livelyAt = Date.now()
  }

  show(isShown) {
    this.isShown = isShown
    this.livelyAt = Date.now()
    if (isShown && !this.hasBegun) this.isGreeted = false // is anybody there by now?
    if (isShown) this.now()
  }

  /** Go on at once instead of when it is due. */
  now() {
    this.isWanted = true
    if (!this.isBusy) this.turn()
  }

  async turn() {
    clearTimeout(this.timer)
    this.isBusy = true
    this.isWanted = false
    try {
      if (!this.isGreeted) await this.greet()
      await this.send()
      if (this.isKnown) await this.poll()
      this.failures = 0
    } catch (error) {
      if (!(error instanceof NotNow)) throw error
      this.failures++
    } finally {
      this.isBusy = false
      this.changed()
      if (!this.isGone && (this.hasBegun || !this.isGreeted)) this.timer = setTimeout(() => this.turn(), this.isWanted ? 0 : this.pause())
    }
  }

  pause() {
    if (this.failures) return Math.min(SECOND * 2 ** (this.failures - 1), 15 * SECOND) * (0.75 + Math.random() / 2)
    if (this.waitUntil > Date.now()) return this.waitUntil - Date.now()
    if (document.hidden) return 15 * SECOND
    const quiet = Date.now() - this.livelyAt
    if (!this.isShown) return quiet < 60 * SECOND ? 4 * SECOND : 10 * SECOND
    return quiet < 60 * SECOND ? 1.3 * SECOND : quiet < 300 * SECOND ? 2.5 * SECOND : 5 * SECOND
  }

  async greet() {
    const { status, data } = await this.wire.ask("hello", this.token, place(this.language))
    if (status !== 200) {
      this.isGone = true
      return
    }
    Object.assign(this, { face: data.face, online: data.online, isKnown: data.known, isGreeted: true })
    if (this.token) this.store.set("face", JSON.stringify(data.face))
    if (!data.known) return
    this.read = data.read
    this.take(data)
  }

  async send() {
    for (const one of [...this.pending]) {
      if (one.isTaken || this.waitUntil > Date.now()) continue
      const { status, data } = await this.wire.ask("send", this.token, one.head, one.file)
      if (status === 429) {
        this.waitUntil = Date.now() + 10 * SECOND
        this.said = "slow"
        return
      }
      this.said = ""
      this.store.drop(`q:${one.id}`)
      if (status === 200) {
        one.isTaken = this.isKnown = true
        this.changed()
      } else {
        this.pending = this.pending.filter((other) => other !== one)
        this.refused?.(one, data)
      }
    }
  }

  async poll() {
    const isLooking = Date.now() - this.lookedAt > LOOK_EVERY
    const asked = { ...place(this.language), after: this.last, read: this.read, state: this.state, typing: Date.now() - this.typedAt < 3 * SECOND, look: isLooking }
    const { status, data } = await this.wire.ask("poll", this.token, asked)
    if (status === 404) this.isKnown = false
    if (isLooking) this.lookedAt = Date.now()
    if (data && status === 200) this.take(data)
  }

  take(data) {
    if (data.last < this.last) {
      this.lines.clear()
      this.last = 0
    }
    const fresh = data.lines.filter((line) => !this.lines.has(line.n))
    for (const line of fresh) {
      this.lines.set(line.n, line)
      this.last = Math.max(this.last, line.n)
      this.pending = this.pending.filter((one) => one.id !== line.id)
      if (line.id) this.store.drop(`q:${line.id}`)
    }
    if (fresh.length) this.livelyAt = Date.now()
    Object.assign(this, { writer: data.writer, looked: data.looked, state: data.state })
    if ("online" in data) this.online = data.online
    if (this.isShown && !document.hidden) this.seen()
    if (fresh.some((line) => !line.mine) && this.isGreeted && this.wasFilled) this.rang?.()
    this.wasFilled = true
    if (this.last < data.last) this.isWanted = true
  }

  /** What is shown now was seen; the next question says so. */
  seen() {
    if (this.read < this.last) {
      this.read = this.last
      this.isWanted = true
    }
  }
}

function secret() {
  const bytes = crypto.getRandomValues(new Uint8Array(32))
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/** Where they are, without what may be secret in an address. */
function place(language) {
  const referrer = document.referrer.split(/[?#]/)[0]
  return { language, page: location.origin + location.pathname, referrer: referrer.startsWith(location.origin) ? "" : referrer }
}
