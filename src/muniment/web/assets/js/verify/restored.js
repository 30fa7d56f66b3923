/** Checkpoints from before and after a restore, held together by a receipt of the entry that says so. */
import { same } from "./bytes.js";
import { openAny } from "./checkpoints.js";
import { readPart } from "./entries.js";
import { lostSentence, readRestore, unseenSentence, withFormerNames } from "./epochs.js";
import { NotValid } from "./errors.js";
import { parseCheckpoint, parseNote } from "./notes.js";
import { parseProof } from "./proofs.js";
import { jsonObject, moment, shown, textOf } from "./reading.js";
import { RECEIPT, openReceipt } from "./receipts.js";

/** What a receipt says of a restore, and the log's name since; null where it is of another entry. */
function told(text) {
  if (!text.includes(RECEIPT)) return null;
  const found = jsonObject(text, "The receipt");
  const proof = parseProof(textOf(found, "proof", "The receipt"));
  const core = readPart(found.entry?.core, "The entry");
  const restore = core.text === null ? null : readRestore(proof.index, core.text);
  return restore && { restore, origin: parseCheckpoint(parseNote(proof.note).text).origin, text };
}

/** Among small files that came with checkpoints, the one that is a receipt of a restore. */
export function receiptOfRestore(files) {
  return files.find((one) => one.text.trimStart().startsWith("{") && told(one.text));
}

/** Check that checkpoints ({name, text}) of two names of one log, or register, are on one line. */
export async function checkAcross(notes, receipt, given) {
  const { restore, origin } = told(receipt);
  const trust = withFormerNames(given, origin, [restore]);
  await openReceipt(receipt, trust);
  const report = {
    sentence: "Every checkpoint is signed by the log, which goes on under a new name since it was restored.",
    facts: { Log: shown(origin), Before: `${shown(restore.log.origin)}, ${restore.place} entries`, Restored: moment(restore.at) },
    checked: ["The receipt of the entry that names the former log, and each signature."],
    notChecked: [unseenSentence(restore)],
    lost: [],
  };
  for (const { name, text } of notes) place(report, name, await openAny(text, trust), restore, origin);
  return report;
}

function place(report, name, head, restore, origin) {
  if (head.origin === origin || head.origin === restore.newRegister) {
    const end = head.origin === origin ? restore.log.size : restore.register.size;
    if (head.size <= end) throw new NotValid(`${name} is of the new name, which began after ${end}, and has a size of ${head.size}.`);
    report.notChecked.push(`Whether the log at ${head.size} (${name}) begins as the restored one: that takes an export of the log.`);
    return;
  }
  const former = [restore.log, restore.register].find((one) => one.origin === head.origin);
  if (!former) throw new NotValid(`${name} comes from another log, which the entry about the restore does not name.`);
  if (head.size > former.size) report.lost.push(lostSentence(former.size, name, head.size, former === restore.log ? "Entries" : "Heads of logs"));
  else if (head.size < former.size) report.notChecked.push(`Whether what was restored begins with the ${head.size} of ${name}: that takes an export of the log.`);
  else if (!same(head.root, former.root)) throw new NotValid(`What was restored is not what ${name} proves: history was written anew. Keep both files.`);
  else report.checked.push(`The restored log is the one of ${name}.`);
}
