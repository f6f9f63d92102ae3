// What the chat says by itself, in both languages; heading, greeting, consent and hours are the company's own.
const WORDS = {
  en: {
    open: "Open the chat", close: "Close the chat", unread: "Open the chat, {n} unread", you: "You", we: "We",
    online: "We are here", away: "Nobody is here right now", write: "Your message", send: "Send", attach: "Attach a file",
    name: "Name", email: "E-mail", phone: "Phone", optional: "optional", leave: "Leave a message. We answer you there:",
    left: "Thank you. We answer you as soon as somebody is here.", typing: "{name} is writing", sending: "Sending…", sent: "Sent",
    seen: "Seen", waiting: "Waiting for the connection", lost: "No connection. What you write is kept and sent as soon as it is back.",
    large: "This file is larger than {most} MB.", soundOn: "Turn sound on", soundOff: "Turn sound off", mail: "Send me this chat by e-mail",
    mailed: "The chat is on its way to {email}.", needed: "Please fill this in.", file: "File", askEmail: "Where should we send it?",
    slow: "That was a lot in a short time. It is sent in a moment.", gone: "The chat is not available on this page.", somebody: "Somebody",
  },
  id: {
    open: "Buka obrolan", close: "Tutup obrolan", unread: "Buka obrolan, {n} belum dibaca", you: "Anda", we: "Kami",
    online: "Kami siap membantu", away: "Saat ini belum ada yang bertugas", write: "Pesan Anda", send: "Kirim", attach: "Lampirkan berkas",
    name: "Nama", email: "Email", phone: "Telepon", optional: "boleh kosong", leave: "Tinggalkan pesan. Kami menjawab Anda di sana:",
    left: "Terima kasih. Kami menjawab begitu ada yang bertugas.", typing: "{name} sedang menulis", sending: "Mengirim…", sent: "Terkirim",
    seen: "Dilihat", waiting: "Menunggu sambungan", lost: "Tidak ada sambungan. Yang Anda tulis disimpan dan dikirim begitu tersambung lagi.",
    large: "Berkas ini lebih besar dari {most} MB.", soundOn: "Nyalakan suara", soundOff: "Matikan suara", mail: "Kirim obrolan ini ke email saya",
    mailed: "Obrolan ini sedang dikirim ke {email}.", needed: "Mohon diisi.", file: "Berkas", askEmail: "Ke mana kami kirim?",
    slow: "Terlalu banyak dalam waktu singkat. Sebentar lagi dikirim.", gone: "Obrolan tidak tersedia di halaman ini.", somebody: "Seseorang",
  },
}

/** The sayings of a language: `say("typing", { name })`. */
export function wordsIn(language) {
  const words = language === "en" ? WORDS.en : WORDS.id
  return (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_all, name) => values[name])
}

/** `en` or `id`: what the page says of the chat, else what the visitor reads. */
export function languageOf(script) {
  const wished = script.dataset.lang || document.documentElement.lang || navigator.language || "id"
  return wished.toLowerCase().startsWith("en") ? "en" : "id"
}
