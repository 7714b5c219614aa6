// From an attempt's container plan and the processes of one node to what the engine is asked to create.
import { join } from "node:path";
import type { Attempt } from "../attempt/attempt.ts";
import type { ContainerPlan } from "../attempt/container-plan.ts";
import type { ContainerBody } from "../containers/run-container.ts";
import { nonceVariable } from "../processes/process-table.ts";
import { containerWrapperScript } from "../processes/wrapper.ts";
import type { PlannedProcess } from "./plan-processes.ts";

/** A node's name is made of what container names may have, and more. */
export const containerName = (attempt: string, node: string): string =>
  `trainyard-${attempt}-${node.replaceAll(/[^\w.-]/g, "_")}`;

/** `plans`: at least one, all of the same node. */
export function containerBody(
  { folder, nonce }: Pick<Attempt, "folder" | "nonce">,
  plan: ContainerPlan,
  plans: readonly PlannedProcess[],
): ContainerBody {
  const [first] = plans;
  if (!first) throw new Error("a container without processes has nothing to do");
  const common = { ...first.variables, [nonceVariable]: nonce };
  const wrapped = (one: PlannedProcess) => [
    containerWrapperScript,
    "trainyard",
    join(folder.processes, one.name),
    one.command,
    join(folder.logs, one.logFile),
  ];
  return {
    Image: plan.image,
    // The image's own entrypoint is passed over, as the original passes it over.
    Entrypoint:
      plans.length === 1
        ? ["/bin/sh", "-c", ...wrapped(first)]
        : ["/bin/sh", "-c", nodeScript(plans, common, wrapped)],
    Cmd: [],
    Env: Object.entries(common).map(([name, value]) => `${name}=${value}`),
    User: plan.user,
    WorkingDir: first.cwd,
    Labels: plan.labels,
    ...(plan.hostname !== undefined && { Hostname: plan.hostname }),
    HostConfig: plan.hostConfig,
  };
}

/** A shell that catches a signal goes on, and what it starts does not inherit that. */
const catching = "trap : HUP INT QUIT TERM USR1 USR2";

/** Starts a wrapper for each process and waits until the last of them has written down its end. */
function nodeScript(
  plans: readonly PlannedProcess[],
  common: Readonly<Record<string, string>>,
  wrapped: (one: PlannedProcess) => string[],
): string {
  const lines = plans.map((one) => {
    const own = Object.entries(one.variables).filter(([name, value]) => common[name] !== value);
    const exports = own.map(([name, value]) => `export ${name}=${quote(value)}; `).join("");
    const file = quote(wrapped(one)[2]!);
    // The wrapper itself may be killed: somebody has to write down the end of it all the same.
    const record = `code=$?; while read -r word _; do [ "$word" != exit ] || code=; done < ${file}; [ -z "$code" ] || echo "exit $code" >> ${file}`;
    return `( ${catching}; ${exports}cd ${quote(one.cwd)} && /bin/sh -c ${wrapped(one).map(quote).join(" ")}; ${record} ) &`;
  });
  // A signal that is caught ends a wait before its time.
  return [catching, ...lines, "until wait; do :; done"].join("\n");
}

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
