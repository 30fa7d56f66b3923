/** Copy buttons: `<button data-copy="id of the element that holds the text">`. */
import { announce } from "./page.js";

const SHOWN_MS = 2_000;

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copy]");
  if (!button) return;
  const source = document.getElementById(button.dataset.copy);
  await navigator.clipboard.writeText((source.value ?? source.textContent).trim().replace(/[ \t]*\n[ \t]*/g, "\n"));
  const label = button.querySelector("[data-label]") ?? button;
  const before = label.textContent;
  label.textContent = button.dataset.done;
  announce(button.dataset.done);
  setTimeout(() => (label.textContent = before), SHOWN_MS);
});
