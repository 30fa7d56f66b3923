/** Bytes, base64 and numbers, each with exactly one spelling. */
import { Unreadable } from "./errors.js";

export const HASH_BYTES = 32;
const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);

export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export function same(one, other) {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

export const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of a big-endian number of eight bytes. */
export function eightBytes(number) {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

export function toBase64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

/** The bytes of a base64 text; every spelling but the canonical one is refused. */
export function fromBase64(text, what, length) {
  if (typeof text !== "string") throw new Unreadable(`${what} is not text.`);
  let raw;
  try {
    raw = atob(text);
  } catch {
    throw new Unreadable(`${what} is not base64.`);
  }
  if (btoa(raw) !== text) throw new Unreadable(`${what} is not canonical base64.`);
  if (length !== undefined && raw.length !== length) throw new Unreadable(`${what} has ${raw.length} bytes, not ${length}.`);
  const bytes = new Uint8Array(raw.length);
  for (let at = 0; at < raw.length; at += 1) bytes[at] = raw.charCodeAt(at);
  return bytes;
}

/** A count or an index written in ASCII digits, without sign, spaces or leading zeroes, up to 2^53 - 1. */
export function toNumber(text, what) {
  if (!/^[0-9]{1,16}$/.test(text)) throw new Unreadable(`${what} is not a number.`);
  if (text !== "0" && text.startsWith("0")) throw new Unreadable(`${what} is not a number: it begins with a zero.`);
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new Unreadable(`${what} is too large.`);
  return number;
}
