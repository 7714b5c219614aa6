// What a benchmark is: comparisons with a named peer, measured in turns in the same run, with a target each.

export interface Comparison {
  what: string;
  unit: "ms" | "s" | "ns" | "KB" | "MB" | "per second" | "per minute" | "times" | "%";
  ours: number[];
  peer?: { name: string; samples: number[] };
  target?: Target;
}

/** `most` and `least` are about our median; the others about it and the peer's. All that are given have to hold. */
export interface Target {
  most?: number;
  least?: number;
  mostRatio?: number;
  /** Ours less the peer's, in the unit of both. */
  mostAbovePeer?: number;
  leastRatio?: number;
}

export interface Benchmark {
  name: string;
  /** What is measured, and how, in a sentence or two. */
  about: string;
  /** `rounds` where fewer, or more, than usual were asked for; benchmarks of one round take no notice. */
  run(rounds?: number): Promise<Comparison[]>;
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A B A B …, so that both see the same machine. */
export async function alternate(
  rounds: number,
  ours: (round: number) => Promise<number>,
  peer: (round: number) => Promise<number>,
): Promise<{ ours: number[]; peer: number[] }> {
  const samples = { ours: [] as number[], peer: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    samples.peer.push(await peer(round));
    samples.ours.push(await ours(round));
  }
  return samples;
}

export async function timed(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await act();
  return performance.now() - began;
}

export const ratioOf = ({ ours, peer }: Comparison): number | undefined =>
  peer && median(ours) / median(peer.samples);

export function isMet(comparison: Comparison): boolean | undefined {
  const { target, ours } = comparison;
  if (!target) return undefined;
  const ratio = ratioOf(comparison) ?? Number.NaN;
  const { most, least, mostRatio, mostAbovePeer, leastRatio } = target;
  const abovePeer = comparison.peer ? median(ours) - median(comparison.peer.samples) : Number.NaN;
  return (
    (most === undefined || median(ours) <= most) &&
    (least === undefined || median(ours) >= least) &&
    (mostRatio === undefined || ratio <= mostRatio) &&
    (mostAbovePeer === undefined || abovePeer <= mostAbovePeer) &&
    (leastRatio === undefined || ratio >= leastRatio)
  );
}
