/**
 * Keep an open conversation up to date: every few seconds ask what is new, and put it in its place.
 *
 * What somebody types is never touched: only lines of the list are added or replaced. While the page is not looked at
 * it does not ask, so nothing counts as read that nobody saw.
 */
import { announce, csrfToken } from "./page.js";

const EVERY_MS = 4_000;
const SLOWEST_MS = 60_000;

let pause = EVERY_MS;

async function ask(marker) {
  const answer = await fetch(marker.dataset.live, {
    headers: { "HX-Request": "true", "X-CSRFToken": csrfToken(), "Muniment-Unattended": "1" },
    credentials: "same-origin",
    redirect: "manual",
  });
  if (answer.status === 401) return location.reload();
  if (answer.status !== 200) return answer.status === 204;
  put(marker, new DOMParser().parseFromString(`<ol>${await answer.text()}</ol>`, "text/html").querySelectorAll("ol > li"));
  return true;
}

function put(marker, lines) {
  const wasAtEnd = marker.getBoundingClientRect().top < innerHeight;
  let added = 0;
  for (const line of lines) {
    const fresh = document.adoptNode(line);
    const known = document.getElementById(fresh.id);
    if (fresh.dataset.live) marker.dataset.live = fresh.dataset.live;
    else if (known) known.replaceWith(fresh);
    else {
      marker.before(fresh);
      added += 1;
    }
    window.htmx?.process(fresh);
  }
  if (added && wasAtEnd && !document.activeElement?.matches("textarea, input, select")) marker.scrollIntoView({ block: "nearest" });
}

async function again() {
  const marker = document.querySelector("[data-live]");
  if (marker && !document.hidden) {
    const isFine = await ask(marker).catch(() => false);
    pause = isFine ? EVERY_MS : Math.min(pause * 2, SLOWEST_MS);
  }
  setTimeout(again, pause);
}

document.addEventListener("visibilitychange", () => {
  const marker = document.querySelector("[data-live]");
  if (marker && !document.hidden) ask(marker).catch(() => announce(""));
});

setTimeout(again, EVERY_MS);
