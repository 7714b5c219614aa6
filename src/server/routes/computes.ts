// Computes: named targets on an engine.
import type { ComputeBody } from "../../api/computes.ts";
import type { Compute } from "../../core/compute.ts";
import { localCompute } from "../../core/compute.ts";
import { finalStates } from "../../core/job.ts";
import { describeSize, whatIsMissing } from "../../core/machine.ts";
import { Refused } from "../../core/refused.ts";
import { lastAttempts } from "../../store/attempts.ts";
import type { Attempt } from "../../store/attempts.ts";
import { deleteCompute, findCompute, listComputes, listNodes, saveCompute } from "../../store/computes.ts";
import { recordEvent } from "../../store/events.ts";
import { jobsOnTarget } from "../../store/jobs.ts";
import { waitingAttempts } from "../../store/queue.ts";
import type { Db } from "../../store/store.ts";
import type { SomeHandlers } from "../http/app.ts";
import { refuseWhileUsed } from "../jobs/refuse-while-used.ts";
import type { ServerContext } from "../context.ts";
import { topics } from "../nudges.ts";

/** As the 2021 command line's defaults. */
const defaults = {
  type: "amlcompute",
  size: "",
  tier: "dedicated",
  minInstances: 0,
  maxInstances: 4,
  idleSecondsBeforeScaleDown: 1800,
  description: "",
  tags: {},
} as const;

export function computeRoutes(
  context: ServerContext,
): SomeHandlers<
  "createCompute" | "listComputes" | "getCompute" | "updateCompute" | "deleteCompute" | "listSizes"
> {
  const { store, clock, nudges } = context;

  const save = async (compute: Compute) => {
    if (compute.minInstances > compute.maxInstances) {
      throw new Refused(
        "invalid",
        `min_instances is ${compute.minInstances} and max_instances ${compute.maxInstances}`,
        "the least number of nodes cannot be above the largest",
      );
    }
    await store.write(async (tx) => {
      await saveCompute(tx, compute);
      await recordEvent(tx, clock.now(), null, {
        kind: "compute.changed",
        compute: compute.name,
        state: "Succeeded",
      });
    });
    nudges.nudge(topics.events);
    context.nudgeControl();
    return describeCompute(context, compute);
  };

  return {
    async createCompute({ params, body }) {
      const known = await findCompute(store.db, params.compute);
      if (known?.type === "local") {
        throw new Refused(
          "conflict",
          `${localCompute} is this machine and exists already`,
          "change it with compute update",
        );
      }
      const createdAt = known?.createdAt ?? clock.now();
      return save({ ...defaults, ...known, ...given(body), name: params.compute, createdAt });
    },

    async listComputes() {
      const computes: ComputeBody[] = [];
      for (const compute of await listComputes(store.db))
        computes.push(await describeCompute(context, compute));
      return { computes };
    },

    getCompute: async ({ params }) => describeCompute(context, await computeNamed(store.db, params.compute)),

    async listSizes() {
      const fault = await context.sizes.fault();
      if (fault !== undefined) throw new Refused("invalid", fault, "mend it, or move it away");
      const has = await context.machine();
      const table = [...(await context.sizes.table()).values()];
      return {
        file: context.sizes.file,
        sizes: table.map((size) => ({ ...size, missing: whatIsMissing(size, has) ?? null })),
      };
    },

    async updateCompute({ params, body }) {
      const known = await computeNamed(store.db, params.compute);
      return save({ ...known, ...given(body) });
    },

    async deleteCompute({ params }) {
      const known = await computeNamed(store.db, params.compute);
      if (known.type === "local")
        throw new Refused("wrong-state", `${localCompute} is this machine; it cannot be deleted`);
      refuseWhileUsed(known.name, await jobsOnTarget(store.db, known.name, finalStates));
      await store.write(async (tx) => {
        await deleteCompute(tx, known.name);
        await recordEvent(tx, clock.now(), null, {
          kind: "compute.changed",
          compute: known.name,
          state: "Deleted",
        });
      });
      nudges.nudge(topics.events);
      return { deleted: true };
    },
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Only the settings that were sent, so that the others stay as they are. */
const given = <T extends object>(body: T): Given<T> =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Given<T>;

async function describeCompute(context: ServerContext, compute: Compute): Promise<ComputeBody> {
  const { db } = context.store;
  const nodes = await listNodes(db, compute.name);
  const attempts = await lastAttempts(
    db,
    nodes.flatMap((node) => node.run ?? []),
  );
  const waiting = await waitingAttempts(db, compute.name);
  return {
    ...compute,
    sizeMeans: await explainSize(context, compute.size),
    nodes: nodes.map((node) => ({
      name: node.name,
      state: node.run === null ? "idle" : stateOfBusy(attempts.get(node.run)),
      run: node.run,
      since: node.since,
      gpus: node.gpus,
    })),
    waiting: waiting.map((attempt, index) => ({
      run: attempt.run,
      position: index + 1,
      reason: attempt.reason,
    })),
  };
}

async function explainSize({ sizes, machine }: ServerContext, name: string): Promise<string> {
  if (name === "") return "";
  const size = (await sizes.table()).get(name.toLowerCase());
  if (!size)
    return `unknown here: a node counts as one core; trainyard compute list-sizes shows the known ones`;
  const missing = whatIsMissing(size, await machine());
  if (missing === undefined) return describeSize(size);
  // As at submit: a well-known size is taken for as much of it as there is.
  const so = size.isOwn ? "jobs here are refused" : "a node has as much of it as there is";
  return `${describeSize(size)}; this machine has not got ${missing}: ${so}`;
}

function stateOfBusy(attempt: Attempt | undefined): ComputeBody["nodes"][number]["state"] {
  if (attempt?.stop === "preempted") return "preempted";
  if (attempt?.stop !== undefined && attempt.stop !== null) return "leaving";
  return attempt?.phase === "Running" || attempt?.phase === "Finalizing" ? "running" : "preparing";
}

async function computeNamed(db: Db, name: string): Promise<Compute> {
  const compute = await findCompute(db, name);
  if (compute) return compute;
  throw new Refused(
    "not-found",
    `there is no compute named ${name}`,
    "trainyard compute list shows those there are",
  );
}
