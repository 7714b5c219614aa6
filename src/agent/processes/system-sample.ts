// One look at the machine and at a job's processes, as the kernel counts them (Linux; elsewhere nothing is sampled).
import { readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { ticksPerSecond } from "./process-table.ts";

/** Counters that only grow, in the kernel's own units. */
export interface Counters {
  atMs: number;
  busyTicks: number;
  allTicks: number;
  receivedBytes: number;
  sentBytes: number;
  /** Of the processes of each node, by its index. */
  processTicks: Map<number, number>;
}

/** Names as MLflow's client has them; megabytes are millions of bytes there. */
export type Sample = Record<string, number>;

export const megabyte = 1e6;
const pageBytes = 4096;

export interface ProcessUse {
  parent: number;
  ticks: number;
  residentBytes: number;
}

export function readProcessUse(pid: number): ProcessUse | undefined {
  const stat = read(`/proc/${pid}/stat`);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    parent: Number(fields[1]),
    ticks: Number(fields[11]) + Number(fields[12]),
    residentBytes: Number(fields[21]) * pageBytes,
  };
}

export function readCounters(atMs: number, processTicks: Map<number, number>): Counters | undefined {
  const cpu = /^cpu +(.+)$/m
    .exec(read("/proc/stat") ?? "")?.[1]
    ?.split(" ")
    .map(Number);
  if (!cpu) return undefined;
  // user, nice, system, idle, iowait, irq, softirq, steal; what guests use is in user already.
  const ticks = cpu.slice(0, 8);
  const allTicks = ticks.reduce((sum, one) => sum + one, 0);
  const busyTicks = allTicks - (ticks[3] ?? 0) - (ticks[4] ?? 0);
  const network = { received: 0, sent: 0 };
  for (const line of (read("/proc/net/dev") ?? "").split("\n").slice(2)) {
    const [name, ...values] = line.trim().split(/[:\s]+/);
    if (name === undefined || name === "" || name === "lo") continue;
    network.received += Number(values[0]);
    network.sent += Number(values[8]);
  }
  return {
    atMs,
    busyTicks,
    allTicks,
    receivedBytes: network.received,
    sentBytes: network.sent,
    processTicks,
  };
}

export async function sampleMachine(before: Counters, now: Counters, folder: string): Promise<Sample> {
  const sample: Sample = {
    cpu_utilization_percentage: percent(now.busyTicks - before.busyTicks, now.allTicks - before.allTicks),
    network_receive_megabytes: (now.receivedBytes - before.receivedBytes) / megabyte,
    network_transmit_megabytes: (now.sentBytes - before.sentBytes) / megabyte,
  };
  const memory = read("/proc/meminfo") ?? "";
  const totalKib = Number(/^MemTotal: +(\d+)/m.exec(memory)?.[1]);
  const availableKib = Number(/^MemAvailable: +(\d+)/m.exec(memory)?.[1]);
  if (totalKib > 0 && availableKib >= 0) {
    sample["system_memory_usage_megabytes"] = ((totalKib - availableKib) * 1024) / megabyte;
    sample["system_memory_usage_percentage"] = percent(totalKib - availableKib, totalKib);
  }
  const disk = await statfs(folder).catch(() => undefined);
  if (disk) {
    const used = disk.blocks - disk.bfree;
    sample["disk_usage_megabytes"] = (used * disk.bsize) / megabyte;
    sample["disk_available_megabytes"] = (disk.bavail * disk.bsize) / megabyte;
    sample["disk_usage_percentage"] = percent(used, used + disk.bavail);
  }
  return sample;
}

/** 100 is one core that does nothing else. */
export function sampleProcesses(
  before: Counters,
  now: Counters,
  node: number,
  residentBytes: number,
): Sample {
  const ticks = (now.processTicks.get(node) ?? 0) - (before.processTicks.get(node) ?? 0);
  const seconds = (now.atMs - before.atMs) / 1000;
  return {
    // Processes that have ended take their ticks along.
    process_cpu_utilization_percentage: Math.max(0, percent(ticks / ticksPerSecond, seconds)),
    process_memory_usage_megabytes: residentBytes / megabyte,
  };
}

export const percent = (part: number, whole: number): number => (whole > 0 ? (100 * part) / whole : 0);

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
