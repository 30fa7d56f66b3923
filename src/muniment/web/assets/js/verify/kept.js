/** What somebody kept from earlier: checkpoints, receipts and promises, to be held against an export. */
import { HASH_BYTES, same } from "./bytes.js";
import { NotValid } from "./errors.js";
import { openCheckpoint } from "./notes.js";
import { openPromise } from "./promises.js";
import { moment, secondsOf } from "./reading.js";
import { RECEIPT, openReceipt } from "./receipts.js";

/** What a kept file proves, after checking its signatures: name, origin, and a checkpoint, a leaf and a place, or a deadline. */
export async function openKept({ name, text }, trust) {
  if (!text.trimStart().startsWith("{") && text.includes("\n\n")) {
    const checkpoint = await openCheckpoint(text, trust.logKeys);
    return { name, origin: checkpoint.origin, checkpoint };
  }
  if (text.includes(RECEIPT)) {
    const receipt = await openReceipt(text, trust);
    return { name, origin: receipt.log.origin, checkpoint: receipt.log, leaf: receipt.leaf, index: receipt.index };
  }
  return { name, ...(await openPromise(text, trust)) };
}

/** Hold one kept file against the log and say what was found. */
export function compare(report, kept, found, tree) {
  if (!kept.checkpoint) return comparePromise(report, kept, found);
  const { size, root } = kept.checkpoint;
  if (size > found.size) throw new NotValid(`The log was cut: ${kept.name} proves that it had ${size} entries, the export has ${found.size}. Keep both.`);
  if (!same(tree.root(size), root)) throw new NotValid(`History was written anew: the first ${size} entries are not those that ${kept.name} proves. Keep both.`);
  if (kept.leaf && !same(found.leaf(kept.index), kept.leaf)) throw new NotValid(`Entry ${kept.index} is not the one that ${kept.name} proves. Keep both.`);
  report.checked.push(`The log begins with the ${size} entries that ${kept.name} proves.`);
}

function comparePromise(report, kept, found) {
  for (let place = 0; place < found.count; place += 1) {
    if (found.leaves[place * HASH_BYTES] === kept.leaf[0] && same(found.leaf(place), kept.leaf)) {
      report.checked.push(`The entry that ${kept.name} promises is entry ${place}.`);
      return;
    }
  }
  if (secondsOf(found.exportedAt, "The time of the export") > kept.deadline) {
    throw new NotValid(`A promise was broken: the entry that ${kept.name} promises was due by ${moment(kept.deadline)} and is not in the log. Keep both files.`);
  }
  report.notChecked.push(`Whether ${kept.name} was kept: by its own account, the export was made before it was due.`);
}
