// Reads both sides again and says of each run whether they are the same: records, every point, every file's bytes.
import { createHash } from "node:crypto";
import { digestPoints, sortPoints } from "../../api/digest-points.ts";
import { compareModels, compareRuns } from "./compare-records.ts";
import type { StoredFile } from "./move-files.ts";
import type { StoredSeries } from "./move-points.ts";
import { stateOfModel, stateOfRun } from "./move-run.ts";
import type { Session } from "./session.ts";
import type { FilesPlace, ModelEntry, RunEntry, SourceExperiment } from "./source.ts";

export interface CheckedThing {
  kind: "run" | "model";
  id: string;
  /** What it is called here. */
  hereId: string | null;
  name: string;
  params: number;
  tags: number;
  metrics: number;
  points: number;
  files: number;
  bytes: number;
  differences: string[];
}

const nothing = { hereId: null, name: "", params: 0, tags: 0, metrics: 0, points: 0, files: 0, bytes: 0 };

/** Blobs that were read back and found whole; many runs may have the same. */
export type ReadBack = Map<string, Promise<boolean>>;

export async function checkRun(
  entry: RunEntry,
  experiment: SourceExperiment,
  session: Session,
  readBack: ReadBack,
): Promise<CheckedThing> {
  const checked: CheckedThing = { ...nothing, kind: "run", id: entry.id, differences: [] };
  try {
    const { record, files } = await entry.read();
    checked.name = record.name;
    checked.params = record.params.length;
    checked.tags = record.tags.length;
    const here = await stateOfRun(session, experiment, entry.id);
    if (!here) return { ...checked, differences: ["it is not here"] };
    checked.hereId = here.id;
    checked.differences.push(
      ...compareRuns(record, here),
      ...(await comparePoints(entry, here.series, checked)),
    );
    if (session.choices.artifacts) {
      checked.differences.push(...(await compareFiles(files, here.files, checked, session, readBack)));
    }
  } catch (error) {
    if (session.signal.aborted) throw error;
    checked.differences.push(`it could not be compared: ${(error as Error).message}`);
  }
  return checked;
}

export async function checkModel(
  entry: ModelEntry,
  experiment: SourceExperiment,
  session: Session,
  readBack: ReadBack,
): Promise<CheckedThing> {
  const checked: CheckedThing = { ...nothing, kind: "model", id: entry.id, differences: [] };
  try {
    const { record, files } = await entry.read();
    checked.name = record.name;
    checked.params = record.params.length;
    checked.tags = record.tags.length;
    checked.metrics = new Set(record.metrics.map(({ name }) => name)).size;
    const here = await stateOfModel(session, experiment, entry.id);
    if (!here) return { ...checked, differences: ["it is not here"] };
    checked.hereId = entry.id;
    checked.differences.push(...compareModels(record, here));
    if (session.choices.artifacts) {
      checked.differences.push(...(await compareFiles(files, here.files, checked, session, readBack)));
    }
  } catch (error) {
    if (session.signal.aborted) throw error;
    checked.differences.push(`it could not be compared: ${(error as Error).message}`);
  }
  return checked;
}

async function comparePoints(
  entry: RunEntry,
  stored: readonly StoredSeries[],
  checked: CheckedThing,
): Promise<string[]> {
  const known = new Map(stored.map((series) => [series.name, series]));
  const differences: string[] = [];
  for await (const { name, points } of entry.points(() => {})) {
    const sorted = sortPoints(points);
    checked.metrics += 1;
    checked.points += sorted.at.length;
    const here = known.get(name);
    if (here?.count !== sorted.at.length) {
      differences.push(`metric ${name}: ${here?.count ?? 0} of ${sorted.at.length} points`);
    } else if (here.hash !== digestPoints(sorted)) differences.push(`metric ${name}: other points`);
  }
  return differences;
}

async function compareFiles(
  place: FilesPlace,
  stored: readonly StoredFile[],
  checked: CheckedThing,
  session: Session,
  readBack: ReadBack,
): Promise<string[]> {
  const known = new Map(stored.map((file) => [file.path, file]));
  const differences: string[] = [];
  for (const file of await session.source.listFiles(place)) {
    checked.files += 1;
    checked.bytes += file.sizeBytes;
    const here = known.get(file.path);
    if (!here) differences.push(`file ${file.path}: not here`);
    else if (here.sizeBytes !== file.sizeBytes) {
      differences.push(`file ${file.path}: ${here.sizeBytes} bytes, and ${file.sizeBytes} there`);
    } else if ((await session.hashes.of(file, session.signal)).hash !== here.hash) {
      differences.push(`file ${file.path}: other bytes`);
    } else if (!(await isWhole(here.hash, session, readBack))) {
      differences.push(`file ${file.path}: its bytes are damaged here`);
    }
    session.onProgress();
  }
  return differences;
}

/** The bytes themselves, read from the server, not what it says about them. */
function isWhole(hash: string, { link, signal }: Session, readBack: ReadBack): Promise<boolean> {
  const known = readBack.get(hash);
  if (known) return known;
  const reading = (async () => {
    const read = createHash("sha256");
    try {
      const body = await link.use((client, call) => client.getBlob({ params: { hash } }, call), signal);
      for await (const bytes of body) read.update(bytes);
    } catch (error) {
      if (signal.aborted) throw error;
      return false;
    }
    return read.digest("hex") === hash;
  })();
  readBack.set(hash, reading);
  return reading;
}
