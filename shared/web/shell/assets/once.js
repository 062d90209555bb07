// A second click on a button sends nothing. The server is idempotent anyway; this spares people the doubt.
// The guard opens again after a while and when the page comes back from the browser's cache.
const OPEN_AGAIN = 8000;

export function once(root) {
  const forms = [...root.querySelectorAll("form[data-once]")];
  const open = (form) => delete form.dataset.sent;
  for (const form of forms) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) return event.preventDefault();
      form.dataset.sent = "yes";
      setTimeout(open, OPEN_AGAIN, form);
    });
  }
  addEventListener("pageshow", () => forms.forEach(open));
}
