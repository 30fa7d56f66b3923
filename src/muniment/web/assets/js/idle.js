/**
 * Warn before the session ends, and offer to stay.
 *
 * The server alone knows when somebody last did something, in this tab or another: it is asked when the warning is due,
 * in a way that does not count as doing something. When the session is over, the page is loaded again, so that nothing
 * of it stays on the screen.
 */
import { csrfToken, fromTemplate } from "./page.js";

const WARN_SECONDS = 120;
const SECOND = 1000;
const told = document.getElementById("idle")?.dataset;
const dialog = told && fromTemplate("idle");
let endsAt = 0;
let isLast = false;
let isAsking = false;

function learn({ seconds, last }) {
  endsAt = Date.now() + seconds * SECOND;
  isLast = last;
}

function left() {
  return Math.ceil((endsAt - Date.now()) / SECOND);
}

function warnsAt() {
  return Math.min(WARN_SECONDS, Math.max(20, Number(told.seconds) / 3));
}

/**
 * Ask how long the session lasts; `post` says that somebody is there. Resolves to false when it is over, and throws
 * when the portal cannot say: a page with unsent text must not be left for that.
 */
async function ask(post) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (!post) headers["Muniment-Unattended"] = "1";
  const answer = await fetch(told.address, { method: post ? "POST" : "GET", headers, redirect: "manual" });
  if (answer.status >= 429) throw new Error(String(answer.status));
  if (!answer.ok) return false;
  learn(await answer.json());
  return true;
}

function show() {
  dialog.querySelector("#idle-about").textContent = isLast ? told.aboutLast : told.aboutStay;
  dialog.querySelector("[data-stay]").hidden = isLast;
  if (!dialog.isConnected) document.body.append(dialog);
  if (!dialog.open) dialog.showModal();
}

function count() {
  const seconds = Math.max(0, left());
  const minutes = Math.ceil(seconds / 60);
  const words = seconds > 60 ? `${minutes} ${told.minutes}` : `${seconds} ${told.secondsLeft}`;
  dialog.querySelector("[data-left]").textContent = words;
}

async function look() {
  if (left() > warnsAt() || isAsking) return;
  count();
  if (dialog.open && left() > 0) return;
  isAsking = true;
  try {
    if (!(await ask(false))) location.reload();
    else if (left() <= warnsAt()) show();
    else if (dialog.open) dialog.close();
  } catch {
    endsAt = Math.max(endsAt, Date.now() + 30 * SECOND); // the portal cannot be reached: ask again soon
  } finally {
    isAsking = false;
  }
}

if (dialog) {
  learn({ seconds: Number(told.seconds), last: told.last === "1" });
  setInterval(look, SECOND);
  document.addEventListener("visibilitychange", look);
  dialog.addEventListener("submit", async (event) => {
    if (!event.target.matches("[data-stay]")) return;
    event.preventDefault();
    try {
      if (await ask(true)) dialog.close();
      else location.reload();
    } catch {
      endsAt = Math.max(endsAt, Date.now() + 30 * SECOND); // the dialog stays: somebody can press again
    }
  });
}
