/** Loaded by every page. Each module listens on the document, so parts that are put in later need no wiring. */
import "./theme.js";
import "./dialog.js";
import "./menu.js";
import "./copy.js";
import "./select.js";
import "./take.js";
import "./idle.js";
import "./strength.js";
import "./proof.js";
import { announce, csrfToken, sentenceOf } from "./page.js";

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRFToken"] = csrfToken();
  // What a page asks for by itself, again and again, is nobody's act: it does not keep the session alive.
  if (/\bevery\b/.test(event.detail.elt.getAttribute("hx-trigger") ?? "")) event.detail.headers["Muniment-Unattended"] = "1";
});

// A part that could not be fetched leaves the old one in place; say so instead of staying silent.
document.addEventListener("htmx:responseError", (event) => {
  const { status, responseText } = event.detail.xhr;
  announce(sentenceOf(status, responseText));
  if (status === 401) location.reload();
});
document.addEventListener("htmx:sendError", () => announce(sentenceOf(0, "")));
