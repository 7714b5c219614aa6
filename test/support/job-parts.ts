// The processes of a job that runs on two nodes, by their part in it: for tests and benchmarks that kill one of them.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { kill } from "./home.ts";

/** What a job of two nodes with two processes each consists of. */
export const jobParts = ["user", "shell", "group", "node", "mpirun", "mpirun's shell", "daemon"] as const;
export type JobPart = (typeof jobParts)[number];

/** Its last words name the rank on which the others' fate depends. */
export const waitingCommand = "trap '' TERM; echo started; sleep 600";

interface Found {
  pid: number;
  words: string[];
  variables: Map<string, string>;
}

/** Those of these processes that belong to the job of `waitingCommand`; its agent and server do not. */
export async function findJobProcesses(pids: readonly number[]): Promise<Found[]> {
  const found = await Promise.all(
    pids.map(async (pid) => ({
      pid,
      words: await readWords(`/proc/${pid}/cmdline`),
      variables: new Map(
        (await readWords(`/proc/${pid}/environ`)).map((line) => {
          const [name = "", ...rest] = line.split("=");
          return [name, rest.join("=")];
        }),
      ),
    })),
  );
  return found.filter(({ variables }) => variables.has("TRAINYARD_NONCE"));
}

export const isUserProcess = ({ words }: Found): boolean => words[0] === "sleep" && words[1] === "600";

/** Kills this part of the job, of rank 2 on the second node where there are several. */
export async function killPart(part: JobPart, pids: readonly number[]): Promise<void> {
  const processes = await findJobProcesses(pids);
  const ofRank = processes.filter(({ variables }) => variables.get("AZUREML_PROCESS_NAME") === "rank_2");
  const shellOf = (name: string) =>
    processes.filter(({ words }) => words[0] === "/bin/sh" && words.some((word) => basename(word) === name));
  const victims = (): number[] => {
    switch (part) {
      case "user":
        return ofRank.filter(isUserProcess).map(({ pid }) => pid);
      case "shell":
        return shellOf("rank_2").map(({ pid }) => pid);
      case "group":
        return shellOf("rank_2").map(({ pid }) => -pid);
      case "node":
        return processes.filter(isOnSecondNode).map(({ pid }) => pid);
      case "mpirun":
        return processes.filter(({ words }) => basename(words[0] ?? "") === "mpirun").map(({ pid }) => pid);
      case "mpirun's shell":
        return shellOf("mpirun").map(({ pid }) => pid);
      case "daemon":
        return processes
          .filter((one) => basename(one.words[0] ?? "") === "orted" && isOnSecondNode(one))
          .map(({ pid }) => pid);
    }
  };
  const pidsOfVictims = victims();
  if (pidsOfVictims.length === 0) throw new Error(`the job has no ${part}`);
  for (const pid of pidsOfVictims) kill(pid);
}

/** A daemon of mpirun's knows the second variable, and has the first from mpirun. */
const isOnSecondNode = ({ variables }: { variables: ReadonlyMap<string, string> }): boolean =>
  (variables.get("TRAINYARD_NODE_INDEX") ?? variables.get("AZUREML_CR_NODE_RANK")) === "1";

const readWords = async (path: string): Promise<string[]> =>
  (await readFile(path, "utf8").catch(() => "")).split("\0").filter((word) => word !== "");
