/**
 * Does the sum that a form asks for after several failures (altcha, PBKDF2 with SHA-256): guesses a number until the key
 * that comes of it begins as it should. The browser's own cryptography does it, beside everything else the page does.
 */
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function solve(challenge) {
  const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
  const begun = performance.now();
  const guess = new Uint8Array(nonce.length / 2 + 4);
  guess.set(bytes(nonce));
  for (let counter = 0; counter < 100000; counter += 1) {
    new DataView(guess.buffer).setUint32(guess.length - 4, counter);
    const key = await crypto.subtle.importKey("raw", guess, "PBKDF2", false, ["deriveBits"]);
    const derived = hex(await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost }, key, keyLength * 8));
    if (derived.startsWith(keyPrefix)) return { challenge, solution: { counter, derivedKey: derived, time: performance.now() - begun } };
  }
  throw new Error("no solution");
}

function attend(box) {
  const [asked, solved, said] = [box.querySelector("[name=asked]"), box.querySelector("[name=altcha]"), box.querySelector("[data-said]")];
  const form = solved.form;
  let sending = null;
  const hold = (event) => {
    if (solved.value) return;
    event.preventDefault();
    sending = event.submitter;
    said.textContent = box.dataset.working;
  };
  form.addEventListener("submit", hold);
  said.textContent = box.dataset.working;
  solve(JSON.parse(atob(asked.value))).then(
    (solution) => {
      solved.value = btoa(JSON.stringify(solution));
      said.textContent = box.dataset.done;
      if (sending) form.requestSubmit(sending);
    },
    () => {
      form.removeEventListener("submit", hold);
      said.textContent = box.dataset.failed;
    },
  );
}

for (const box of document.querySelectorAll("[data-proof]")) attend(box);
