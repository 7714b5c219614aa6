// Sends the points of a run's metrics that are not here yet, many metrics in one request.
import { digestPoints, sortPoints } from "../../api/digest-points.ts";
import type { PointColumns } from "../../api/digest-points.ts";
import { toWireNumber } from "../../core/metric.ts";
import type { RunEntry } from "./source.ts";
import type { Session } from "./session.ts";

/** The server stores a request in one transaction, which others wait for. */
const pointsAtOnce = 20_000;

export interface StoredSeries {
  name: string;
  count: number;
  hash: string;
}

/** How many were sent. */
export async function movePoints(
  run: string,
  entry: RunEntry,
  stored: readonly StoredSeries[],
  session: Session,
  onFault: (fault: string) => void,
): Promise<number> {
  const { link, signal } = session;
  const known = new Map(stored.map((series) => [series.name, series]));
  let waiting: { name: string; points: PointColumns }[] = [];
  let count = 0;
  let sent = 0;
  const flush = async () => {
    if (count === 0) return;
    const series = waiting.map(({ name, points: { at, steps, values } }) => ({
      name,
      at,
      steps,
      values: values.map(toWireNumber),
    }));
    await link.use(
      (client, call) => client.importPoints({ params: { run }, body: { series } }, call),
      signal,
    );
    sent += count;
    session.sent.points += count;
    waiting = [];
    count = 0;
    session.onProgress();
  };

  for await (const { name, points } of entry.points(onFault)) {
    const sorted = sortPoints(points);
    for (let from = firstToSend(sorted, known.get(name)); from < sorted.at.length;) {
      const upTo = Math.min(sorted.at.length, from + pointsAtOnce - count);
      waiting.push({ name, points: slice(sorted, from, upTo) });
      count += upTo - from;
      from = upTo;
      if (count >= pointsAtOnce) await flush();
    }
  }
  await flush();
  return sent;
}

/** A series that only grew goes on where it ended; one that differs otherwise is sent whole, and the server sorts out. */
function firstToSend(points: PointColumns, stored: StoredSeries | undefined): number {
  if (!stored || stored.count > points.at.length) return 0;
  return digestPoints(points, stored.count) === stored.hash ? stored.count : 0;
}

const slice = ({ at, steps, values }: PointColumns, from: number, to: number): PointColumns => ({
  at: at.slice(from, to),
  steps: steps.slice(from, to),
  values: values.slice(from, to),
});
