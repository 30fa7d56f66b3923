/** Read an export of a whole log, line by line as it arrives, keeping 40 bytes of each entry and the few signed lines. */
import { HASH_BYTES, fromBase64 } from "./bytes.js";
import { entryLeaf, readPart, writtenAt } from "./entries.js";
import { NotValid, Unreadable } from "./errors.js";
import { breathe } from "./merkle.js";
import { countOf, jsonObject, only, says, shown, textOf } from "./reading.js";

export const EXPORT = "muniment-log/1";
const LONGEST_LINE = 1_048_576;
const MOST_LINES_AFTER = 200_000;
const LONGEST_BREATH_MS = 50;
const FIRST = "The first line of the export";

/** The lines of a stream of bytes, a batch at a time; a line that is too long is refused before it fills the memory. */
async function* linesOf(stream) {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const reader = stream.getReader();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
      rest = lines.pop();
      if (rest.length > LONGEST_LINE || lines.some((line) => line.length > LONGEST_LINE)) throw new Unreadable("The export has a line that is too long.");
      if (lines.length) yield lines;
      if (done) break;
    }
    if (rest) yield [rest];
  } catch (error) {
    if (error instanceof TypeError) throw new Unreadable("The export is not UTF-8 text, or it stopped arriving.");
    throw error;
  } finally {
    reader.releaseLock();
  }
}

/** What an export says, with every line understood and nothing yet proved. */
export class Export {
  constructor(found) {
    if (found.format !== EXPORT) throw new Unreadable(`This is not an export of a log: it does not say that its format is ${EXPORT}.`);
    only(found, ["format", "origin", "size", "checkpoint", "exported_at"], FIRST);
    this.origin = textOf(found, "origin", FIRST);
    this.size = countOf(found, "size", FIRST);
    this.checkpoint = textOf(found, "checkpoint", FIRST);
    this.exportedAt = textOf(found, "exported_at", FIRST);
    this.leaves = new Uint8Array(1024 * HASH_BYTES);
    this.times = new Float64Array(1024);
    this.count = 0;
    this.coresKept = 0;
    this.privatesKept = 0;
    this.heads = [];
    this.stamps = 0;
    this.ended = false;
  }

  leaf(index) {
    return this.leaves.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  /** Take in one line. */
  take(line) {
    if (this.ended) throw new Unreadable("The export goes on after its end.");
    const found = jsonObject(line, `A line after entry ${this.count} of the export`);
    if (says(found, "i")) this.takeEntry(found);
    else if (says(found, "head")) this.takeHead(found);
    else if (says(found, "time_stamp")) this.takeStamp(found);
    else this.takeEnd(found);
  }

  takeEntry(found) {
    const place = this.count;
    if (this.heads.length || this.stamps) throw new Unreadable("The export has an entry after the heads.");
    if (countOf(found, "i", "An entry") !== place) throw new NotValid(`Entry ${place} is missing or out of order: entry ${shown(found.i)} stands in its place.`);
    if (place >= this.size) throw new NotValid(`The export has more entries than the ${this.size} that it announces.`);
    this.makeRoom();
    if (says(found, "leaf")) {
      only(found, ["i", "leaf"], `Entry ${place}`);
      this.leaves.set(fromBase64(found.leaf, `The leaf of entry ${place}`, HASH_BYTES), place * HASH_BYTES);
      this.times[place] = NaN;
    } else {
      only(found, ["i", "core", "private"], `Entry ${place}`);
      const core = readPart(found.core, `Entry ${place}`);
      const privatePart = readPart(found.private, `The private part of entry ${place}`);
      this.times[place] = writtenAt(core) ?? NaN;
      this.coresKept += core.text === null ? 0 : 1;
      this.privatesKept += privatePart.text === null ? 0 : 1;
      this.leaves.set(entryLeaf(core.commitment, privatePart.commitment), place * HASH_BYTES);
    }
    this.count += 1;
  }

  makeRoom() {
    if (this.count < this.times.length) return;
    const [leaves, times] = [this.leaves, this.times];
    this.leaves = new Uint8Array(leaves.length * 2);
    this.times = new Float64Array(times.length * 2);
    this.leaves.set(leaves);
    this.times.set(times);
  }

  takeHead(found) {
    only(found, ["head"], "A line with a head");
    if (this.stamps) throw new Unreadable("The export has a head after the time stamps.");
    only(found.head, ["checkpoint", "register"], "A head");
    this.refuseTooMany();
    this.heads.push([textOf(found.head, "checkpoint", "A head"), textOf(found.head, "register", "A head")]);
  }

  takeStamp(found) {
    only(found, ["time_stamp"], "A line with a time stamp");
    only(found.time_stamp, ["checkpoint", "token", "authority"], "A time stamp");
    this.refuseTooMany();
    textOf(found.time_stamp, "checkpoint", "A time stamp");
    textOf(found.time_stamp, "authority", "A time stamp");
    fromBase64(found.time_stamp.token, "The token of a time stamp");
    this.stamps += 1;
  }

  takeEnd(found) {
    only(found, ["end"], "The last line of the export");
    const end = countOf(found, "end", "The last line of the export");
    if (end !== this.size || end !== this.count) throw new NotValid(`The export announces ${this.size} entries and holds ${this.count}: entries are missing.`);
    this.ended = true;
  }

  refuseTooMany() {
    if (this.heads.length + this.stamps >= MOST_LINES_AFTER) throw new Unreadable("The export has too many heads and time stamps.");
  }
}

/** What the export on a stream says; `onProgress` hears of the entries read. */
export async function readExport(stream, onProgress) {
  let found = null;
  let breath = performance.now();
  for await (const lines of linesOf(stream)) {
    for (const line of lines) {
      if (!found) found = new Export(jsonObject(line, FIRST));
      else found.take(line);
    }
    if (performance.now() - breath > LONGEST_BREATH_MS) {
      onProgress({ step: "reading", entries: found.count, size: found.size });
      await breathe();
      breath = performance.now();
    }
  }
  if (!found) throw new Unreadable("The export is empty.");
  if (!found.ended) throw new NotValid("The export is cut off: its last line is missing.");
  return found;
}
