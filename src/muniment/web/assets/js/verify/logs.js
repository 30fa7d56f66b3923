/** Check a whole log: every entry hashed again, every head, its place in the register, and the times. */
import { same } from "./bytes.js";
import { refuseOtherLog, sayRestores, withFormerNames } from "./epochs.js";
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
  const ends = new Map([...found.restores.map((one) => [one.log.origin, one.place]), [found.origin, found.size]]);
  for (const [note] of found.heads) {
    const head = await openCheckpoint(note, trust.logKeys);
    if (!ends.has(head.origin)) throw new NotValid("The export has a head of another log.");
    const end = ends.get(head.origin);
    if (head.size > end) throw new NotValid(`The log signed a head of ${head.size} entries; the export holds ${end}: it was cut.`);
    heads.push(head);
  }
  return { last, heads };
}

/** Refuse heads that grow while their places do not, and registers that contradict each other. */
function refuseDisorder(records, restores) {
  const roots = new Map();
  const ends = new Map(restores.map((one) => [one.register.origin, one.register.size]));
  const others = new Set(records.map(({ register }) => register.origin).filter((origin) => !ends.has(origin)));
  const newest = restores[restores.length - 1]?.newRegister;
  if (others.size > 1 || (newest && [...others].some((origin) => origin !== newest))) throw new NotValid("The heads in the export stand in different registers.");
  records.slice(1).forEach((other, at) => {
    if (other.head.size < records[at].head.size || other.index < records[at].index) throw new NotValid("The heads in the export are out of order.");
  });
  for (const { register } of records) {
    if (register.size > (ends.get(register.origin) ?? register.size)) throw new NotValid("A head in the export stands in a part of the former register that the restore lost.");
    const place = `${register.origin} ${register.size}`;
    const known = roots.get(place) ?? register.root;
    if (!same(known, register.root)) throw new NotValid(`The register was signed with two different histories of ${register.size} heads.`);
    roots.set(place, register.root);
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
 * {sentence, facts, checked, notChecked, lost}; throws NotValid or Unreadable with a sentence.
 */
export async function verifyLog(stream, keys, onProgress = () => {}, kept = []) {
  const given = await trusting(keys);
  const found = await readExport(stream, onProgress);
  const trust = withFormerNames(given, found.origin, found.restores);
  const opened = [];
  for (const one of kept) opened.push(await openKept(one, trust));
  const names = [found.origin, ...found.restores.map((one) => one.log.origin)];
  for (const one of opened) if (!names.includes(one.origin)) throw new Unreadable(`${one.name} is of the log ${shown(one.origin)}, not of this one.`);
  const { last, heads } = await openHeads(found, trust);
  const tree = await WholeTree.of(found.leaves, found.size, (part) => onProgress({ step: "hashing", entries: Math.round(part * found.size), size: found.size }));
  refuseOtherLog(found.restores, tree);
  for (const head of [last, ...heads]) {
    if (!same(tree.root(head.size), head.root)) throw new NotValid(`The first ${head.size} entries are not the ones that the log signed: one of them was changed, added, removed or moved.`);
  }
  onProgress({ step: "heads", entries: found.size, size: found.size });
  const records = [];
  for (const [at, head] of heads.entries()) records.push(await openRecord(found.heads[at][1], head, trust));
  refuseDisorder(records, found.restores);
  const report = { sentence: `All ${found.size} entries of this log are the ones that were logged, in their order.`, facts: { Log: shown(found.origin), Entries: String(found.size), Exported: shown(found.exportedAt) }, checked: [], notChecked: [], lost: [] };
  report.checked.push(`Every entry was hashed again; together they give the root that the log's key signed (${found.size} entries).`, `Signed heads that lead to the same entries: ${records.length}. Nothing was changed, removed or put between.`);
  for (const one of opened) compare(report, one, found, tree);
  sayRestores(report, found.restores);
  sayCover(report, records, last, trust);
  sayTimes(report, found, records, trust);
  sayMissing(report, found);
  return report;
}
