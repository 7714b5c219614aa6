// From what was prepared and where the nodes are to the processes that the agent starts.
import { asJobSpec } from "../../api/job-spec.ts";
import type { Attempt } from "../attempt/attempt.ts";
import { nodeFolders } from "../attempt/attempt-folder.ts";
import { readNodeFacts } from "../node/node-facts.ts";
import type { Prepared } from "../attempt/prepared.ts";
import { driverLogOf, mpirunLog } from "../attempt/log-names.ts";
import { mpirunSession, writeMpiScripts } from "./mpi-scripts.ts";
import type { Placement } from "./placement.ts";
import { nodeVariables, planRanks } from "./ranks.ts";

export interface PlannedProcess {
  /** `main`, `rank_0`, `worker_0`, or `mpirun`. */
  name: string;
  /** Of its node. */
  node: string;
  /** For `bash -c`. */
  command: string;
  cwd: string;
  /** Below the attempt's logs folder. */
  logFile: string;
  variables: Record<string, string>;
  /** It is ended when all others have ended. */
  isService: boolean;
  /** The user's processes that it starts by itself. */
  members: { name: string; node: string; logFile: string }[];
}

/** The same again after a restart of the agent. */
export async function planProcesses(
  attempt: Attempt,
  prepared: Prepared,
  { nodes, ports }: Placement,
): Promise<PlannedProcess[]> {
  const { folder } = attempt;
  const spec = asJobSpec(attempt.order.spec);
  const facts = { nodes, ports, gpuCount: readNodeFacts().gpuCount };
  const folders = nodeFolders(folder, nodes.length);
  const { ranks, mpirun } = planRanks(spec.distribution, facts);
  /** What the user has set himself stays. */
  const variablesOf = (node: number, own: Record<string, string>, processName: string) => {
    const told = { ...nodeVariables(facts, node), ...own, AZUREML_PROCESS_NAME: processName };
    const free = Object.entries(told).filter(([name]) => !Object.hasOwn(spec.environmentVariables, name));
    return { ...prepared.nodes[node]!.variables, ...Object.fromEntries(free) };
  };

  if (mpirun) {
    const command = await writeMpiScripts(folder, {
      program: prepared.mpirun ?? "mpirun",
      processesPerNode: mpirun.processesPerNode,
      processCount: ranks.length,
      nodes: nodes.map((_, node) => ({
        cwd: folders[node]!.work,
        command: prepared.nodes[node]!.command,
        variables: variablesOf(node, {}, "mpirun"),
      })),
    });
    const members = ranks.map(({ name, node }) => ({
      name,
      node: nodes[node]!.name,
      logFile: driverLogOf(name, ranks.length),
    }));
    return [
      {
        name: "mpirun",
        node: nodes[0]!.name,
        command,
        cwd: folders[0]!.work,
        logFile: mpirunLog,
        variables: { ...variablesOf(0, {}, "mpirun"), TMPDIR: mpirunSession(folder) },
        isService: false,
        members,
      },
    ];
  }
  return ranks.map(({ name, node, variables, isService = false }) => ({
    name,
    node: nodes[node]!.name,
    command: prepared.nodes[node]!.command,
    cwd: folders[node]!.work,
    logFile: driverLogOf(name, ranks.length),
    variables: variablesOf(node, variables, name),
    isService,
    members: [],
  }));
}
