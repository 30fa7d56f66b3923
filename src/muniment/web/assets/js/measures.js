/** Sizes and times as people read them, in the language of the page. */

const LANGUAGE = document.documentElement.lang || "en";
const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"];

function number(value, unit, digits) {
  return new Intl.NumberFormat(LANGUAGE, { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits }).format(value);
}

/** `sizeOf(3_250_000)` is "3.3 MB": thousands, as file managers count. */
export function sizeOf(bytes) {
  const step = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1_000 ** step;
  return number(value, UNITS[step], step > 1 && value < 100 ? 1 : 0);
}

/** `timeOf(95)` is "2 min": rounded up, so that what is promised is kept. */
export function timeOf(seconds) {
  if (seconds < 60) return number(Math.max(1, Math.ceil(seconds)), "second", 0);
  if (seconds < 3_600) return number(Math.ceil(seconds / 60), "minute", 0);
  return number(seconds / 3_600, "hour", 1);
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
