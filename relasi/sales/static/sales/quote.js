// The customer's page of a quote: sums follow the choice, a signature can be drawn. Works without it too.
const form = document.querySelector("[data-quote]");

async function reckon() {
  const body = new FormData(form);
  body.set("act", "choose");
  const answer = await fetch(location.pathname, { method: "POST", body, headers: { "X-Part": "sums" } });
  if (!answer.ok) return;
  const part = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#sums");
  if (part) document.querySelector("#sums").replaceWith(part);
}

function choices() {
  for (const again of document.querySelectorAll(".paper-again")) again.hidden = true;
  for (const control of form.querySelectorAll(".paper-choice input")) control.addEventListener("change", reckon);
}

function pad() {
  const box = form.querySelector("[data-pad]");
  if (!box) return;
  const paper = box.querySelector("[data-pad-paper]");
  const line = paper.querySelector("path");
  const kept = box.querySelector("[name=path]");
  let isDown = false;
  const show = () => line.setAttribute("d", kept.value);
  const point = (event) => {
    const at = paper.getBoundingClientRect();
    const within = (value, most) => Math.min(Math.max(value, 0), most).toFixed(1);
    const x = within(((event.clientX - at.left) / at.width) * 400, 400);
    const y = within(((event.clientY - at.top) / at.height) * 160, 160);
    return `${x} ${y}`;
  };
  paper.addEventListener("pointerdown", (event) => {
    isDown = true;
    paper.setPointerCapture(event.pointerId);
    kept.value += `M${point(event)}`;
    event.preventDefault();
  });
  paper.addEventListener("pointermove", (event) => {
    if (!isDown || kept.value.length > 19900) return;
    kept.value += `L${point(event)}`;
    show();
  });
  paper.addEventListener("pointerup", () => { isDown = false; show(); });
  box.querySelector("[data-pad-clear]").addEventListener("click", () => { kept.value = ""; show(); });
  const follow = () => { box.hidden = form.querySelector("[name=signing]:checked")?.value !== "drawn"; };
  for (const label of form.querySelectorAll("[data-drawing]")) label.hidden = false;
  for (const radio of form.querySelectorAll("[name=signing]")) radio.addEventListener("change", follow);
  follow();
  show();
}

if (form) {
  choices();
  pad();
}
