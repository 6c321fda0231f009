// Passkeys (WebAuthn). A button with data-passkey has what the browser needs to make or to use one;
// the answer goes into the form's hidden field, in the JSON of WebAuthn Level 3, and the form is
// sent. Where this does not run the buttons stay hidden.
"use strict";
(() => {
  if (!window.PublicKeyCredential) return;

  const bytes = (text) =>
    Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const known = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function make(options) {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        user: { ...options.user, id: bytes(options.user.id) },
        excludeCredentials: known(options.excludeCredentials),
      },
    });
    const response = made.response;
    return {
      rawId: text(made.rawId),
      response: {
        clientDataJSON: text(response.clientDataJSON),
        attestationObject: text(response.attestationObject),
        transports: response.getTransports ? response.getTransports() : [],
      },
    };
  }

  async function use(options) {
    const used = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: bytes(options.challenge),
        allowCredentials: known(options.allowCredentials),
      },
    });
    const response = used.response;
    return {
      rawId: text(used.rawId),
      response: {
        clientDataJSON: text(response.clientDataJSON),
        authenticatorData: text(response.authenticatorData),
        signature: text(response.signature),
      },
    };
  }

  for (const button of document.querySelectorAll("button[data-passkey]")) {
    const form = button.form;
    const fault = form.querySelector("[data-passkey-fault]");
    const options = JSON.parse(button.dataset.passkey);
    form.querySelector("[data-passkey-missing]")?.remove();
    form.querySelector("[data-passkey-or]")?.removeAttribute("hidden");
    if (options.user) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        button.click();
      });
    }
    button.hidden = false;
    button.addEventListener("click", async () => {
      if (options.user && !form.reportValidity()) return;
      fault.hidden = true;
      button.disabled = true;
      try {
        const answer = await (options.user ? make(options) : use(options));
        form.querySelector("[data-passkey-answer]").value = JSON.stringify(answer);
      } catch {
        // The browser has told the user why, or the user went away from it.
        fault.hidden = false;
        button.disabled = false;
        return;
      }
      // What waits in the form may have a field of the name "submit".
      HTMLFormElement.prototype.submit.call(form);
    });
  }
})();
