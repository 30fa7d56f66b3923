/**
 * Passkeys and security keys: `<form data-passkey="make">` and `<form data-passkey="prove">`.
 *
 * The form is sent twice to its own address: first by this script, with `begin`, for what the browser needs; then by
 * itself, with what the authenticator answered. What went wrong stands below the button, and nothing is sent.
 */
import { csrfToken, sentenceOf } from "./page.js";

const PLAIN = /[+/=]/g;
const TO_PLAIN = { "+": "-", "/": "_", "=": "" };

/** Bytes out of text as WebAuthn writes them (base64url). */
function bytes(text) {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

function text(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(PLAIN, (letter) => TO_PLAIN[letter]);
}

function named(credentials) {
  return credentials?.map((one) => ({ ...one, id: bytes(one.id) }));
}

async function make(options) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: bytes(options.challenge),
      user: { ...options.user, id: bytes(options.user.id) },
      excludeCredentials: named(options.excludeCredentials),
    },
  });
  const { clientDataJSON, attestationObject } = made.response;
  const transports = made.response.getTransports?.() ?? [];
  return answer(made, { clientDataJSON: text(clientDataJSON), attestationObject: text(attestationObject), transports });
}

async function prove(options) {
  const proof = await navigator.credentials.get({
    publicKey: { ...options, challenge: bytes(options.challenge), allowCredentials: named(options.allowCredentials) },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = proof.response;
  return answer(proof, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  });
}

function answer(credential, response) {
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
}

class Refused extends Error {}

async function optionsOf(form) {
  const body = new URLSearchParams(new FormData(form));
  body.set("begin", "1");
  let said;
  try {
    said = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json", "X-CSRFToken": csrfToken() } });
  } catch {
    throw new Refused(sentenceOf(0, ""));
  }
  if (!said.ok) throw new Refused(sentenceOf(said.status, await said.text()));
  // Signed out meanwhile, or asked to confirm: the form itself then leads there.
  if (said.redirected || !said.headers.get("Content-Type")?.startsWith("application/json")) return null;
  return (await said.json()).publicKey;
}

/** What a person is told of an error: what the browser throws is for programmers. */
function told(form, error) {
  if (error instanceof Refused) return error.message;
  return error.name === "InvalidStateError" ? form.dataset.there : form.dataset.stopped;
}

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  const [said, button] = [form.querySelector("[data-said]"), form.querySelector("button")];
  if (!window.PublicKeyCredential) {
    said.textContent = form.dataset.none;
    return;
  }
  said.textContent = "";
  button.disabled = true;
  try {
    const options = await optionsOf(form);
    if (options) form.elements.credential.value = await (form.dataset.passkey === "make" ? make : prove)(options);
    form.submit();
  } catch (error) {
    said.textContent = told(form, error);
    button.disabled = false;
  }
});
