// Where the lines of a long file lie: how many end in each stretch of its bytes, and what follows the last whole one.

export interface LineIndex {
  readonly stretchBytes: number;
  /** How many lines end before each stretch; one more entry than there are stretches. */
  readonly endsBefore: readonly number[];
}

export function indexOf(stretchBytes: number, lineEnds: readonly number[]): LineIndex {
  const endsBefore = [0];
  for (const count of lineEnds) endsBefore.push(endsBefore.at(-1)! + count);
  return { stretchBytes, endsBefore };
}

export const withStretch = (index: LineIndex, lineEnds: number): LineIndex => ({
  ...index,
  endsBefore: [...index.endsBefore, index.endsBefore.at(-1)! + lineEnds],
});

export const wholeStretches = ({ endsBefore }: LineIndex): number => endsBefore.length - 1;

/**
 * The stretch in which line `line` begins (its begin is behind the end of the line before), and how many line ends
 * of that stretch stand before it. The number of stretches means: behind the last whole one.
 */
export function placeOf({ endsBefore }: LineIndex, line: number): { stretch: number; skip: number } {
  if (line <= 0) return { stretch: 0, skip: 0 };
  // The first stretch after which at least `line` lines have ended.
  let low = 0;
  let high = endsBefore.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (endsBefore[middle + 1]! >= line) high = middle;
    else low = middle + 1;
  }
  return { stretch: low, skip: line - endsBefore[low]! };
}

const lineEnd = 0x0a;

export function lineEndsOf(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(lineEnd); at !== -1; at = bytes.indexOf(lineEnd, at + 1)) ends.push(at);
  return ends;
}
