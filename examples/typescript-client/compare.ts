// Submits a small job with three learning rates, follows them, and prints the best: node compare.ts
import { asWireSpec, connectToServer } from "trainyard";
import type { JobSpec } from "trainyard";

using connection = await connectToServer();
const { client } = connection;

const script =
  "print('lr', $LR); from azureml.core import Run; Run.get_context().log('loss', ($LR - 0.1) ** 2)";
const specOf = (rate: number): JobSpec => {
  const source = `python -c "${script.replaceAll("$LR", String(rate))}"`;
  return {
    kind: "command",
    dialect: "C",
    experimentName: "learning-rates",
    tags: { rate: String(rate) },
    properties: {},
    command: { source, parts: [{ text: source }] },
    inputs: {},
    outputs: {},
    environment: { userManaged: { interpreter: "python3" } },
    environmentVariables: {},
    compute: { target: "local", instanceCount: 1 },
  };
};

const jobs = await Promise.all(
  [0.01, 0.1, 1].map((rate) => client.createJob({ body: { spec: asWireSpec(specOf(rate)) } })),
);
const losses: { rate: string; loss: number }[] = [];
for (const { name } of jobs) {
  // The stream of a job's events goes on until it is left.
  for await (const chunk of await client.watchEvents({ query: { run: name } })) {
    if (/"state":"(Completed|Failed|Canceled)"/.test(Buffer.from(chunk).toString())) break;
  }
  const run = await client.getRun({ params: { run: name } });
  const loss = run.metrics.find((metric) => metric.name === "loss")?.last;
  losses.push({ rate: run.tags["rate"] ?? "", loss: Number(loss ?? Number.NaN) });
}
losses.sort((a, b) => a.loss - b.loss);
console.log(`best: lr ${losses[0]?.rate} with a loss of ${losses[0]?.loss.toFixed(4)}`);
