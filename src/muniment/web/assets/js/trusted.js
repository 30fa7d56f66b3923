/**
 * The one Trusted Types policy of the pages, named `default`: every piece of HTML or script address that any library
 * hands to the browser passes here. It refuses what our pages never contain, so that markup smuggled into a part of a
 * page stops here even if the content security policy were weakened.
 *
 * It refuses rather than repairs: repaired markup could be read differently the second time.
 */

const FORBIDDEN = "script, iframe, frame, object, embed, applet, base, link, meta, style, animate[attributeName=href], set[attributeName=href]";
const ADDRESSES = ["href", "src", "action", "formaction", "xlink:href", "poster", "data"];

let inspecting = false;

/** Every element of a parsed page, those inside <template> included. */
function* elements(root) {
  for (const element of root.querySelectorAll("*")) {
    yield element;
    if (element.localName === "template") yield* elements(element.content);
  }
}

function isForbidden(element) {
  if (element.matches(FORBIDDEN)) return true;
  return [...element.attributes].some(
    (attribute) =>
      attribute.name.startsWith("on") ||
      attribute.name === "style" ||
      attribute.name === "srcdoc" ||
      (ADDRESSES.includes(attribute.name) && /^[\s\0-\x1f]*(javascript|vbscript|data):/i.test(attribute.value)),
  );
}

/** Parse `html` where nothing loads or runs, and tell whether it holds only what our pages hold. */
function isHarmless(html) {
  inspecting = true;
  try {
    const page = new DOMParser().parseFromString(html, "text/html");
    return ![...elements(page)].some(isForbidden);
  } finally {
    inspecting = false;
  }
}

// This file lies at <static>/app/js/: scripts may come from under <static>/app/ only, never from what people uploaded.
const OURS = new URL("../", document.currentScript.src).href;

function isOurs(address) {
  return new URL(address, location.href).href.startsWith(OURS);
}

// Styles depend on this mark: what needs scripts is hidden until it is here.
document.documentElement.dataset.js = "";

// A page of an outage is made without looking at the request: it takes the chosen colours here.
const chosen = document.cookie.match(/(?:^|; )theme=(light|dark)(?:;|$)/)?.[1];
if (chosen) document.documentElement.dataset.theme = chosen;

window.trustedTypes?.createPolicy("default", {
  createHTML(html) {
    if (inspecting) return html;
    // A whole page answers some requests for a part of it; its head is never used, and holds our own script and style.
    const body = html.replace(/<head[\s>][\s\S]*?<\/head>/i, "");
    return isHarmless(body) ? body : null;
  },
  createScriptURL: (address) => (isOurs(address) ? address : null),
  createScript: () => null,
});
