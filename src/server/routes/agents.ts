// What agents ask and tell.
import { asWireSpec } from "../../api/job-spec.ts";
import type { Order, WorkOrder } from "../../api/agents.ts";
import type { RecordPiece } from "../../api/runs.ts";
import { attemptPhases, isFinal } from "../../core/job.ts";
import type { AttemptPhase } from "../../core/job.ts";
import { Refused } from "../../core/refused.ts";
import { findAgent, registerAgent } from "../../store/agents.ts";
import { advanceAttempt, endAttempt, findAttempt, openAttempts } from "../../store/attempts.ts";
import type { Attempt } from "../../store/attempts.ts";
import { workspaceName } from "../../store/experiments.ts";
import { addNote, explainJob, findJob, moveJob } from "../../store/jobs.ts";
import { setLabels } from "../../store/labels.ts";
import { advanceStream, storeRecords } from "../../store/records.ts";
import type { Db } from "../../store/store.ts";
import type { SomeHandlers } from "../http/app.ts";
import type { ServerContext } from "../context.ts";
import { asWholeFile, writeFiles } from "../files/write-files.ts";
import { topics } from "../nudges.ts";
import { parseRecords } from "../jobs/parse-records.ts";
import { runNamed } from "./runs.ts";

const jobTokenLifeMs = 30 * 24 * 3600 * 1000;

export function agentRoutes(
  context: ServerContext,
): SomeHandlers<"registerAgent" | "pollOrders" | "reportAttempt" | "endAttempt"> {
  const { store, clock, nudges } = context;

  return {
    async registerAgent({ params, body }) {
      const epoch = await store.write((tx) =>
        registerAgent(tx, { name: params.agent, ...body, at: clock.now() }),
      );
      context.log.info("agent registered", { agent: params.agent, pid: body.pid, epoch });
      // Whoever still waits for orders under this name learns at once that it is superseded.
      nudges.nudge(topics.orders(params.agent));
      return { epoch };
    },

    async pollOrders({ params, body }, { signal }) {
      const deadline = clock.elapsed() + body.waitSeconds * 1000;
      await checkEpoch(context, params.agent, body.epoch);
      nudges.nudge(topics.heard(params.agent));
      for (;;) {
        await checkEpoch(context, params.agent, body.epoch);
        const count = nudges.count(topics.orders(params.agent));
        const attempts = await openAttempts(store.db, params.agent);
        const orders = attempts.map(orderOf);
        const version = JSON.stringify(orders);
        const left = deadline - clock.elapsed();
        const exit = context.ending.aborted && attempts.length === 0;
        if (version !== body.version || left <= 0 || signal.aborted) {
          return { version, orders: await withWork(context, attempts, orders, body.known), exit };
        }
        await nudges.wait(topics.orders(params.agent), count, left, signal);
      }
    },

    async reportAttempt({ params, body }) {
      const attempt = await attemptNamed(context, params.attempt, body.epoch);
      if (attempt.endedAt !== null) return { accepted: false };
      const reports = [...body.earlier, body];
      const accepted = await store.write((tx) => takeReports(tx, attempt, reports, clock.now()));
      nudges.nudge(topics.events);
      // Nothing else follows from the other phases.
      if (reports.some(({ phase }) => phase === "Queued")) context.nudgeControl();
      return { accepted };
    },

    async endAttempt({ params, body }) {
      const attempt = await attemptNamed(context, params.attempt, body.epoch);
      const { epoch: _, reports, records, files, ...end } = body;
      if (attempt.endedAt === null) {
        const written = await writeFiles(context, attempt.run, files.map(asWholeFile));
        await store.write(async (tx) => {
          // Told twice at once, it counts once.
          if (!(await endAttempt(tx, attempt.id, end))) return;
          const at = clock.now();
          await takeReports(tx, attempt, reports, at);
          await takeRecords(tx, attempt.run, records, at);
          await written.store(tx, at);
        });
        await written.settle();
        nudges.nudge(topics.events);
      }
      context.nudgeControl();
      return { accepted: true };
    },
  };
}

async function takeRecords(tx: Db, id: string, pieces: readonly RecordPiece[], at: number): Promise<void> {
  if (pieces.length === 0) return;
  const run = await runNamed(tx, id);
  for (const { stream, offset, lines } of pieces) {
    await advanceStream(tx, id, stream, { offset, sizeBytes: Buffer.byteLength(lines) });
    await storeRecords(tx, run, parseRecords(lines).records, at);
  }
}

interface Report {
  phase: AttemptPhase;
  reason: string;
  at: number;
  notes: { level: "info" | "warning"; message: string }[];
  properties: Record<string, string>;
}

/** False when none of them is news. */
async function takeReports(
  tx: Db,
  attempt: Attempt,
  reports: readonly Report[],
  at: number,
): Promise<boolean> {
  let known = attemptPhases.indexOf(attempt.phase);
  let isNews = false;
  for (const report of reports) {
    const told = attemptPhases.indexOf(report.phase);
    if (told >= known) await takePhase(tx, attempt, report, told > known ? at : undefined);
    for (const note of report.notes) await addNote(tx, attempt.run, note, report.at);
    await setLabels(tx, attempt.run, "property", report.properties);
    isNews ||= told >= known;
    known = Math.max(known, told);
  }
  return isNews;
}

/** `advancedAt` is given when the phase is a new one. */
async function takePhase(
  tx: Db,
  attempt: Attempt,
  { phase: to, reason, at }: Report,
  advancedAt: number | undefined,
): Promise<void> {
  // Queued is told once prepared; the first Preparing only brings its reason.
  if (advancedAt !== undefined) await advanceAttempt(tx, attempt.id, to, advancedAt);
  const move = { to, reason, attempt: attempt.number, at };
  // While it waits the planner says why, and knows better; while it prepares only the agent knows.
  if (to === "Preparing") await explainJob(tx, attempt.run, move);
  else if (advancedAt !== undefined) await moveJob(tx, attempt.run, move);
}

async function checkEpoch({ store }: ServerContext, agent: string, epoch: number): Promise<void> {
  const known = await findAgent(store.db, agent);
  if (known?.epoch === epoch) return;
  throw new Refused(
    "superseded",
    `agent ${agent} of epoch ${epoch} is not the present one`,
    "exit; the newer one goes on",
    {
      epoch: known?.epoch ?? 0,
    },
  );
}

async function attemptNamed(context: ServerContext, id: string, epoch: number): Promise<Attempt> {
  const attempt = await findAttempt(context.store.db, id);
  if (!attempt) throw new Refused("not-found", `there is no attempt ${id}`, "drop it");
  await checkEpoch(context, attempt.agent, epoch);
  return attempt;
}

const orderOf = (attempt: Attempt): Order => ({
  attempt: attempt.id,
  go: attempt.go,
  stop: attempt.stop,
  queueReason: attempt.queueReason,
  ...(attempt.nodes.length > 0 && { nodes: attempt.nodes }),
});

async function withWork(
  context: ServerContext,
  attempts: readonly Attempt[],
  orders: readonly Order[],
  known: readonly string[],
): Promise<Order[]> {
  const filled: Order[] = [];
  for (const [index, attempt] of attempts.entries()) {
    const order = orders[index]!;
    const work = known.includes(attempt.id) ? undefined : await workOrderFor(context, attempt);
    filled.push(work ? { ...order, work } : order);
  }
  return filled;
}

async function workOrderFor(context: ServerContext, attempt: Attempt): Promise<WorkOrder | undefined> {
  const { store, tokens, clock } = context;
  const job = await findJob(store.db, attempt.run);
  if (!job || isFinal(job.state)) return undefined;
  return {
    attempt: attempt.id,
    attemptNumber: attempt.number,
    run: attempt.run,
    experiment: { id: job.experimentId, name: job.experimentName },
    workspace: await workspaceName(store.db),
    prepared: attempt.preparedAt !== null,
    node: { name: attempt.node ?? job.target, index: 0, count: job.spec.compute.instanceCount },
    spec: asWireSpec(job.spec),
    jobToken: tokens.forJob(attempt.id),
    jobTokenExpiresAt: clock.now() + jobTokenLifeMs,
  };
}
