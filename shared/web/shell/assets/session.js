// Warn before the session ends. The clock on screen moves each second, the spoken one every 30 seconds only.
// Deadlines, not tick counts: a laptop that slept must not believe it still has time.
export function countdown(dialog) {
  if (!dialog) return;
  const { session, warn, ended } = dialog.dataset;
  const clock = dialog.querySelector("[data-clock]");
  const spoken = dialog.querySelector("[data-spoken]");
  const extend = dialog.querySelector("[data-extend]");
  let deadline;
  let said;
  const start = () => { deadline = Date.now() + Number(session) * 1000; said = undefined; };
  start();
  extend.addEventListener("click", async () => {
    const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
    const answer = await fetch(extend.dataset.extend, { method: "POST", headers: { "X-CSRF-Token": token } });
    if (answer.redirected || !answer.ok) return location.assign(ended);
    start();
    dialog.close();
  });
  setInterval(() => {
    const left = Math.ceil((deadline - Date.now()) / 1000);
    if (left <= 0) return location.assign(ended);
    if (left > Number(warn)) return;
    if (!dialog.open) dialog.showModal();
    clock.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const step = Math.ceil(left / 30) * 30;
    if (step !== said) { said = step; spoken.textContent = spoken.dataset.text.replace("{n}", step); }
  }, 1000);
}
