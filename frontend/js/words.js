// The words the scripts say, translated by the server: the JSON of ui/words.html.
const node = document.getElementById("words")
const words = node ? JSON.parse(node.textContent) : {}

/** The translated word; `{name}` in it is filled from `values`. */
export function say(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all)
}
