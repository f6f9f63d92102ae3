// A form that a passkey fills: [data-passkey=get] shows one, [data-passkey=create] makes one. The options stand in the form as
// JSON ([data-options]) or are fetched from data-ask; the browser's answer goes into the hidden field `credential`.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0))
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")

const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }))

function toMake({ publicKey }, passwordless) {
  const selection = { ...publicKey.authenticatorSelection, residentKey: passwordless ? "required" : "discouraged", requireResidentKey: passwordless }
  if (passwordless) selection.userVerification = "required"
  return {
    publicKey: {
      ...publicKey, authenticatorSelection: selection, challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) }, excludeCredentials: named(publicKey.excludeCredentials),
    },
  }
}

const toAsk = ({ publicKey }) => ({
  publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: named(publicKey.allowCredentials) },
})

function told(credential) {
  const { response } = credential
  const said = { clientDataJSON: text(response.clientDataJSON) }
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) if (response[part]) said[part] = text(response[part])
  if (response.getTransports) said.transports = response.getTransports()
  return {
    id: credential.id, rawId: text(credential.rawId), type: credential.type, response: said,
    authenticatorAttachment: credential.authenticatorAttachment ?? null, clientExtensionResults: credential.getClientExtensionResults(),
  }
}

async function optionsOf(form) {
  const here = form.querySelector("[data-options]")
  if (here) return JSON.parse(here.textContent)
  const answer = await fetch(form.dataset.ask, { headers: { Accept: "application/json" }, credentials: "same-origin" })
  if (!answer.ok) throw new Error(String(answer.status))
  return (await answer.json()).request_options
}

async function credentialFor(form) {
  const options = await optionsOf(form)
  if (form.dataset.passkey === "get") return navigator.credentials.get(toAsk(options))
  return navigator.credentials.create(toMake(options, form.querySelector("[data-passwordless]")?.checked ?? true))
}

/** Take over the form's sending until the browser has answered. */
export function start(form) {
  const error = form.querySelector("[data-passkey-error]")
  const say = (words) => {
    error.textContent = words
    error.hidden = !words
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    say("")
    if (!window.PublicKeyCredential) return say(form.dataset.missing)
    try {
      form.elements.credential.value = JSON.stringify(told(await credentialFor(form)))
      form.submit()
    } catch {
      say(form.dataset.cancelled)
    }
  })
}
