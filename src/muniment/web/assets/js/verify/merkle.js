/** The Merkle tree of RFC 9162, sections 2.1.1, 2.1.3.2 and 2.1.4.2. */
import { HASH_BYTES, same } from "./bytes.js";
import { sha256 } from "./sha256.js";

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);
const LONGEST_PROOF = 64;
const AT_ONCE = 16_384;

export const leafHash = (...data) => sha256(LEAF, ...data);
export const nodeHash = (left, right) => sha256(NODE, left, right);
export const emptyRoot = () => sha256();

/** Let the page breathe: paint, answer a click, go away. */
export const breathe = () => new Promise((go) => setTimeout(go));

const half = (number) => Math.floor(number / 2); // sizes pass 32 bits, where shifting would cut them

/** Whether the leaf stands at `index` (from 0) of the tree of `size` leaves with this root. */
export function isIncluded(leaf, index, size, proof, root) {
  if (!(index >= 0 && index < size) || proof.length > LONGEST_PROOF) return false;
  let [place, last, found] = [index, size - 1, leaf];
  for (const sibling of proof) {
    if (last === 0) return false;
    if (place % 2 || place === last) {
      found = nodeHash(sibling, found);
      while (place && place % 2 === 0) [place, last] = [half(place), half(last)];
    } else {
      found = nodeHash(found, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && same(found, root);
}

/** All hashes of a log, level by level, so that its root at every size can be given. */
export class WholeTree {
  constructor(levels, size) {
    this.levels = levels;
    this.size = size;
  }

  /** Hash a log together from its leaves, 32 bytes each; `onProgress` hears how many of its hashes are done, from 0 to 1. */
  static async of(leaves, size, onProgress = () => {}) {
    const levels = [leaves];
    let done = 0;
    for (let count = half(size); count > 0; count = half(count)) {
      const below = levels[levels.length - 1];
      const level = new Uint8Array(count * HASH_BYTES);
      for (let place = 0; place < count; place += 1) {
        level.set(sha256(NODE, below.subarray(place * 2 * HASH_BYTES, (place + 1) * 2 * HASH_BYTES)), place * HASH_BYTES);
        done += 1;
        if (done % AT_ONCE === 0) {
          onProgress(done / size);
          await breathe();
        }
      }
      levels.push(level);
    }
    return new WholeTree(levels, size);
  }

  /** The root of the first `size` entries, `size` at most that of the log. */
  root(size) {
    if (size === 0) return emptyRoot();
    let found = null;
    let place = size;
    for (const level of this.levels) {
      if (place % 2) {
        const hash = level.slice((place - 1) * HASH_BYTES, place * HASH_BYTES);
        found = found ? nodeHash(hash, found) : hash;
      }
      place = half(place);
      if (place === 0) break;
    }
    return found;
  }
}
