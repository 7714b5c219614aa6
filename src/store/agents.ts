// Agents: who registered last under a name. The epoch fences off every process that registered before.
import { prepared } from "./prepared.ts";
import type { Db } from "./store.ts";

export interface AgentRow {
  name: string;
  epoch: number;
  pid: number;
  host: string;
  seenAt: number;
}

/** Registers a process and returns its epoch: greater than any before it. */
export async function registerAgent(
  tx: Db,
  agent: { name: string; pid: number; host: string; version: string; at: number },
): Promise<number> {
  const known = await findAgent(tx, agent.name);
  const epoch = (known?.epoch ?? 0) + 1;
  const row = { epoch, pid: agent.pid, host: agent.host, version: agent.version, seen_at: agent.at };
  await tx
    .insertInto("agents")
    .values({ name: agent.name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
  return epoch;
}

const agentNamed = prepared<Omit<AgentRow, "seenAt"> & { seen_at: number }>(
  "select name, epoch, pid, host, seen_at from agents where name = ?",
);

export async function findAgent(db: Db, name: string): Promise<AgentRow | undefined> {
  const [row] = await agentNamed(db, name);
  return row && { name: row.name, epoch: row.epoch, pid: row.pid, host: row.host, seenAt: row.seen_at };
}
