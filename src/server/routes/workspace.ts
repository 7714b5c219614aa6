// The workspace and the server itself.
import { curatedEnvironmentNames } from "../../core/curated-environments.ts";
import { describeApi } from "../../api/openapi.ts";
import { openAttempts } from "../../store/attempts.ts";
import { lastSeq } from "../../store/events.ts";
import { describeWorkspace, listExperiments, readWorkspace } from "../../store/experiments.ts";
import { countRunsByState } from "../../store/runs.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { version } from "../version.ts";

export function workspaceRoutes(
  context: ServerContext,
): SomeHandlers<
  | "health"
  | "metricsPage"
  | "openApiDocument"
  | "getWorkspace"
  | "updateWorkspace"
  | "listExperiments"
  | "shutdown"
> {
  const { store } = context;
  const show = async () => {
    const { id: _, ...workspace } = await readWorkspace(store.db);
    return {
      ...workspace,
      location: "local",
      version,
      url: context.url(),
      trackingUri: context.url(),
      curatedEnvironments: [...curatedEnvironmentNames],
    };
  };
  return {
    health: async () => ({ status: "ok" as const, version }),

    getWorkspace: show,

    async updateWorkspace({ body }) {
      await store.write((tx) => describeWorkspace(tx, body));
      return show();
    },

    listExperiments: async () => ({ experiments: await listExperiments(store.db) }),

    openApiDocument: async () => describeApi(version),

    async metricsPage() {
      const body = await prometheusText(context);
      return { body: once(body) };
    },

    async shutdown() {
      const running = await openAttempts(store.db);
      context.shutDown();
      return { stopping: true as const, runningJobs: running.length };
    },
  };
}

async function* once(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function prometheusText({ store }: ServerContext): Promise<string> {
  const states = await countRunsByState(store.db);
  const { rss, heapUsed } = process.memoryUsage();
  const lines = [
    "# HELP trainyard_runs Runs by state.",
    "# TYPE trainyard_runs gauge",
    ...states.map(({ state, runs }) => `trainyard_runs{state="${state}"} ${runs}`),
    "# HELP trainyard_events_total Events written so far.",
    "# TYPE trainyard_events_total counter",
    `trainyard_events_total ${await lastSeq(store.db)}`,
    "# HELP process_resident_memory_bytes Resident memory.",
    "# TYPE process_resident_memory_bytes gauge",
    `process_resident_memory_bytes ${rss}`,
    "# HELP nodejs_heap_used_bytes Heap in use.",
    "# TYPE nodejs_heap_used_bytes gauge",
    `nodejs_heap_used_bytes ${heapUsed}`,
    "# HELP process_uptime_seconds Seconds since the server started.",
    "# TYPE process_uptime_seconds gauge",
    `process_uptime_seconds ${process.uptime().toFixed(3)}`,
  ];
  return `${lines.join("\n")}\n`;
}
