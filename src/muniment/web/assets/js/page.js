/** What several modules share: reading the page's own settings and speaking to its one live region. */

/** The token that proves a request came from our page. */
export function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

/** Say a sentence to screen readers; `politely` waits until they are done speaking. */
export function announce(sentence) {
  const region = document.getElementById("announcer");
  if (region) region.textContent = sentence;
}

/** A copy of the first element of `<template id=name>`. */
export function fromTemplate(name) {
  return document.getElementById(name).content.firstElementChild.cloneNode(true);
}

/** The sentence of a refusal: the server's own from its problem details, or one for its status. */
export function sentenceOf(status, body) {
  try {
    const problem = JSON.parse(body);
    const said = problem.detail || problem.title;
    if (said) return problem.reference ? `${said} (${problem.reference})` : said;
  } catch {
    // Not problem details: a proxy answered, or nobody did.
  }
  const texts = document.getElementById("texts")?.dataset ?? {};
  return texts[`status${status}`] || (status ? `${texts.statusOther} (${status})` : texts.statusNone) || String(status);
}

/** Run `enhance(root)` now, and again for each part of the page that is put in later. */
export function onContent(enhance) {
  enhance(document);
  document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
  document.addEventListener("dialog:filled", (event) => enhance(event.target));
}
