/**
 * SHA-256 without waiting. The browser's own digest answers later and costs more for each call than the hash itself: a
 * log of a million entries takes twelve million blocks. `selfTest` holds this one against the browser's before it is used.
 *
 * Source: FIPS 180-4, section 6.2.
 */
const PRIMES = [];
for (let number = 2; PRIMES.length < 64; number += 1) if (PRIMES.every((prime) => number % prime)) PRIMES.push(number);

/** The first 32 bits of the fraction of a root, by whole numbers: floating point has too few digits. */
function fractionOfRoot(number, degree) {
  const target = BigInt(number) << BigInt(32 * degree);
  let [low, high] = [0n, 1n << 40n];
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(degree) <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

const K = new Int32Array(PRIMES.map((prime) => fractionOfRoot(prime, 3)));
const START = new Int32Array(PRIMES.slice(0, 8).map((prime) => fractionOfRoot(prime, 2)));
const W = new Int32Array(64);
const STATE = new Int32Array(8);
let padded = new Uint8Array(4096);

function block(bytes, at) {
  for (let i = 0; i < 16; i += 1) {
    const j = at + i * 4;
    W[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
  }
  for (let i = 16; i < 64; i += 1) {
    const x = W[i - 15];
    const y = W[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
  }
  let a = STATE[0];
  let b = STATE[1];
  let c = STATE[2];
  let d = STATE[3];
  let e = STATE[4];
  let f = STATE[5];
  let g = STATE[6];
  let h = STATE[7];
  for (let i = 0; i < 64; i += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  STATE[0] += a;
  STATE[1] += b;
  STATE[2] += c;
  STATE[3] += d;
  STATE[4] += e;
  STATE[5] += f;
  STATE[6] += g;
  STATE[7] += h;
}

/** The 32 bytes of the hash of some bytes, given in parts. */
export function sha256(...parts) {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = Math.ceil((length + 9) / 64) * 64;
  if (padded.length < whole) padded = new Uint8Array(whole * 2);
  let at = 0;
  for (const part of parts) {
    padded.set(part, at);
    at += part.length;
  }
  padded[length] = 0x80;
  padded.fill(0, length + 1, whole);
  const view = new DataView(padded.buffer);
  view.setUint32(whole - 8, Math.floor(length / 0x20000000));
  view.setUint32(whole - 4, (length << 3) >>> 0);
  STATE.set(START);
  for (let start = 0; start < whole; start += 64) block(padded, start);
  const hash = new Uint8Array(32);
  const words = new DataView(hash.buffer);
  for (let i = 0; i < 8; i += 1) words.setInt32(i * 4, STATE[i]);
  return hash;
}

/** Whether this hash is the browser's, for random bytes of every length that pads differently. */
export async function selfTest() {
  for (let length = 0; length < 200; length += 1) {
    const bytes = crypto.getRandomValues(new Uint8Array(length));
    const theirs = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    if (!sha256(bytes).every((byte, at) => byte === theirs[at])) return false;
  }
  return true;
}
