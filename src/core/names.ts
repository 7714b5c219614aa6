// Which names are legal, and which known name an unknown one was meant to be.

/** A job's name is its run's id: 1–256 letters, digits, `_`, `-` or `.`, starting with a letter, digit or `_`. */
export const isJobName = (name: string): boolean => /^[A-Za-z0-9_][\w.-]{0,255}$/.test(name);

/** 1–255 characters of which none is a slash or a control character. */
export const isExperimentName = (name: string): boolean =>
  /^[^/\\\p{Cc}]{1,255}$/u.test(name) && name.trim() === name;

/** 2–32 letters, digits and hyphens, starting with a letter. (The original stops at 16.) */
export const isComputeName = (name: string): boolean => /^[A-Za-z][A-Za-z0-9-]{1,31}$/.test(name);

/** The distance takes time in the product of two lengths, and nobody misspells a name of this length. */
const longestSlip = 300;

/** The known name closest to `name`, when one is close enough to be a slip of the hand. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let best: { name: string; distance: number } | undefined;
  const limit = Math.max(1, Math.floor(name.length / 3));
  if (name.length > longestSlip) return undefined;
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > limit) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (!best || distance < best.distance) best = { name: candidate, distance };
  }
  return best && best.distance <= limit ? best.name : undefined;
}

/** Damerau's distance restricted to adjacent swaps (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const next = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(last[column]! + 1, next[column - 1]! + 1, last[column - 1]! + cost);
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        distance = Math.min(distance, before[column - 2]! + 1);
      }
      next.push(distance);
    }
    before = last;
    last = next;
  }
  return last[b.length]!;
}
