// Moves one run or one logged model: looks what is here of it, and sends the rest. Stopped anywhere, it can be begun anew.
import { compareModels, compareRuns } from "./compare-records.ts";
import { moveFiles } from "./move-files.ts";
import { movePoints } from "./move-points.ts";
import { addFault, originOf } from "./session.ts";
import type { Session } from "./session.ts";
import { BrokenSource } from "./source.ts";
import type { ModelEntry, RunEntry, SourceExperiment } from "./source.ts";

export interface Place {
  experiment: SourceExperiment;
  /** What the experiment is called here. */
  id: string;
}

export async function stateOfRun(session: Session, experiment: SourceExperiment, sourceId: string) {
  const origin = originOf(session.source, experiment);
  const { runs } = await session.link.use(
    (client, call) => client.importedState({ body: { runs: [{ origin, sourceId }], models: [] } }, call),
    session.signal,
  );
  return runs[0] ?? undefined;
}

export async function stateOfModel(session: Session, experiment: SourceExperiment, sourceId: string) {
  const origin = originOf(session.source, experiment);
  const { models } = await session.link.use(
    (client, call) => client.importedState({ body: { runs: [], models: [{ origin, sourceId }] } }, call),
    session.signal,
  );
  return models[0] ?? undefined;
}

export async function moveRun(entry: RunEntry, place: Place, session: Session): Promise<void> {
  const { link, signal, faults, choices, sent } = session;
  const what = `run ${entry.id}`;
  try {
    const [run, known] = await Promise.all([entry.read(), stateOfRun(session, place.experiment, entry.id)]);
    for (const fault of run.faults) addFault(faults, what, new BrokenSource(fault));
    let id = known?.id;
    const differs = known === undefined || compareRuns(run.record, known).length > 0;
    if (id === undefined || differs) {
      const body = {
        ...run.record,
        experiment: place.id,
        origin: originOf(session.source, place.experiment),
        sourceId: entry.id,
      };
      ({ id } = await link.use((client, call) => client.importRun({ body }, call), signal));
    }
    session.runIds.set(entry.id, id);
    const points = await movePoints(id, entry, known?.series ?? [], session, (fault) =>
      addFault(
        faults,
        what,
        new BrokenSource(fault, "mend or remove that line; the other points were moved"),
      ),
    );
    const files = choices.artifacts ? await moveFiles(id, run.files, known?.files ?? [], session, what) : 0;
    if (known === undefined) sent.newRuns += 1;
    else if (differs || points > 0 || files > 0) sent.changedRuns += 1;
  } catch (error) {
    if (signal.aborted) throw error;
    addFault(faults, what, error);
  } finally {
    sent.runs += 1;
    session.onProgress();
  }
}

export async function moveModel(entry: ModelEntry, place: Place, session: Session): Promise<void> {
  const { link, signal, faults, choices, sent } = session;
  const what = `logged model ${entry.id}`;
  try {
    const { record, files } = await entry.read();
    const known = await stateOfModel(session, place.experiment, entry.id);
    if (known === undefined || compareModels(record, known).length > 0) {
      const origin = originOf(session.source, place.experiment);
      const body = { ...record, experiment: place.id, origin, id: entry.id };
      await link.use((client, call) => client.importModel({ body }, call), signal);
      sent.models += 1;
    }
    if (choices.artifacts) await moveFiles(entry.id, files, known?.files ?? [], session, what);
  } catch (error) {
    if (signal.aborted) throw error;
    addFault(faults, what, error);
  }
}
