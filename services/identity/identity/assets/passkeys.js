// Passkeys: ask the server for options, let the browser ask its person, send the answer, go where the server says.
// Native JSON helpers only; a browser without them keeps the other ways, which are on the page already.
// What is said stands in the page's data attributes, in the reader's language.

const supported = "PublicKeyCredential" in window && "parseRequestOptionsFromJSON" in PublicKeyCredential;
const FRESH = 9 * 60 * 1000; // a challenge lives ten minutes; one that waits under the user ID field is renewed in time

class Refusal extends Error {
  constructor(sentence, reason) { super(sentence); this.reason = reason; }
}

class Ceremony {
  constructor(part) {
    this.part = part;
    this.words = part.dataset;
    this.button = part.querySelector("button");
    this.said = part.querySelector("[data-said]");
    this.waiting = null; // what ends the silent request, of which a browser allows one at a time
  }

  start() {
    this.part.hidden = false;
    for (const other of document.querySelectorAll("[data-no-passkey]")) other.hidden = true;
    this.button.addEventListener("click", () => this.ask());
    if ("autofill" in this.words) this.listen();
  }

  // The person pressed the button.
  async ask() {
    if (this.button.getAttribute("aria-disabled") === "true") return;
    this.button.setAttribute("aria-disabled", "true");
    this.waiting?.abort();
    this.say(this.words.asking);
    try {
      await this.run({});
    } catch (fault) {
      this.fail(fault);
    }
    this.button.removeAttribute("aria-disabled");
    if ("autofill" in this.words && !this.done) this.listen();
  }

  // The browser offers passkeys under the user ID field; nothing is shown and nothing is said until one is chosen.
  async listen() {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const mine = this.waiting = new AbortController();
    const renew = setTimeout(() => mine.abort("renew"), FRESH);
    try {
      await this.run({ mediation: "conditional", signal: mine.signal });
    } catch (fault) {
      if (mine.signal.aborted) { if (mine.signal.reason === "renew") this.listen(); }
      else if (fault instanceof Refusal && this.chosen) { this.fail(fault); this.listen(); }
    } finally {
      clearTimeout(renew);
    }
  }

  async run(how) {
    this.chosen = false;
    const json = await this.send(this.words.options, {});
    const made = this.words.passkey === "create";
    const publicKey = PublicKeyCredential[made ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON"](json);
    const credential = await navigator.credentials[made ? "create" : "get"]({ publicKey, ...how });
    this.chosen = true;
    this.say(this.words.checking);
    try {
      const { next } = await this.send(this.words.finish, credential.toJSON());
      this.done = true;
      this.say(this.words.finished);
      location.assign(next);
    } catch (fault) {
      // A passkey that was removed here is of no use there: tell its keeper, where keepers listen.
      if (fault.reason === "unknown_credential") {
        const gone = { rpId: json.rpId, credentialId: credential.id };
        await PublicKeyCredential.signalUnknownCredential?.(gone).catch(() => {});
      }
      throw fault;
    }
  }

  async send(address, body) {
    const token = document.querySelector("input[name=csrf_token]")?.value ?? "";
    let answer;
    try {
      answer = await fetch(address + location.search, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": token },
        body: JSON.stringify(body),
      });
    } catch {
      throw new Refusal(this.words.offline);
    }
    // A redirect means that signing in comes first; the page itself leads there.
    if (answer.redirected) { this.done = true; location.reload(); return new Promise(() => {}); }
    const told = await answer.json().catch(() => ({}));
    if (!answer.ok) throw new Refusal(told.detail ?? this.words.failed, told.reason);
    return told;
  }

  fail(fault) {
    const sentences = {
      NotAllowedError: this.words.cancelled,
      AbortError: this.words.cancelled,
      InvalidStateError: this.words.doubled,
      SecurityError: this.words.address,
    };
    this.say(fault instanceof Refusal ? fault.message : sentences[fault.name] ?? this.words.failed, true);
  }

  say(sentence, bad = false) {
    this.said.textContent = sentence;
    this.said.classList.toggle("usa-error-message", bad);
  }
}

if (supported) for (const part of document.querySelectorAll("[data-passkey]")) new Ceremony(part).start();
