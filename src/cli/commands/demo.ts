// `demo`, which is also `npm start`: train the bundled example, show what came of it, and leave the server up.
import { fileURLToPath } from "node:url";
import type { Client } from "../../api/client.ts";
import type { AddCommand } from "../command-entry.ts";
import { pageOfRun } from "../open-page.ts";
import { connect } from "../connect/connect.ts";
import { ensureServer } from "../connect/start-server.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import { failWithJob, streamJob } from "../follow/stream-job.ts";
import { formatBytes } from "../progress.ts";
import { submitJob } from "../submit/submit-job.ts";

interface DemoOptions extends CommonOptions {
  once?: true;
}

export const addDemo: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "demo", {
    summary: "Train the bundled example and show what came of it",
    description:
      "Starts the server when it is not running, trains the bundled iris example, prints its metrics and outputs, and stays until Ctrl-C, which stops the server it started.",
    examples: ["trainyard demo", "trainyard demo --once"],
  }).option("--once", "end after the training instead of staying");
  withCommonOptions(command).action((options: DemoOptions) => demo(options, context));
};

async function demo(options: DemoOptions, context: Context): Promise<void> {
  const { config, clock, io } = context;
  const signal = context.interrupted();
  const started =
    config.url.value === undefined
      ? await ensureServer({ home: config.home.value, clock, attached: true })
      : undefined;
  try {
    const connecting = connect(context);
    const file = fileURLToPath(new URL("../../../examples/iris/job.yml", import.meta.url));
    io.note("$ trainyard job create -f examples/iris/job.yml --stream");
    const job = await submitJob({ file }, connecting, context);
    using connection = await connecting;
    const end = await streamJob(job, connection, {}, context);
    if (end.interrupted) return;
    await io.write(await summaryOf(job.name, connection.client));
    failWithJob(end);
    if (options.once) return;
    const studio = await connection.client.createStudioLink({ body: { path: pageOfRun(job.name) } });
    await io.write(
      `\nTrainyard is at ${connection.url}\nSee the run in Studio (once, within two minutes): ${studio.url}\n`,
    );
    io.note(
      started?.fresh ? "Ctrl-C stops it." : "It was running already and goes on. Ctrl-C ends this command.",
    );
    while (!signal.aborted) await clock.sleep(3_600_000, signal);
  } finally {
    if (started?.fresh) {
      const { stopServer } = await import("../connect/stop-server.ts");
      await stopServer(context);
      io.note("\nThe server is stopped; everything is kept in " + config.home.value);
    }
  }
}

async function summaryOf(run: string, client: Client): Promise<string> {
  const params = { run };
  const [{ metrics }, { artifacts }] = await Promise.all([
    client.getRun({ params }),
    client.listArtifacts({ params }),
  ]);
  const shown = metrics.map(({ name, last, count }) => [
    name,
    typeof last === "number" ? String(Number(last.toPrecision(5))) : (last ?? `${count} logged`),
  ]);
  const outputs = artifacts
    .filter(({ path }) => !/^(azureml-logs|user_logs|system_logs|logs)\//.test(path))
    .map(({ path, sizeBytes }) => [path, formatBytes(sizeBytes)]);
  return `\nFinal metrics\n${columns(shown)}\nOutputs\n${columns(outputs)}\nFetch them: trainyard job download -n ${run} --outputs\n`;
}

function columns(rows: readonly (string | undefined)[][]): string {
  const width = Math.max(0, ...rows.map(([first = ""]) => first.length));
  return rows.map(([first = "", second = ""]) => `  ${first.padEnd(width)}  ${second}\n`).join("");
}
