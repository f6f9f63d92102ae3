// What stays in the visitor's browser, and only after they sent their first message: the secret, how it looks, and what was
// written but has not been taken in yet, each message under a key of its own so that two tabs never overwrite each other.
export class Store {
  constructor(key) {
    this.prefix = `relasi-chat:${key}:`
    this.memory = new Map()
  }

  get(name) {
    try {
      return localStorage.getItem(this.prefix + name)
    } catch {
      return this.memory.get(name) ?? null
    }
  }

  set(name, text) {
    this.memory.set(name, text)
    try {
      localStorage.setItem(this.prefix + name, text)
    } catch { /* full or forbidden: kept as long as the page is */ }
  }

  drop(name) {
    this.memory.delete(name)
    try {
      localStorage.removeItem(this.prefix + name)
    } catch { /* nothing was kept */ }
  }

  /** What waits to be sent, as it was written, in the order it was. */
  waiting() {
    const found = new Map([...this.memory].filter(([name]) => name.startsWith("q:")))
    try {
      for (let at = 0; at < localStorage.length; at++) {
        const name = localStorage.key(at)
        if (name.startsWith(`${this.prefix}q:`)) found.set(name.slice(this.prefix.length), localStorage.getItem(name))
      }
    } catch { /* the memory is all there is */ }
    return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, head]) => head)
  }
}
