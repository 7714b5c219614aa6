// Takes away containers that nobody waits for any more: of one attempt, or of all whose attempts are gone.
import { stat } from "node:fs/promises";
import { hostname, userInfo } from "node:os";
import type { ContainerEngine } from "./engine.ts";
import { labelNames } from "./labels.ts";
import { listContainers, removeContainer } from "./run-container.ts";

/** Returns how many there were. */
export async function removeContainersOf(engine: ContainerEngine, attempt: string): Promise<number> {
  const found = await listContainers(engine, [`${labelNames.attempt}=${attempt}`]);
  await Promise.all(found.map(({ id }) => removeContainer(engine, id)));
  return found.length;
}

/**
 * An attempt's folder goes when the attempt is over, so a container whose folder is gone belongs to nobody. Only those
 * that this user started on this machine are judged: of others' folders nobody here can say whether they are there.
 */
export async function sweepContainers(engine: ContainerEngine): Promise<number> {
  const ours = await listContainers(engine, [
    `${labelNames.host}=${hostname()}`,
    `${labelNames.user}=${userInfo().uid}`,
  ]);
  let count = 0;
  for (const { id, labels } of ours) {
    const folder = labels[labelNames.folder];
    if (folder === undefined || !(await isGone(folder))) continue;
    await removeContainer(engine, id);
    count += 1;
  }
  return count;
}

const isGone = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => false,
    (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT",
  );
