// One request to the company's Relasi. The body is plain text, so that browsers ask no permission before it: the visitor's
// secret, a line of JSON, and behind it the bytes of a file.
const PATIENCE = { send: 60_000 }

/** Worth another try: nobody answered, or the answer was no decision. */
export class NotNow extends Error {}

export class Wire {
  constructor(home, key) {
    this.address = (what) => `${home}chat/${key}/${what}/`
  }

  /** `{ status, data }` of the answer; `head` an object, or the JSON of one. Throws NotNow. */
  async ask(what, token, head, file) {
    const line = typeof head === "string" ? head : JSON.stringify(head)
    const body = new Blob([token, "\n", line, ...(file ? ["\n", file] : [])], { type: "text/plain" })
    const signal = AbortSignal.timeout(PATIENCE[what] ?? 15_000)
    try {
      const answer = await fetch(this.address(what), { method: "POST", body, signal, credentials: "omit", cache: "no-store" })
      if (answer.status >= 500) throw new NotNow(String(answer.status))
      return { status: answer.status, data: answer.status === 204 ? null : await answer.json() }
    } catch (error) {
      throw error instanceof NotNow ? error : new NotNow(String(error))
    }
  }
}
