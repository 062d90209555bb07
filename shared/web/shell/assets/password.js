// Show or hide what was typed, and say so to screen readers. Hidden again before it is sent, so that
// password managers and browser history treat it as a password.
export function passwords(root) {
  for (const button of root.querySelectorAll("[data-show-password]")) {
    const input = root.getElementById(button.dataset.showPassword);
    const said = button.nextElementSibling;
    const set = (shown) => {
      input.type = shown ? "text" : "password";
      button.textContent = shown ? button.dataset.hide : button.dataset.show;
      said.textContent = shown ? button.dataset.shown : button.dataset.hidden;
    };
    button.hidden = false;
    button.addEventListener("click", () => set(input.type === "password"));
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  }
}
