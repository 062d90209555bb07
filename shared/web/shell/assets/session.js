// Warn before the session ends. The clock on screen moves each second, the spoken one every 30 seconds only.
// Deadlines, not tick counts: a laptop that slept must not believe it still has time. And the server's word before our
// own: somebody at work in another tab is not to be warned in this one.
export function countdown(dialog) {
  if (!dialog) return;
  const { session, warn, url, ended } = dialog.dataset;
  const clock = dialog.querySelector("[data-clock]");
  const spoken = dialog.querySelector("[data-spoken]");
  let deadline = Date.now() + Number(session) * 1000;
  let said, asked, asking = false;

  const left = () => Math.ceil((deadline - Date.now()) / 1000);
  const ask = async (method) => {
    const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
    asking = true;
    try {
      const answer = await fetch(url, { method, headers: { "X-CSRF-Token": token }, cache: "no-store" });
      deadline = Date.now() + (answer.ok && !answer.redirected ? (await answer.json()).seconds : 0) * 1000;
    } catch {
      // no network: our own count goes on
    } finally {
      asking = false;
    }
  };
  const warnOrLeave = () => {
    if (left() <= 0) return location.assign(ended);
    if (left() > Number(warn)) { asked = said = undefined; return dialog.close(); }
    if (!dialog.open) dialog.showModal();
    clock.textContent = `${Math.floor(left() / 60)}:${String(left() % 60).padStart(2, "0")}`;
    const step = Math.ceil(left() / 30) * 30;
    if (step !== said) { said = step; spoken.textContent = spoken.dataset.text.replace("{n}", step); }
  };
  const tick = async () => {
    if (asking || (left() > Number(warn) && !dialog.open)) return;
    // Once before the warning, once a half-minute while it stands, and once more before leaving.
    const due = left() <= 0 ? 0 : Math.ceil(left() / 30);
    if (asked !== due) { asked = due; await ask("GET"); }
    warnOrLeave();
  };
  const keep = async (event) => { event.preventDefault(); await ask("POST"); warnOrLeave(); };
  dialog.querySelector("[data-extend]").addEventListener("click", keep);
  dialog.addEventListener("cancel", keep); // Escape: somebody is there
  setInterval(tick, 1000);
}
