// What a run of tests came to.

export interface Tally {
  passed: number;
  failed: { name: string; detail: string }[];
  skipped: { name: string; reason: string }[];
}

export const emptyTally = (): Tally => ({ passed: 0, failed: [], skipped: [] });

export function addTally(sum: Tally, part: Tally): void {
  sum.passed += part.passed;
  sum.failed.push(...part.failed);
  sum.skipped.push(...part.skipped);
}
