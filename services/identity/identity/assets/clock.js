// Says so when this computer's clock is more than a minute off: its codes would not fit, and nobody would know why.
// The page carries our time; what the way here took is at most some seconds. A page out of the browser's own store is
// old by itself and says nothing.
const TOLERATED = 60;
const [how] = performance.getEntriesByType("navigation");
const alert = document.querySelector("[data-clock-check]");
if (alert && how?.type !== "back_forward") {
  const arrived = (performance.timeOrigin + (how?.responseStart ?? 0)) / 1000;
  alert.hidden = Math.abs(arrived - Number(alert.dataset.clockCheck)) <= TOLERATED;
}
