/** A leaf's proof as one text (C2SP tlog-proof): its place, the hashes beside it, and the checkpoint they lead to. */
import { HASH_BYTES, fromBase64, toNumber } from "./bytes.js";
import { Unreadable } from "./errors.js";

const FORMAT = "c2sp.org/tlog-proof@v1";
const LARGEST_PROOF = 262_144;
const LONGEST_PROOF = 64;

export function parseProof(text) {
  const gap = text.length <= LARGEST_PROOF ? text.indexOf("\n\n") : -1;
  const lines = gap < 0 ? [] : text.slice(0, gap).split("\n");
  if (lines.shift() !== FORMAT) throw new Unreadable(`The proof is not in the format ${FORMAT}.`);
  if (lines[0]?.startsWith("extra ")) fromBase64(lines.shift().slice(6), "The extra data of the proof");
  if (!lines[0]?.startsWith("index ")) throw new Unreadable("The proof does not say the place of its leaf.");
  const index = toNumber(lines.shift().slice(6), "The place in the proof");
  if (lines.length > LONGEST_PROOF) throw new Unreadable("The proof has too many hashes.");
  return { index, hashes: lines.map((line) => fromBase64(line, "A hash of the proof", HASH_BYTES)), note: text.slice(gap + 2) };
}
