/** Check whatever files somebody has: an export with what was kept from earlier, receipts, promises, checkpoints. */
import { checkCheckpoints } from "./checkpoints.js";
import { NotValid, Unreadable } from "./errors.js";
import { EXPORT } from "./exports.js";
import { verifyLog } from "./logs.js";
import { PROMISE, checkPromise } from "./promises.js";
import { LARGEST_FILE, textFrom } from "./reading.js";
import { RECEIPT, checkReceipt } from "./receipts.js";
import { trusting } from "./trust.js";

export { NotValid, Unreadable, verifyLog };

async function looksLikeExport(file) {
  return (await file.slice(0, 200).text()).includes(EXPORT);
}

async function smallText(file) {
  if (file.size > LARGEST_FILE) throw new Unreadable(`${file.name} is too large for what it should be.`);
  return { name: file.name, text: textFrom(new Uint8Array(await file.arrayBuffer()), file.name) };
}

/** Check files dropped together; returns reports, each with the `name` of its file. Throws NotValid or Unreadable. */
export async function verifyFiles(files, keys, onProgress = () => {}) {
  const logs = [];
  const small = [];
  for (const file of files) {
    if (await looksLikeExport(file)) logs.push(file);
    else small.push(await smallText(file));
  }
  if (logs.length > 1) throw new Unreadable("Give one export at a time.");
  if (!logs.length && !small.length) throw new Unreadable("Give a file to check.");
  if (logs.length) return [{ name: logs[0].name, ...(await verifyLog(logs[0].stream(), keys, onProgress, small)) }];
  const trust = await trusting(keys);
  const reports = [];
  const notes = small.filter((one) => !one.text.trimStart().startsWith("{") && one.text.includes("\n\n"));
  if (notes.length) reports.push({ name: notes.map((one) => one.name).join(", "), ...(await checkCheckpoints(notes.map((one) => one.text), trust)) });
  for (const one of small.filter((one) => !notes.includes(one))) reports.push({ name: one.name, ...(await (isPromise(one.text) ? checkPromise : checkReceipt)(one.text, trust)) });
  return reports;
}

function isPromise(text) {
  return !text.trimStart().startsWith("{") || (text.includes(PROMISE) && !text.includes(RECEIPT));
}
