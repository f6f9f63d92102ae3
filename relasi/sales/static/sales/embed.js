// Puts a form into another site's page: <script src="…/embed.js" data-form="https://…/f/form/…/" async></script>
// Needs script-src and frame-src for our address there; writes no inline style, reads nothing but utm_* of the address.
(() => {
  const script = document.currentScript;
  if (!script || !script.dataset.form) return;
  const form = new URL(script.dataset.form);
  const home = new URL(script.src).origin;
  if (form.origin !== home) return;
  const asked = new URLSearchParams(location.search);
  for (const [name, text] of asked) {
    if (/^utm_(source|medium|campaign|term|content)$/.test(name)) form.searchParams.set(name, text);
  }
  form.searchParams.set("embed", "1");
  form.searchParams.set("page", location.origin + location.pathname);
  const frame = document.createElement("iframe");
  frame.src = form.href;
  frame.title = script.dataset.title || "Form";
  frame.width = "100%";
  frame.height = "560";
  frame.setAttribute("frameborder", "0");
  addEventListener("message", (event) => {
    const height = Number(event.data && event.data.relasiFormHeight);
    if (event.origin === home && event.source === frame.contentWindow && height > 0 && height < 20000) {
      frame.height = String(Math.ceil(height));
    }
  });
  script.after(frame);
})();
