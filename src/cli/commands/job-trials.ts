// `job trials`: the trials of a sweep, the best first.
import type { Client } from "../../api/client.ts";
import { parameterText } from "../../core/sweep.ts";
import type { Parameters } from "../../core/sweep.ts";
import type { AddCommand } from "../command-entry.ts";
import { connect } from "../connect/connect.ts";
import type { Context } from "../context.ts";
import { defineCommand, withCommonOptions } from "../define-command.ts";
import type { CommonOptions } from "../define-command.ts";
import type { TableColumns } from "../print/table.ts";

interface JobTrialsOptions extends CommonOptions {
  name: string;
}

export const addJobTrials: AddCommand = (parent, context) => {
  const command = defineCommand(parent, "trials", {
    summary: "List a sweep's trials, the best first",
    description:
      "Lists every trial of a sweep with its state, its parameters, its score, which is the best value of the primary metric that it has logged so far, and the value it logged last. Those without a score come last.",
    examples: [
      "trainyard job trials -n $sweep -o table",
      'trainyard job trials -n $sweep --query "[0].hyperparameters"',
      "trainyard job trials -n $sweep --query \"[?status=='failed'].name\" -o tsv",
    ],
  }).requiredOption("-n, --name <name>", "the sweep's name");
  withCommonOptions(command).action((options: JobTrialsOptions) => listTrials(options, context));
};

async function listTrials(options: JobTrialsOptions, context: Context): Promise<void> {
  const printing = import("../print/print-result.ts");
  using connection = await connect(context);
  const { client } = connection;
  const [job, trials] = await Promise.all([
    client.getJob({ params: { run: options.name } }),
    readTrials(client, options.name),
  ]);
  const isDown = job.spec.sweep?.objective.goal === "maximize";
  const rankOf = (score: number | null) =>
    score === null ? Number.POSITIVE_INFINITY : isDown ? -score : score;
  const documents = trials
    .toSorted((a, b) => compare(rankOf(a.score), rankOf(b.score)) || a.number - b.number)
    .map(({ run, number, outcome, state, score, latest, parameters }) => ({
      number,
      name: run,
      // Its own word where it has one: a job that was stopped early is Canceled, which says less.
      status: outcome ?? state,
      score,
      latest,
      hyperparameters: parameters,
    }));
  const { printResult } = await printing;
  await printResult(documents, options, context, trialColumns);
}

async function readTrials(client: Client, run: string) {
  const trials: Awaited<ReturnType<Client["listTrials"]>>["trials"] = [];
  for (let after: number | null = -1; after !== null;) {
    const page: Awaited<ReturnType<Client["listTrials"]>> = await client.listTrials({
      params: { run },
      query: { after },
    });
    trials.push(...page.trials);
    after = page.next;
  }
  return trials;
}

/** Two that are infinite are equal, which their difference does not say. */
const compare = (a: number, b: number): number => (a < b ? -1 : a > b ? 1 : 0);

const trialColumns: TableColumns = [
  { title: "Trial", of: (trial) => trial["number"] },
  { title: "Status", of: (trial) => trial["status"] },
  { title: "Score", of: (trial) => trial["score"] },
  { title: "Latest", of: (trial) => trial["latest"] },
  { title: "Parameters", of: (trial) => inWords(trial["hyperparameters"] as Parameters) },
  { title: "Name", of: (trial) => trial["name"] },
];

const inWords = (parameters: Parameters): string =>
  Object.entries(parameters)
    .map(([name, value]) => `${name}=${parameterText(value)}`)
    .join(" ");
