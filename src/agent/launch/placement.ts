// Where an attempt's nodes are once it may go: their addresses, and ports that are nobody else's.
import { createServer } from "node:net";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Attempt } from "../attempt/attempt.ts";
import { readState, writeState } from "../node/state-file.ts";
import { portsWanted } from "./ranks.ts";
import { asJobSpec } from "../../api/job-spec.ts";

const placementSchema = z.object({
  nodes: z
    .array(z.object({ name: z.string(), address: z.string(), gpus: z.array(z.int()).optional() }))
    .min(1),
  ports: z.array(z.int()),
});
export type Placement = z.infer<typeof placementSchema>;

/** The nodes that the attempt was given, each with an address of its own where the system has so many. */
export async function findPlacement(
  attempt: Attempt,
  { isNamedByNode }: { isNamedByNode: boolean },
): Promise<Placement> {
  const { folder, order, wish } = attempt;
  const known = await readState(folder.placement, placementSchema);
  if (known) return known;
  const { distribution } = asJobSpec(order.spec);
  const { count } = order.node;
  const granted = wish.get().nodes;
  const names = Array.from(
    { length: count },
    (_, index) => granted[index]?.name ?? nameOf(order.node.name, index, count),
  );
  const wanted = portsWanted(distribution, count);
  const ports = await reserve("port", portsFrom(wanted.first), wanted.count, folder.root, isFreePort);
  const addresses =
    count > 1 && process.platform === "linux"
      ? await reserve("address", loopbackAddresses(), count, folder.root)
      : names.map(() => "127.0.0.1");
  const placement: Placement = {
    nodes: names.map((name, index) => ({
      name,
      address: String(addresses[index]),
      ...(granted[index]?.gpus && { gpus: granted[index].gpus }),
    })),
    ports: ports.map(Number),
  };
  // Of a single node that nothing is named by, and that has no ports and no cards, all follows from the order again.
  const hasCards = granted.some(({ gpus = [] }) => gpus.length > 0);
  if (count > 1 || ports.length > 0 || hasCards || isNamedByNode)
    await writeState(folder.placement, placement);
  return placement;
}

const nameOf = (name: string, index: number, count: number): string =>
  count === 1 ? name : `${name}-${index}`;

function* portsFrom(first: number): Generator<string> {
  for (let port = first; port < first + 2000; port++) yield String(port);
}

/** All of 127.0.0.0/8 is this machine on Linux. */
function* loopbackAddresses(): Generator<string> {
  for (let host = 2; host < 65_000; host++) {
    const [third, fourth] = [host >> 8, host & 255];
    if (fourth !== 0 && fourth !== 255) yield `127.0.${third}.${fourth}`;
  }
}

/**
 * Several agents may share a machine (one a home folder), and a framework binds its port seconds after it was told
 * which. So each reservation is a file that is created exclusively and names the attempt's folder; it lapses when that
 * folder is gone.
 */
async function reserve(
  kind: "port" | "address",
  candidates: Iterable<string>,
  count: number,
  owner: string,
  isFree: (candidate: string) => Promise<boolean> = async () => true,
): Promise<string[]> {
  const reserved: string[] = [];
  if (count === 0) return reserved;
  const folder = join(tmpdir(), `trainyard-reserved-${userInfo().uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await dropLapsed(folder);
  for (const candidate of candidates) {
    const file = join(folder, `${kind}-${candidate}`);
    const isOurs = await writeFile(file, owner, { flag: "wx" }).then(
      () => true,
      () => false,
    );
    if (!isOurs) continue;
    if (!(await isFree(candidate))) {
      await rm(file, { force: true });
      continue;
    }
    reserved.push(candidate);
    if (reserved.length === count) return reserved;
  }
  throw new Error(`this machine has no ${count} free ${kind === "port" ? "ports" : "addresses"} left`);
}

async function dropLapsed(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = join(folder, name);
    const owner = await readFile(file, "utf8").catch(() => "");
    // Empty: being written at this moment.
    if (owner === "") continue;
    const isThere = await stat(owner).then(
      () => true,
      () => false,
    );
    if (!isThere) await rm(file, { force: true });
  }
}

function isFreePort(port: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(Number(port), () => server.close(() => resolve(true)));
  });
}
