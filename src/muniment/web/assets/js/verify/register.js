/** A head's place in the register of all heads, and the witnesses who saw the register. */
import { NotValid } from "./errors.js";
import { headLeaf } from "./entries.js";
import { isIncluded } from "./merkle.js";
import { openCheckpoint, parseCheckpoint, parseNote } from "./notes.js";
import { parseProof } from "./proofs.js";
import { moment, shown } from "./reading.js";
import { keysOfRegister } from "./trust.js";

/** When witnesses saw a checkpoint, oldest first. */
export const timesOf = (register) => register.cosigners.map((signer) => signer.at).sort((one, other) => one - other);

/** The place of a head in the register after checking proof and signatures; the quorum is not asked for. */
export async function openRecord(proofText, head, trust) {
  const proof = parseProof(proofText);
  const { origin } = parseCheckpoint(parseNote(proof.note).text);
  const register = await openCheckpoint(proof.note, keysOfRegister(trust, origin), trust.witnesses);
  const leaf = headLeaf(head.origin, head.size, head.root);
  if (!isIncluded(leaf, proof.index, register.size, proof.hashes, register.root)) throw new NotValid(`The head of size ${head.size} is not in the register where its proof says.`);
  return { head, index: proof.index, register };
}

export const seenBy = (register) => register.cosigners.map((signer) => `${signer.key.name} on ${moment(signer.at)}`).join(", ");

/** Add to a report what was found about a head's place in the register and its witnesses. */
export function sayRegister(report, recorded, trust) {
  const { register } = recorded;
  report.facts.Register = `${shown(register.origin)}, head at place ${recorded.index} of ${register.size}`;
  report.checked.push(`The head of size ${recorded.head.size} stands in the installation's register of all heads, which is signed.`);
  if (!trust.registerKeys.length) report.notChecked.push("You gave no key of the register: a register of any name was accepted that the log's own key signed.");
  if (trust.witnesses.length) {
    report.checked.push(`${register.cosigners.length} of your ${trust.witnesses.length} witnesses saw this register (${trust.quorum} were asked for): ${seenBy(register)}.`);
  } else {
    report.notChecked.push("You gave no witness: whether somebody else is shown another history than you cannot be told from this.");
  }
}
