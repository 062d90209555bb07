// Comfort only: every page works without any of this.
import { copying } from "./copy.js";
import { countdown } from "./session.js";
import { once } from "./once.js";
import { passwords } from "./password.js";

// Focus goes to what went wrong, so that screen readers start there (and the address keeps its #).
document.querySelector("[data-error-summary]")?.focus();
passwords(document);
copying(document);
once(document);
countdown(document.querySelector("dialog[data-session]"));
