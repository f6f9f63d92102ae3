// Notifications on this device: the browser makes the keys, the form brings them home.
const form = document.querySelector("[data-push-form]")

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false
  form.addEventListener("submit", subscribe)
}

async function subscribe(event) {
  event.preventDefault()
  try {
    const worker = await navigator.serviceWorker.ready
    const made = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(form.dataset.key) })
    const { endpoint, keys } = made.toJSON()
    const given = { endpoint, p256dh: keys.p256dh, auth: keys.auth, name: device() }
    for (const [name, value] of Object.entries(given)) form.elements[name].value = value
    form.submit()
  } catch {
    form.querySelector("[data-push-said]").textContent = form.dataset.refused
  }
}

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"))
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0))
}

function device() {
  const { userAgentData, platform } = navigator
  return [userAgentData?.brands?.at(-1)?.brand, userAgentData?.platform ?? platform].filter(Boolean).join(" · ")
}
