/** Promises: what the portal signs at once, before an entry has its place in the log. */
import { HASH_BYTES, fromBase64, joined, utf8 } from "./bytes.js";
import { NotValid, Unreadable } from "./errors.js";
import { isSigned } from "./notes.js";
import { countOf, jsonObject, moment, only, secondsOf, shown, textFrom, textOf } from "./reading.js";

export const PROMISE = "muniment-promise/1";
const SIGNED = ["at", "format", "leaf", "origin", "within_seconds"]; // in the order of canonical JSON

/** A promise after checking its signature; `text` is its JSON or, as in the header, the base64 of it. */
export async function openPromise(text, trust) {
  const json = text.trimStart().startsWith("{") ? text : textFrom(fromBase64(text.trim(), "The promise"), "The promise");
  const found = jsonObject(json, "The promise");
  if (found.format !== PROMISE) throw new Unreadable(`This is not a promise: it does not say that its format is ${PROMISE}.`);
  only(found, [...SIGNED, "signature"], "The promise");
  const origin = textOf(found, "origin", "The promise");
  const leaf = fromBase64(found.leaf, "The leaf of the promise", HASH_BYTES);
  const at = secondsOf(found.at, "The time of the promise");
  const deadline = at + countOf(found, "within_seconds", "The promise");
  const signature = fromBase64(found.signature, "The signature of the promise", 64);
  const keys = trust.logKeys.filter((key) => key.name === origin);
  if (!keys.length) throw new NotValid(`This promise is about the log ${shown(origin)}, and you gave no key of that log.`);
  const message = joined(utf8("muniment-promise-v1\0"), utf8(JSON.stringify(Object.fromEntries(SIGNED.map((name) => [name, found[name]])))));
  for (const key of keys) if (await isSigned(key, message, signature)) return { origin, leaf, at, deadline };
  throw new NotValid("The signature of the promise is wrong: it was changed, or another key signed it.");
}

export async function checkPromise(text, trust) {
  const promise = await openPromise(text, trust);
  return {
    sentence: "The portal promised to log an act, and signed the promise.",
    facts: { Log: shown(promise.origin), Promised: moment(promise.at), "Due by": moment(promise.deadline) },
    checked: ["The log's key signed this promise."],
    notChecked: ["Whether it was kept: compare it with an export of the log made after it was due."],
  };
}
