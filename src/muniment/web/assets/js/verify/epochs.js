/** Restores: an entry says that the portal was restored from a backup, and under which name its log was known before. */
import { HASH_BYTES, fromBase64, same } from "./bytes.js";
import { NotValid, Unreadable } from "./errors.js";
import { named } from "./notes.js";
import { countOf, jsonObject, moment, says, secondsOf, shown, textOf } from "./reading.js";

const EVENT = "portal.restored";
const WHAT = "The entry about a restore";

/** What an entry says about a restore, from the text of its core; null for any other entry. */
export function readRestore(place, core) {
  if (!core.includes(EVENT)) return null;
  const said = jsonObject(core, "The text of an entry");
  if (said.event !== EVENT || said.allowed !== true) return null;
  const { facts } = said;
  if (typeof facts !== "object" || facts === null || Array.isArray(facts)) throw new Unreadable(`${WHAT} says nothing of the log that there was.`);
  const log = former(facts, "");
  const register = former(facts, "register_");
  const restore = { place, log, register, newRegister: textOf(facts, "register", WHAT), at: secondsOf(said.at, "The time of an entry") };
  if (log.size !== place) throw new NotValid(`Entry ${place} says that the log had ${log.size} entries when it was restored: it was moved.`);
  return restore;
}

function former(facts, of) {
  const known = says(facts, `known_${of}size`) ? countOf(facts, `known_${of}size`, WHAT) : null;
  const root = fromBase64(facts[`former_${of}root`], "The root of a former log", HASH_BYTES);
  return { origin: textOf(facts, `former_${of}origin`, WHAT), size: countOf(facts, `former_${of}size`, WHAT), root, known };
}

/** A trust in which a key given for one name of a log, or of the register, counts for its other names: it is the same key. */
export function withFormerNames(trust, origin, restores) {
  if (!restores.length) return trust;
  const logs = [origin, ...restores.map((one) => one.log.origin)];
  const registers = restores.flatMap((one) => [one.register.origin, one.newRegister]);
  return { ...trust, logKeys: underAll(trust.logKeys, logs), registerKeys: underAll(trust.registerKeys, registers) };
}

function underAll(keys, names) {
  const more = keys.filter((key) => names.includes(key.name)).flatMap((key) => names.filter((name) => name !== key.name).map((name) => named(key, name)));
  return [...keys, ...more];
}

export function lostSentence(size, name, seen, of = "Entries") {
  return `${of} after ${size} were lost by a restore: ${name} proves that there were ${seen}.`;
}

function lostCount({ place, log }) {
  return Math.max(0, (log.known ?? 0) - place);
}

/** What a log cannot show of what a restore lost, whatever it says itself. */
export function unseenSentence(restore) {
  const [count, { place }] = [lostCount(restore), restore];
  if (count) return `What ${count} entries said that followed the first ${place} before the restore: by the log's own account, they were lost. Entries that it does not know of may have been lost, too.`;
  return `Whether entries followed the first ${place} before the restore and were lost: the log names none. A later checkpoint or receipt of its former name shows it.`;
}

/** Add to a report what a log says itself of its restores. */
export function sayRestores(report, restores) {
  for (const { place, log, at } of restores) {
    const count = lostCount({ place, log });
    const lost = count ? `${count} that had been signed were lost` : "it names no newer head";
    report.facts[`Restored at entry ${place}`] = `${moment(at)}; before, the log was ${shown(log.origin)} with ${place} entries; ${lost}`;
    report.checked.push(`The first ${place} entries are those of the log ${shown(log.origin)}, which this one goes on from after a restore.`);
    report.notChecked.push(unseenSentence({ place, log }));
  }
}

/** Refuse a restore that names another log than the entries before it make. */
export function refuseOtherLog(restores, tree) {
  for (const { place, log } of restores) if (!same(tree.root(place), log.root)) throw new NotValid(`Entry ${place} names another log as the one that was restored than the entries before it make.`);
}
