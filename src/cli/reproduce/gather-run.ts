// Everything of a finished run that a repetition should bring about again.
import type { Link } from "../connect/link.ts";
import type { RunFacts, Series } from "./compare-runs.ts";

/** Where the agent keeps what an environment resolved to. */
export const lockPath = "system_logs/environment-lock.txt";

/** Logs tell of times and machines; a run is not expected to print the same twice. */
const isOutput = (path: string): boolean => !/^(azureml-logs|user_logs|system_logs|logs)\//.test(path);

/** What the platform measures about the machine is no result of the job. */
const isResult = (metric: string): boolean => !metric.startsWith("system/");

export async function gatherRun(run: string, link: Link): Promise<RunFacts> {
  const params = { run };
  const facts = await link.use((client) => client.getRun({ params }));
  const metrics: [string, Series][] = [];
  for (const { name, kind } of facts.metrics) {
    if (isResult(name)) metrics.push([name, await readSeries(run, name, kind, link)]);
  }
  return {
    name: run,
    state: facts.state,
    params: facts.params,
    metrics: Object.fromEntries(metrics),
    outputs: Object.fromEntries(await listOutputs(run, link)),
  };
}

async function readSeries(run: string, name: string, kind: string, link: Link): Promise<Series> {
  const values: unknown[] = [];
  const steps: (number | null)[] = [];
  for (let after = -1; ;) {
    const query = { name, after, limit: 100_000 };
    const page = await link.use((client) => client.getMetric({ params: { run }, query }));
    for (const value of page.values) values.push(value);
    for (const step of page.steps) steps.push(step);
    if (page.next === null) return { kind, values, steps };
    after = page.next;
  }
}

async function listOutputs(run: string, link: Link): Promise<[string, string][]> {
  const outputs: [string, string][] = [];
  for (let after = ""; ;) {
    const query = { after };
    const page = await link.use((client) => client.listArtifacts({ params: { run }, query }));
    for (const { path, hash } of page.artifacts)
      if (isOutput(path)) outputs.push([path, hash ?? "unfinished"]);
    if (page.next === null) return outputs;
    after = page.next;
  }
}

/** Undefined for runs whose environment was the machine's own, or of before locks were kept. */
export async function readLock(run: string, link: Link): Promise<string | undefined> {
  const params = { run };
  const { artifacts } = await link.use((client) =>
    client.listArtifacts({ params, query: { prefix: lockPath } }),
  );
  if (!artifacts.some(({ path }) => path === lockPath)) return undefined;
  return link.use(async (client) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of await client.readArtifact({ params, query: { path: lockPath } }))
      chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  });
}
