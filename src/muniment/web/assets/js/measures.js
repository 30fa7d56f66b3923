/** Sizes and times as people read them, in the language of the page. */

const LANGUAGE = document.documentElement.lang || "en";
const UNITS = ["B", "KB", "MB", "GB", "TB"];

function number(value, digits, form = {}) {
  return new Intl.NumberFormat(LANGUAGE, { ...form, maximumFractionDigits: digits }).format(value);
}

function duration(value, unit, digits = 0) {
  return number(value, digits, { style: "unit", unit, unitDisplay: "short" });
}

/** `sizeOf(3_250_000)` is "3.3 MB": thousands, and written as the server writes them. */
export function sizeOf(bytes) {
  let value = bytes;
  let step = 0;
  for (; value >= 1_000 && step < UNITS.length - 1; step += 1) value /= 1_000;
  return `${number(value, step > 1 && value < 100 ? 1 : 0)} ${UNITS[step]}`;
}

/** `timeOf(95)` is "2 min": rounded up, so that what is promised is kept. */
export function timeOf(seconds) {
  if (seconds < 60) return duration(Math.max(1, Math.ceil(seconds)), "second");
  if (seconds < 3_600) return duration(Math.ceil(seconds / 60), "minute");
  return duration(seconds / 3_600, "hour", 1);
}

/** Put values in the gaps of a sentence: `fill("{sent} of {total}", { sent, total })`. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);
}

/** A speed that forgets: the weight of a measurement halves every five seconds. */
export class Speed {
  #bytesPerSecond = 0;
  #last;

  /** Tell how many bytes have arrived in all by now. */
  measure(bytes, now = performance.now()) {
    if (this.#last && now - this.#last.now < 250) return;
    if (this.#last && bytes >= this.#last.bytes) {
      const seconds = (now - this.#last.now) / 1_000;
      const keep = 0.5 ** (seconds / 5);
      const current = (bytes - this.#last.bytes) / seconds;
      this.#bytesPerSecond = this.#bytesPerSecond ? this.#bytesPerSecond * keep + current * (1 - keep) : current;
    }
    this.#last = { bytes, now };
  }

  /** Seconds for `bytes` more at this speed, or undefined while nothing is known. */
  secondsFor(bytes) {
    return this.#bytesPerSecond > 0 ? bytes / this.#bytesPerSecond : undefined;
  }

  forget() {
    this.#bytesPerSecond = 0;
    this.#last = undefined;
  }
}
