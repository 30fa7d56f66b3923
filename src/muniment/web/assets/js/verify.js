/** The page that checks a file: keys that the person gives, a file that never leaves the browser, sentences. */
import { LOG_KEY, WITNESS_KEY, parseVkey } from "./verify/notes.js";
import { NotValid, Unreadable, verifyFiles } from "./verify/index.js";

const REGISTER = "muniment-register/";
const STEPS = { reading: "Reading", hashing: "Hashing", heads: "Checking signatures of" };
const form = document.getElementById("verify-form");
const { keys: keysBox, quorum: quorumBox, files: filesBox } = form.elements;
const bar = document.getElementById("verify-progress");
const result = document.getElementById("verify-result");
let running = false;

function element(name, className, ...inside) {
  const made = document.createElement(name);
  made.className = className;
  made.append(...inside);
  return made;
}

/** The keys out of the box, one on each line, sorted by what they are for. */
function keysGiven() {
  const given = { logKeys: [], registerKeys: [], witnesses: [], quorum: quorumBox.value === "" ? null : Number(quorumBox.value) };
  for (const line of keysBox.value.split("\n").map((one) => one.trim()).filter(Boolean)) {
    const key = parseVkey(line);
    if (key.kind === WITNESS_KEY) given.witnesses.push(line);
    else if (key.kind === LOG_KEY && key.name.startsWith(REGISTER)) given.registerKeys.push(line);
    else given.logKeys.push(line);
  }
  return given;
}

/** Keys may come in the fragment of a link, which no server sees; where they came from is said beside them. */
function takeKeysFromLink() {
  const given = new URLSearchParams(location.hash.slice(1));
  const lines = ["key", "register-key", "witness"].flatMap((name) => given.getAll(name));
  if (!lines.length) return;
  keysBox.value = lines.join("\n");
  document.getElementById("verify-from-link").hidden = false;
}

function list(heading, sentences) {
  if (!sentences.length) return [];
  return [element("h2", "verify-heading", heading), element("ul", "verify-list", ...sentences.map((one) => element("li", "", one)))];
}

function drawn(report) {
  const facts = Object.entries(report.facts).flatMap(([name, value]) => [element("dt", "", name), element("dd", "", value)]);
  return element(
    "section",
    "verify-report",
    element("div", "notice notice-green", element("div", "", element("p", "verify-verdict", `Valid: ${report.name}`), element("p", "", report.sentence))),
    element("dl", "verify-facts", ...facts),
    ...list("Checked", report.checked),
    ...list("Not checked", report.notChecked),
  );
}

function drawnFailure(error) {
  const verdict = error instanceof NotValid ? "Not valid" : "Could not check";
  return element("div", "notice notice-red", element("div", "", element("p", "verify-verdict", verdict), element("p", "", sentenceOf(error))));
}

function sentenceOf(error) {
  const ours = error instanceof NotValid || error instanceof Unreadable;
  return ours ? error.message : `The file made this page stumble (${error.name}): please report it.`;
}

function showProgress({ step, entries, size }) {
  bar.hidden = false;
  bar.max = size || 1;
  bar.value = entries;
  bar.setAttribute("aria-label", `${STEPS[step]} ${entries} of ${size}`);
}

async function check(files) {
  if (running) return;
  running = true;
  result.replaceChildren();
  result.setAttribute("aria-busy", "true");
  try {
    const reports = await verifyFiles(files, keysGiven(), showProgress);
    result.replaceChildren(...reports.map(drawn));
  } catch (error) {
    result.replaceChildren(drawnFailure(error));
  } finally {
    running = false;
    bar.hidden = true;
    result.removeAttribute("aria-busy");
    result.focus();
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  check([...filesBox.files]);
});
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  if (event.dataTransfer.files.length) {
    filesBox.files = event.dataTransfer.files;
    check([...filesBox.files]);
  }
});
takeKeysFromLink();
