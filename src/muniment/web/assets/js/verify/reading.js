/** Read what somebody else wrote: strict JSON, with limits, and words that are safe to show. */
import { Unreadable } from "./errors.js";

export const LARGEST_FILE = 1_048_576;
const LATEST_TIME = 253_402_300_799; // the end of the year 9999, beyond which calendars do not go
const LONGEST_WORD = 200;
const DEEPEST = 500;
const TOKENS = /\s*(?:([{}[\],:])|("(?:[^"\\]|\\.)*")|([^\s{}[\],:"]+))/gy;
const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/;
const BROKEN = /\p{Surrogate}/u;

/** Refuse what JSON.parse lets pass and two readers might understand differently: a name said twice, a number too large. */
function refuseAmbiguity(text, what) {
  const open = [];
  let key = false;
  TOKENS.lastIndex = 0;
  for (let token = TOKENS.exec(text); token; token = TOKENS.exec(text)) {
    const [, sign, string, other] = token;
    const inner = open[open.length - 1];
    if (sign === "{" || sign === "[") {
      open.push(sign === "{" ? new Set() : null);
      if (open.length > DEEPEST) throw new Unreadable(`${what} is nested too deep.`);
      key = sign === "{";
    } else if (sign === "}" || sign === "]") {
      open.pop();
      key = false;
    } else if (sign) {
      key = sign === "," && inner instanceof Set;
    } else if (string && key) {
      const name = JSON.parse(string);
      if (inner.has(name)) throw new Unreadable(`${what} says the same name twice.`);
      inner.add(name);
    } else if (other && !["true", "false", "null"].includes(other)) {
      const number = Number(other);
      const whole = /^-?\d+$/.test(other);
      if (!Number.isFinite(number) || (whole && !Number.isSafeInteger(number))) throw new Unreadable(`${what} has a number in it that is too large.`);
    }
  }
}

/** Whether a text is what we would write: then it has neither twins nor large numbers, and need not be looked at closely. */
function isOurSpelling(found, text) {
  try {
    return JSON.stringify(found) === text;
  } catch {
    return false; // nested deeper than the browser can write
  }
}

/** The JSON object of a text. */
export function jsonObject(text, what) {
  let found;
  try {
    found = JSON.parse(text);
  } catch {
    throw new Unreadable(`${what} is not JSON.`);
  }
  if (!isOurSpelling(found, text)) refuseAmbiguity(text, what);
  if (typeof found !== "object" || found === null || Array.isArray(found)) throw new Unreadable(`${what} is not a JSON object.`);
  return found;
}

/** The text of bytes, which must be UTF-8. */
export function textFrom(bytes, what) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable(`${what} is not UTF-8 text.`);
  }
}

export const says = (found, name) => Object.hasOwn(found, name);

/** Refuse an object that has not exactly these names. */
export function only(found, names, what) {
  if (typeof found !== "object" || found === null || Array.isArray(found)) throw new Unreadable(`${what} is not in the format.`);
  for (const name of names) if (!says(found, name)) throw new Unreadable(`${what} does not say “${name}”.`);
  for (const name of Object.keys(found).sort()) if (!names.includes(name)) throw new Unreadable(`${what} says “${shown(name)}”, which is not known here.`);
}

export function textOf(found, name, what) {
  if (typeof found[name] !== "string") throw new Unreadable(`${what}: “${name}” is not text.`);
  if (BROKEN.test(found[name])) throw new Unreadable(`${what}: “${name}” has broken characters in it.`);
  return found[name];
}

export function countOf(found, name, what) {
  if (!Number.isSafeInteger(found[name]) || found[name] < 0) throw new Unreadable(`${what}: “${name}” is not a count.`);
  return found[name];
}

/** An ISO 8601 moment with its offset, as seconds since 1970. */
export function secondsOf(moment, what) {
  const refused = () => new Unreadable(`${what} is not a time with its offset from UTC.`); // an error is dear to make
  const match = typeof moment === "string" ? TIME.exec(moment) : null;
  if (!match) throw refused();
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number);
  const midnight = new Date(Date.UTC(2000, month - 1, day));
  midnight.setUTCFullYear(year, month - 1, day);
  const real = midnight.getUTCFullYear() === year && midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === day;
  if (!real || hour > 23 || minute > 59 || second > 59) throw refused();
  const fraction = Number((match[7] ?? "").padEnd(6, "0")) / 1_000_000;
  let offset = 0;
  if (match[8] !== "Z") {
    const [hours, minutes] = match[8].slice(1).split(":").map(Number);
    if (hours > 23 || minutes > 59) throw refused();
    offset = (match[8][0] === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
  }
  const seconds = midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second - offset + fraction;
  if (seconds < 0 || seconds > LATEST_TIME) throw new Unreadable(`${what} lies before 1970 or after 9999.`);
  return seconds;
}

/** A moment for people, in UTC. */
export function moment(seconds) {
  return `${new Date(Math.min(Math.floor(seconds), LATEST_TIME) * 1000).toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** A foreign text on one line, cut short, without signs that could mislead the eye. */
export function shown(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const safe = [...text.slice(0, LONGEST_WORD)].map((sign) => (/[\p{C}\p{Zl}\p{Zp}]|[^\S ]/u.test(sign) ? "\ufffd" : sign)).join("");
  return text.length <= LONGEST_WORD ? safe : `${safe}…`;
}
