/** Check a whole log: every entry hashed again, every head, its place in the register, and the times. */
import { same } from "./bytes.js";
import { NotValid, Unreadable } from "./errors.js";
import { readExport } from "./exports.js";
import { compare, openKept } from "./kept.js";
import { WholeTree } from "./merkle.js";
import { openCheckpoint } from "./notes.js";
import { shown } from "./reading.js";
import { openRecord, sayRegister } from "./register.js";
import { refuseFalseTimes, sightings } from "./times.js";
import { trusting } from "./trust.js";

async function openHeads(found, trust) {
  const last = await openCheckpoint(found.checkpoint, trust.logKeys);
  if (last.origin !== found.origin || last.size !== found.size) throw new NotValid("The checkpoint of the export is of another log or of another size than the export says.");
  const heads = [];
  for (const [note] of found.heads) {
    const head = await openCheckpoint(note, trust.logKeys);
    if (head.origin !== found.origin) throw new NotValid("The export has a head of another log.");
    if (head.size > found.size) throw new NotValid(`The log signed a head of ${head.size} entries; the export holds ${found.size}: it was cut.`);
    heads.push(head);
  }
  return { last, heads };
}

/** Refuse heads that grow while their places do not, and registers that contradict each other. */
function refuseDisorder(records) {
  const roots = new Map();
  records.slice(1).forEach((other, at) => {
    if (other.head.size < records[at].head.size || other.index < records[at].index) throw new NotValid("The heads in the export are out of order.");
  });
  for (const { register } of records) {
    if (register.origin !== records[0].register.origin) throw new NotValid("The heads in the export stand in different registers.");
    const known = roots.get(register.size) ?? register.root;
    if (!same(known, register.root)) throw new NotValid(`The register was signed with two different histories of ${register.size} heads.`);
    roots.set(register.size, register.root);
  }
}

function sayCover(report, records, last, trust) {
  const enough = records.filter(({ register }) => register.cosigners.length >= trust.quorum);
  if (trust.quorum && !enough.length) throw new NotValid(`No head of this log was seen by the ${trust.quorum} witnesses that were asked for.`);
  const newest = enough[enough.length - 1];
  if (newest) sayRegister(report, newest, trust);
  const uncovered = last.size - (newest?.head.size ?? 0);
  if (uncovered) report.notChecked.push(`The last ${uncovered} entries are signed by the log and not yet shown to be in the register${trust.witnesses.length ? " as your witnesses saw it." : "."}`);
}

function sayTimes(report, found, records, trust) {
  const seen = sightings(records, trust.quorum);
  refuseFalseTimes(found, seen, trust.toleranceSeconds);
  if (seen.length) report.checked.push(`No entry bears a time that is off by more than ${trust.toleranceSeconds} seconds from the ${seen.length} moments at which witnesses saw the log.`);
  else report.notChecked.push("The times of the entries: without witnesses they are what the portal wrote.");
  if (found.stamps) report.notChecked.push(`${found.stamps} time stamps of an authority: the command muniment-verify checks them, this page does not.`);
}

function sayMissing(report, found) {
  const [cores, privates] = [found.size - found.coresKept, found.size - found.privatesKept];
  if (cores) report.notChecked.push(`What was done in ${cores} entries: the text was withheld or dropped; that they stand there was checked.`);
  if (privates) report.notChecked.push(`Who did it in ${privates} entries: that part was withheld or dropped.`);
  report.notChecked.push("Whether what the entries say is true, and whether an act was never logged at all: promises and receipts that you kept show the latter.");
}

/**
 * Check an export that arrives on a stream of bytes.
 *
 * `keys` is {logKeys, registerKeys, witnesses, quorum, toleranceSeconds} as `trusting` takes it; `onProgress` hears
 * {step: "reading" | "hashing" | "heads", entries, size}; `kept` are {name, text} of files from earlier. Returns
 * {sentence, facts, checked, notChecked}; throws NotValid or Unreadable with a sentence.
 */
export async function verifyLog(stream, keys, onProgress = () => {}, kept = []) {
  const trust = await trusting(keys);
  const opened = [];
  for (const one of kept) opened.push(await openKept(one, trust));
  const found = await readExport(stream, onProgress);
  for (const one of opened) if (one.origin !== found.origin) throw new Unreadable(`${one.name} is of the log ${shown(one.origin)}, not of this one.`);
  const { last, heads } = await openHeads(found, trust);
  const tree = await WholeTree.of(found.leaves, found.size, (part) => onProgress({ step: "hashing", entries: Math.round(part * found.size), size: found.size }));
  for (const head of [last, ...heads]) {
    if (!same(tree.root(head.size), head.root)) throw new NotValid(`The first ${head.size} entries are not the ones that the log signed: one of them was changed, added, removed or moved.`);
  }
  onProgress({ step: "heads", entries: found.size, size: found.size });
  const records = [];
  for (const [at, head] of heads.entries()) records.push(await openRecord(found.heads[at][1], head, trust));
  refuseDisorder(records);
  const report = { sentence: `All ${found.size} entries of this log are the ones that were logged, in their order.`, facts: { Log: shown(found.origin), Entries: String(found.size), Exported: shown(found.exportedAt) }, checked: [], notChecked: [] };
  report.checked.push(`Every entry was hashed again; together they give the root that the log's key signed (${found.size} entries).`, `Signed heads that lead to the same entries: ${records.length}. Nothing was changed, removed or put between.`);
  for (const one of opened) compare(report, one, found, tree);
  sayCover(report, records, last, trust);
  sayTimes(report, found, records, trust);
  sayMissing(report, found);
  return report;
}
