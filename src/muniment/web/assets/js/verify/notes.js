/** Signed notes, the keys that sign them, and checkpoints (C2SP signed-note, tlog-checkpoint, tlog-cosignature). */
import { HASH_BYTES, fromBase64, hex, same, toNumber, utf8 } from "./bytes.js";
import { NotValid, Unreadable } from "./errors.js";
import { emptyRoot } from "./merkle.js";
import { shown } from "./reading.js";
import { sha256 } from "./sha256.js";

export const LOG_KEY = 1;
export const WITNESS_KEY = 4;
const LARGEST_NOTE = 65_536;
const MOST_SIGNATURES = 100;
const LATEST_TIME = 253_402_300_799n;
const DASH = "\u2014 ";
const NEWLINE = new Uint8Array([10]);
const NAME = /^[^\p{C}\p{Z}\s+]+$/u;
const Y = (1n << 255n) - 1n;
const PRIME = (1n << 255n) - 19n;

// Points of small order: anybody can make signatures that they accept.
const WEAK = [0n, 1n, PRIME - 1n, 0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n, 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n];

function keyId(name, kind, publicKey) {
  return sha256(utf8(name), NEWLINE, new Uint8Array([kind]), publicKey).slice(0, 4);
}

function isStrong(publicKey) {
  const y = BigInt(`0x${hex(publicKey.slice().reverse())}`) & Y;
  return y < PRIME && !WEAK.includes(y);
}

/** A key under the name it signs with: name, kind, id, publicKey. */
function keyOf(name, kind, publicKey) {
  return { name, kind, publicKey, id: keyId(name, kind, publicKey) };
}

/** The same key under another name: one log key signs for every log of an installation. */
export const named = (key, name) => keyOf(name, key.kind, key.publicKey);

/** The key that a text `name+id+key` stands for. */
export function parseVkey(text) {
  const match = /^([^+]+)\+([^+]+)\+(.+)$/s.exec(text.trim());
  if (!match || !NAME.test(match[1])) throw new Unreadable("A key is written name+id+key; what was given is not.");
  const [, name, identifier, encoded] = match;
  const raw = fromBase64(encoded, `The key of ${name}`, 33);
  const key = keyOf(name, raw[0], raw.slice(1));
  if (key.kind !== LOG_KEY && key.kind !== WITNESS_KEY) throw new Unreadable(`The key of ${name} is of a type that is not known here (${key.kind}).`);
  if (hex(key.id) !== identifier) throw new Unreadable(`The key of ${name} has a slip of the pen in it: its id does not fit.`);
  if (!isStrong(key.publicKey)) throw new Unreadable(`The key of ${name} is not an Ed25519 key.`);
  return key;
}

/** Whether a signature is right. */
export async function isSigned(key, message, signature) {
  if (signature.length !== 64) return false;
  try {
    const imported = await crypto.subtle.importKey("raw", key.publicKey, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", imported, signature, message);
  } catch (error) {
    if (error.name === "NotSupportedError") throw new Unreadable("This browser cannot check Ed25519 signatures: take a newer one, or the command.");
    return false;
  }
}

/** A signed note, taken apart and not yet verified. */
export function parseNote(note) {
  if (note.length > LARGEST_NOTE || utf8(note).length > LARGEST_NOTE) throw new Unreadable("The signed note is too large.");
  if (/[\0-\x09\x0b-\x1f]|\p{Surrogate}/u.test(note)) throw new Unreadable("The signed note has control characters in it.");
  const gap = note.lastIndexOf("\n\n");
  if (gap <= 0 || !note.endsWith("\n") || gap + 2 === note.length) throw new Unreadable("This is not a signed note: a text, an empty line and signatures.");
  const lines = note.slice(gap + 2, -1).split("\n");
  if (lines.length > MOST_SIGNATURES) throw new Unreadable("The signed note has too many signatures.");
  return { text: note.slice(0, gap + 1), signatures: lines.map(signatureLine) };
}

function signatureLine(line) {
  const [name, ...rest] = line.slice(DASH.length).split(" ");
  if (!line.startsWith(DASH) || rest.length === 0 || !NAME.test(name)) throw new Unreadable("A signature line of the note is not in the format.");
  const raw = fromBase64(rest.join(" "), `The signature of ${name}`);
  if (raw.length <= 4) throw new Unreadable(`The signature of ${name} is too short.`);
  return { name, id: raw.slice(0, 4), signature: raw.slice(4) };
}

/** What the text of a note says as a checkpoint; lines after the third are left alone. */
export function parseCheckpoint(text) {
  const lines = text.slice(0, -1).split("\n");
  if (!text.endsWith("\n") || lines.length < 3 || !lines.every(Boolean)) throw new Unreadable("The note is not a checkpoint: an origin, a size and a root.");
  return { origin: lines[0], size: toNumber(lines[1], "The size in the checkpoint"), root: fromBase64(lines[2], "The root", HASH_BYTES) };
}

/** The given keys that signed a note, each once however many lines it has there; lines of other keys are passed over. */
async function signersOf(note, keys) {
  const found = new Map();
  for (const line of note.signatures) {
    const key = keys.find((one) => one.name === line.name && same(one.id, line.id));
    if (!key) continue;
    const signer = await signerOf(note.text, key, line.signature);
    if (!found.has(key)) found.set(key, signer);
  }
  if (!found.size) throw new NotValid("None of the keys that you gave has signed this.");
  return [...found.values()];
}

async function signerOf(text, key, signature) {
  let right;
  let at = null;
  if (key.kind === LOG_KEY) {
    right = await isSigned(key, utf8(text), signature);
  } else {
    const time = signature.length >= 8 ? new DataView(signature.buffer, signature.byteOffset).getBigUint64(0) : LATEST_TIME + 1n;
    right = time <= LATEST_TIME && (await isSigned(key, utf8(`cosignature/v1\ntime ${time}\n${text}`), signature.slice(8)));
    at = Number(time);
  }
  if (!right) throw new NotValid(`The signature of ${key.name} is wrong: the text was changed, or another key signed it.`);
  return { key, at };
}

/** A checkpoint after checking who signed it: origin, size, root, text and cosigners. */
export async function openCheckpoint(note, logKeys, witnesses = []) {
  const apart = parseNote(note);
  const checkpoint = parseCheckpoint(apart.text);
  const keys = logKeys.filter((key) => key.name === checkpoint.origin);
  if (!keys.length) throw new NotValid(`This comes from the log ${shown(checkpoint.origin)}, and you gave no key of that log.`);
  const signers = await signersOf(apart, [...keys, ...witnesses]);
  if (!signers.some((signer) => signer.key.kind === LOG_KEY)) throw new NotValid(`Witnesses signed this checkpoint, but the log ${shown(checkpoint.origin)} did not.`);
  if (checkpoint.size === 0 && !same(checkpoint.root, emptyRoot())) throw new NotValid("The checkpoint is of an empty log, and its root is not that of an empty log.");
  return { ...checkpoint, text: apart.text, cosigners: signers.filter((signer) => signer.key.kind === WITNESS_KEY) };
}
