/** Receipts: one entry, its place in the client's log, and that log's place in the register. */
import { entryLeaf, readPart, sayEntry, writtenAt } from "./entries.js";
import { NotValid, Unreadable } from "./errors.js";
import { isIncluded } from "./merkle.js";
import { openCheckpoint } from "./notes.js";
import { parseProof } from "./proofs.js";
import { jsonObject, moment, only, shown, textOf } from "./reading.js";
import { openRecord, sayRegister, timesOf } from "./register.js";

export const RECEIPT = "muniment-receipt/1";

/** A receipt after checking all of it but the quorum. */
export async function openReceipt(text, trust) {
  const found = jsonObject(text, "The receipt");
  if (found.format !== RECEIPT) throw new Unreadable(`This is not a receipt: it does not say that its format is ${RECEIPT}.`);
  only(found, ["format", "entry", "proof", "register"], "The receipt");
  only(found.entry, ["core", "private"], "The entry");
  const core = readPart(found.entry.core, "The entry");
  const privatePart = readPart(found.entry.private, "The private part of the entry");
  if (core.text === null) throw new Unreadable("The receipt does not say what was done: its entry is withheld.");
  const leaf = entryLeaf(core.commitment, privatePart.commitment);
  const proof = parseProof(textOf(found, "proof", "The receipt"));
  const log = await openCheckpoint(proof.note, trust.logKeys);
  if (!isIncluded(leaf, proof.index, log.size, proof.hashes, log.root)) throw new NotValid("This entry is not in the log where the receipt says: it was changed, or never logged.");
  const recorded = await openRecord(textOf(found, "register", "The receipt"), log, trust);
  const at = writtenAt(core);
  for (const seen of timesOf(recorded.register)) {
    if (at > seen + trust.toleranceSeconds) throw new NotValid(`The entry bears a time (${moment(at)}) after a witness had seen it (${moment(seen)}).`);
  }
  return { core, privatePart, leaf, index: proof.index, log, recorded };
}

export async function checkReceipt(text, trust) {
  const receipt = await openReceipt(text, trust);
  const { log, recorded } = receipt;
  if (recorded.register.cosigners.length < trust.quorum) throw new NotValid(`${recorded.register.cosigners.length} of your witnesses signed the register; ${trust.quorum} were asked for.`);
  const report = { sentence: "The log holds this entry, as the receipt shows it.", facts: {}, checked: [], notChecked: [] };
  sayEntry(report.facts, receipt.core, receipt.privatePart);
  report.facts.Log = `${shown(log.origin)}, entry ${receipt.index} (from 0) of ${log.size}`;
  report.checked.push("The text of the entry is the one that was logged: its salted hash is in the log.", `The log's key signed the log of ${log.size} entries with this one in it.`);
  sayRegister(report, recorded, trust);
  if (receipt.privatePart.text === null) report.notChecked.push("Who did it from where: that part of the entry is withheld or was dropped.");
  report.notChecked.push(
    "Whether the entry was written as early as it says: backdating shows only in an export of the whole log.",
    "Whether what the entry says is true: the log proves what was written down and when, not that it happened.",
  );
  return report;
}
