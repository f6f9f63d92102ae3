// Runs before the first paint: this browser's theme and whether the menu is folded. Everything else is in app.js.
;(() => {
  const root = document.documentElement
  const kept = (name) => {
    try { return localStorage.getItem(name) } catch { return null }
  }
  const theme = kept("theme")
  if (theme === "light" || theme === "dark") root.dataset.theme = theme
  else if (theme === "system") delete root.dataset.theme
  const side = kept("side")
  if (side) root.dataset.side = side
})()
