/** "Verify now": the whole log is streamed into this browser and checked here; what was seen is kept for the next time. */
import { sentenceOf } from "./page.js";
import { NotValid, Unreadable } from "./verify/errors.js";
import { verifyLog } from "./verify/logs.js";
import { LOG_KEY, WITNESS_KEY, parseVkey } from "./verify/notes.js";

const REGISTER = "muniment-register/";
const form = document.getElementById("check-log");
const said = form.dataset;
const keysBox = form.elements.keys;
const [told, remembered, step, bar, result, button] = ["told", "remembered", "step", "progress", "result", "check"].map((name) => form.querySelector(`[data-${name}]`));
const place = `check-log ${new URL(form.action).pathname}`;
const shownByPortal = keysBox.value.trim();

class Refused extends Error {}

/** What this browser kept of the last check: {keys, head, at}, or nothing; a browser may keep nothing at all. */
function kept() {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    return null;
  }
}

function keep(keys, head) {
  try {
    localStorage.setItem(place, JSON.stringify({ keys, head, at: new Date().toISOString() }));
  } catch {
    // It keeps nothing: the next check is a first one again.
  }
}

/** Keys out of the box, one on each line, sorted by what they are for. */
function keysGiven(text) {
  const given = { logKeys: [], registerKeys: [], witnesses: [], quorum: null, toleranceSeconds: 600 };
  for (const line of text.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const key = parseVkey(line);
    if (key.kind === WITNESS_KEY) given.witnesses.push(line);
    else if (key.kind === LOG_KEY && key.name.startsWith(REGISTER)) given.registerKeys.push(line);
    else given.logKeys.push(line);
  }
  return given;
}

/** The log as a stream. `headOf` gives the checkpoint of its first line once it has passed. */
async function takeLog() {
  const body = new URLSearchParams(new FormData(form));
  body.delete("keys");
  body.set("why", "verify");
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
  } catch {
    throw new Refused(sentenceOf(0, ""));
  }
  if (!answer.ok) throw new Refused(sentenceOf(answer.status, await answer.text()));
  const decoder = new TextDecoder();
  let first = "";
  let head = null;
  const stream = answer.body.pipeThrough(
    new TransformStream({
      transform(piece, out) {
        if (head === null) {
          first += decoder.decode(piece, { stream: true });
          const end = first.indexOf("\n");
          if (end >= 0) head = first.slice(0, end);
        }
        out.enqueue(piece);
      },
    }),
  );
  return { stream, headOf: () => JSON.parse(head).checkpoint };
}

function element(name, className, ...inside) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...inside);
  return made;
}

function list(heading, sentences) {
  if (!sentences.length) return [];
  return [element("h2", "verify-heading", heading), element("ul", "verify-list", ...sentences.map((one) => element("li", "", one)))];
}

function verdict(tone, heading, sentence) {
  return element("div", `notice notice-${tone}`, element("div", "", element("p", "verify-verdict", heading), element("p", "", sentence)));
}

function drawn(report) {
  const facts = Object.entries(report.facts).flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]);
  return [verdict("green", said.valid, report.sentence), element("dl", "verify-facts", ...facts), ...list(said.checked, report.checked), ...list(said.unchecked, report.notChecked)];
}

function drawnFailure(error) {
  if (error instanceof NotValid) return [verdict("red", said.invalid, error.message)];
  const ours = error instanceof Unreadable || error instanceof Refused;
  return [verdict("brass", said.failed, ours ? error.message : `${sentenceOf(0, "")} (${error.name})`)];
}

let shownStep = "";
function showProgress(now) {
  bar.hidden = false;
  bar.max = now.size || 1;
  bar.value = now.entries;
  const words = said[now.step] ?? "";
  if (words !== shownStep) step.textContent = words; // each step once, not each entry: it is read aloud
  shownStep = words;
}

async function check() {
  button.disabled = true;
  result.replaceChildren();
  const before = kept();
  const keys = keysBox.value.trim();
  try {
    const log = await takeLog();
    const files = before ? [{ name: `${said.kept} (${before.at.slice(0, 10)})`, text: before.head }] : [];
    const report = await verifyLog(log.stream, keysGiven(keys), showProgress, files);
    keep(keys, log.headOf());
    result.replaceChildren(...drawn(report));
  } catch (error) {
    result.replaceChildren(...drawnFailure(error));
  } finally {
    button.disabled = false;
    bar.hidden = true;
    step.textContent = shownStep = "";
    result.focus();
  }
}

const before = kept();
if (before) {
  keysBox.value = before.keys;
  told.hidden = true;
  remembered.hidden = false;
  remembered.querySelector("[data-said]").textContent = before.keys === shownByPortal ? said.saved : said.changed;
  form.querySelector("[data-others]").hidden = before.keys === shownByPortal;
}
form.querySelector("[data-take-keys]").addEventListener("click", () => {
  keysBox.value = shownByPortal;
  remembered.hidden = true;
  told.hidden = false;
});
button.addEventListener("click", check);
