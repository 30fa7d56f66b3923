/** The leaves: what an entry of a client's log and a head in the register commit to. */
import { HASH_BYTES, eightBytes, fromBase64, utf8 } from "./bytes.js";
import { Unreadable } from "./errors.js";
import { leafHash } from "./merkle.js";
import { jsonObject, moment, only, says, secondsOf, shown, textOf } from "./reading.js";
import { sha256 } from "./sha256.js";

const PART = utf8("muniment-part-v1\0");
const ENTRY = utf8("muniment-entry-v1\0");
const HEAD = utf8("muniment-head-v1\0");
const PSEUDONYM = utf8("muniment-pseudonym-v1\0");

const HEADINGS = { event: "What", at: "When", object_kind: "Kind of object", object_id: "Object", purpose: "Purpose", person: "Who", ip: "Address", country: "Country", device: "Device" };

export const entryLeaf = (core, privatePart) => leafHash(ENTRY, core, privatePart);

export const headLeaf = (origin, size, root) => leafHash(HEAD, sha256(PSEUDONYM, utf8(origin)), eightBytes(size), root);

/** One part of an entry: its text, or null where that was withheld or dropped, and what it commits to. */
export function readPart(value, what) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unreadable(`${what} is not there.`);
  if (says(value, "commitment")) {
    only(value, ["commitment"], what);
    return { text: null, commitment: fromBase64(value.commitment, `The commitment of ${what}`, HASH_BYTES) };
  }
  only(value, ["salt", "text"], what);
  const salt = fromBase64(value.salt, `The salt of ${what}`, HASH_BYTES);
  const text = textOf(value, "text", what);
  return { text, commitment: sha256(PART, salt, utf8(text)) };
}

/** The time that an entry bears, in seconds since 1970; null when its core was withheld or dropped. */
export function writtenAt(core) {
  if (core.text === null) return null;
  const said = jsonObject(core.text, "The text of an entry");
  return secondsOf(said.at, "The time of an entry");
}

/** Put what an entry says under headings for people. */
export function sayEntry(facts, core, privatePart) {
  const said = { ...(core.text === null ? {} : jsonObject(core.text, "The text of the entry")), ...(privatePart.text === null ? {} : jsonObject(privatePart.text, "The private part of the entry")) };
  for (const [name, heading] of Object.entries(HEADINGS)) if (said[name]) facts[heading] = shown(said[name]);
  if (core.text !== null) facts.When = `${moment(writtenAt(core))}, as the portal wrote it`;
  if (said.allowed === false) facts.Outcome = "refused";
  if (said.facts && Object.keys(said.facts).length) facts.Details = shown(said.facts);
}
