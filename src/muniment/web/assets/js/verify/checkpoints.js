/** Check the signatures of checkpoints of one log, and that no two of one size differ. */
import { same } from "./bytes.js";
import { NotValid } from "./errors.js";
import { openCheckpoint, parseCheckpoint, parseNote } from "./notes.js";
import { shown } from "./reading.js";
import { seenBy } from "./register.js";
import { keysOfRegister } from "./trust.js";

async function openAny(note, trust) {
  const { origin } = parseCheckpoint(parseNote(note).text);
  const keys = trust.logKeys.some((key) => key.name === origin) ? trust.logKeys : keysOfRegister(trust, origin);
  return openCheckpoint(note, keys, trust.witnesses);
}

export async function checkCheckpoints(notes, trust) {
  const opened = [];
  for (const note of notes) opened.push(await openAny(note, trust));
  opened.sort((one, other) => one.size - other.size);
  opened.slice(1).forEach((other, at) => {
    const one = opened[at];
    if (one.origin !== other.origin) throw new NotValid("These checkpoints come from different logs: they say nothing about each other.");
    if (one.size === other.size && !same(one.root, other.root)) throw new NotValid(`The log signed two different histories of ${one.size} entries. Keep both files: together they are the evidence.`);
  });
  const report = { sentence: "Every checkpoint is signed by the log.", facts: { Log: shown(opened[0].origin), Sizes: opened.map((one) => one.size).join(", ") }, checked: ["Each signature, and that no two checkpoints of one size differ."], notChecked: [] };
  if (opened[0].size !== opened[opened.length - 1].size) report.notChecked.push("Whether the later log begins with the earlier one: that takes an export of the log, dropped together with them.");
  for (const one of opened) if (one.cosigners.length) report.checked.push(`Size ${one.size} was seen by ${seenBy(one)}.`);
  return report;
}
