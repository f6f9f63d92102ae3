// The visitor's own time zone: found once, unless one was chosen.
const form = document.querySelector("[data-booking-zone]")
const select = form?.querySelector("select")

if (select) {
  select.addEventListener("change", () => form.submit())
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const isKnown = [...select.options].some((option) => option.value === own)
  if (!("chosen" in form.dataset) && isKnown && own !== select.value) {
    const here = new URL(location.href)
    here.searchParams.set("zone", own)
    location.replace(here)
  }
}
