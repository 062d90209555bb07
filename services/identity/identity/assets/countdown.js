// Counts down to when another code may be asked for. Read aloud only at its end: a number a second would drown all else.
for (const part of document.querySelectorAll("[data-countdown]")) {
  const ends = Date.now() + Number(part.dataset.countdown) * 1000;
  const show = () => {
    const left = Math.ceil((ends - Date.now()) / 1000);
    if (left > 0) { part.textContent = part.dataset.text.replace("{n}", left); return; }
    clearInterval(ticking);
    part.setAttribute("role", "status");
    part.textContent = part.dataset.over;
  };
  const ticking = setInterval(show, 1000);
}
