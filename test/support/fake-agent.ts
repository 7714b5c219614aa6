// An agent in the test's process: it speaks the agents' part of the contract, and does no work.
import type { Order } from "../../src/api/agents.ts";
import type { Client } from "../../src/api/client.ts";
import type { AttemptPhase, EndReason } from "../../src/core/job.ts";
import { Refused } from "../../src/core/refused.ts";
import type { TestServer } from "./test-server.ts";

export interface FakeAgent {
  readonly client: Client;
  readonly epoch: number;
  /** Waits for orders that satisfy the question, and answers the first that does. */
  orderWhere(isWanted: (order: Order) => boolean): Promise<Order>;
  /** The order of the run's attempt, with its work. */
  orderFor(run: string): Promise<Order>;
  /** The orders as they stand, without waiting. */
  orders(): Promise<Order[]>;
  report(attempt: string, phase: AttemptPhase, reason?: string): Promise<boolean>;
  end(attempt: string, reason: EndReason, changes?: Partial<AttemptEndBody>): Promise<void>;
}

interface AttemptEndBody {
  exitCode: number | null;
  message: string | null;
  traceback: string | null;
  at: number;
}

export async function startFakeAgent(
  server: TestServer,
  clientOf: (server: TestServer) => Client = (one) => one.clientWith(one.tokens.forAgent("local")),
): Promise<FakeAgent> {
  const agent = "local";
  const client = clientOf(server);
  const { epoch } = await client.registerAgent({
    params: { agent },
    body: { pid: process.pid, host: "test", version: "0" },
  });
  const poll = (version: string, waitSeconds: number) =>
    client.pollOrders({ params: { agent }, body: { epoch, version, known: [], waitSeconds } });

  const orderWhere = async (isWanted: (order: Order) => boolean) => {
    let version = "";
    for (let turn = 0; turn < 100; turn++) {
      const answer = await poll(version, 10);
      const found = answer.orders.find(isWanted);
      if (found) return found;
      version = answer.version;
    }
    throw new Refused("not-found", "no such order came after a hundred changes");
  };

  return {
    client,
    epoch,
    orderWhere,
    orderFor: (run) => orderWhere((order) => order.work?.run === run),
    orders: async () => (await poll("", 0)).orders,
    async report(attempt, phase, reason = `now ${phase}`) {
      const body = { epoch, phase, reason, at: Date.now() };
      return (await client.reportAttempt({ params: { attempt }, body })).accepted;
    },
    async end(attempt, reason, changes = {}) {
      const exitCode = reason === "succeeded" ? 0 : null;
      const body = { epoch, reason, exitCode, message: null, traceback: null, at: Date.now(), ...changes };
      await client.endAttempt({ params: { attempt }, body });
    },
  };
}
