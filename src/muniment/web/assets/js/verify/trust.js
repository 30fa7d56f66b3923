/** What the person who checks believes in: keys that came on paper or in a contract, never out of the file. */
import { hex } from "./bytes.js";
import { Unreadable } from "./errors.js";
import { LOG_KEY, WITNESS_KEY, named, parseVkey } from "./notes.js";
import { selfTest } from "./sha256.js";

const REGISTER = "muniment-register/";

function keysOf(vkeys, kind) {
  const keys = vkeys.map(parseVkey);
  const [right, wrong] = kind === LOG_KEY ? ["log", "witness"] : ["witness", "log"];
  for (const key of keys) if (key.kind !== kind) throw new Unreadable(`The key of ${key.name} is the key of a ${wrong}, where a ${right}'s is wanted.`);
  if (new Set(keys.map((key) => `${key.name} ${hex(key.publicKey)}`)).size !== keys.length) throw new Unreadable("You gave the same key twice.");
  return keys;
}

function quorumOf(wanted, witnesses) {
  if (wanted === null || wanted === undefined) return witnesses ? Math.floor(witnesses / 2) + 1 : 0;
  if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Unreadable(`A quorum of ${wanted} asks for nothing: leave it out, or ask for one witness or more.`);
  if (wanted > witnesses) throw new Unreadable(`You ask for ${wanted} witnesses and gave the keys of ${witnesses}.`);
  return wanted;
}

/** The trust that somebody wrote down; without a quorum, more than half of the witnesses must have signed. */
export async function trusting({ logKeys, registerKeys = [], witnesses = [], quorum = null, toleranceSeconds = 600 }) {
  if (!globalThis.crypto?.subtle) throw new Unreadable("This browser gives pages no cryptography here: open the page over https, or as a file.");
  if (!(await selfTest())) throw new Unreadable("This browser counts differently from how it should: nothing can be checked with it.");
  const logs = keysOf(logKeys, LOG_KEY);
  const registers = keysOf(registerKeys, LOG_KEY);
  if (!logs.length) throw new Unreadable("Give the key of the log: it is on paper or in your contract, and never in the file itself.");
  const watching = keysOf(witnesses, WITNESS_KEY);
  const ofTheLog = new Set([...logs, ...registers].map((key) => hex(key.publicKey)));
  if (watching.some((key) => ofTheLog.has(hex(key.publicKey)))) throw new Unreadable("A key that you gave for a witness is the log's own key: a log cannot be its own witness.");
  if (new Set(watching.map((key) => hex(key.publicKey))).size !== watching.length) throw new Unreadable("Two of the witnesses that you gave have the same key: they are one witness.");
  return { logKeys: logs, registerKeys: registers, witnesses: watching, quorum: quorumOf(quorum, watching.length), toleranceSeconds };
}

/** The keys that may sign the register: the given ones, or else the log's under that name. */
export function keysOfRegister(trust, origin) {
  if (trust.registerKeys.length || !origin.startsWith(REGISTER)) return trust.registerKeys;
  return trust.logKeys.map((key) => named(key, origin));
}
