/** Hold the times that entries bear against the times at which witnesses saw the log. */
import { NotValid } from "./errors.js";
import { moment } from "./reading.js";
import { timesOf } from "./register.js";

/**
 * When others saw which part of the log: entries before `known` had been logged by `earliest`, entries from `size` on
 * had not at `latest`. What counts is the last head in the register at the time, not the one that its proof is about.
 */
export function sightings(records, quorum) {
  const enough = Math.max(quorum, 1);
  return records.flatMap(({ head, register }) => {
    const times = timesOf(register);
    if (times.length < enough) return [];
    const size = Math.max(...records.filter((other) => other.index < register.size).map((other) => other.head.size));
    return [{ earliest: times[enough - 1], latest: times[times.length - enough], known: head.size, size }];
  });
}

/** Refuse an entry that bears a time before others had seen the log without it, or after they had seen it there. */
export function refuseFalseTimes(found, seen, toleranceSeconds) {
  const notBefore = growing(seen.map(({ size, latest }) => [size, latest]));
  const notAfter = growing(seen.map(({ known, earliest }) => [-known, -earliest])).reverse().map(([known, earliest]) => [-known, -earliest]);
  let [after, ahead, lower] = [0, 0, -Infinity];
  for (let place = 0; place < found.count; place += 1) {
    while (after < notBefore.length && notBefore[after][0] <= place) [lower, after] = [notBefore[after][1], after + 1];
    while (ahead < notAfter.length && notAfter[ahead][0] <= place) ahead += 1;
    const upper = ahead < notAfter.length ? notAfter[ahead][1] : Infinity;
    const at = found.times[place];
    if (at + toleranceSeconds < lower) throw new NotValid(`Entry ${place} is backdated: it says ${moment(at)}, but the log was seen without it on ${moment(lower)}.`);
    if (at - toleranceSeconds > upper) throw new NotValid(`Entry ${place} is dated ahead: it says ${moment(at)}, but it had been seen by ${moment(upper)}.`);
  }
}

/** Those pairs, by their first number, whose second is above all before. */
function growing(pairs) {
  const found = [];
  for (const pair of pairs.sort(([a, b], [c, d]) => a - c || b - d)) if (!found.length || pair[1] > found[found.length - 1][1]) found.push(pair);
  return found;
}
