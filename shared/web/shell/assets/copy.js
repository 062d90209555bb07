// Copy a text (recovery codes, a manual key) and say that it happened.
export function copying(root) {
  for (const button of root.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(root.getElementById(button.dataset.copy).textContent);
      button.textContent = button.dataset.copied;
      button.nextElementSibling.textContent = button.dataset.copied;
      setTimeout(() => { button.textContent = label; button.nextElementSibling.textContent = ""; }, 4000);
    });
  }
}
