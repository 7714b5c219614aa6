// Which files a download of a job takes: its own, and the logs of its children, each in a folder of its own.
import type { Artifact } from "../../api/artifacts.ts";
import type { Client } from "../../api/client.ts";
import type { Job } from "../../api/jobs.ts";
import type { Link } from "../connect/link.ts";
import { CommandFailed } from "../fail.ts";
import { chooseFiles, outputNames } from "./choose-files.ts";
import type { ChosenFile } from "./choose-files.ts";

export interface FilesWanted {
  outputs?: true;
  all?: true;
  outputName?: string;
  includeChildren?: boolean;
}

export interface FileOfRun extends ChosenFile {
  run: string;
}

export async function filesOfJob(job: Job, wanted: FilesWanted, link: Link): Promise<FileOfRun[]> {
  const { outputName } = wanted;
  const { dialect } = job.spec;
  const artifacts = await link.use((client) => listArtifacts(client, job.name));
  const all = wanted.outputs ?? wanted.all ?? false;
  const own = chooseFiles(artifacts, { job: job.name, dialect, all, outputName });
  if (outputName !== undefined && own.length === 0) {
    throw new CommandFailed(`${job.name} has no output named ${outputName}`, {
      hint: `It has: ${outputNames(artifacts).join(", ")}`,
    });
  }
  const files = own.map((file) => ({ ...file, run: job.name }));
  // The command line of 2021 brought them without being asked.
  const children = wanted.includeChildren ?? (dialect === "A" && outputName === undefined);
  return children ? [...files, ...(await logsOfChildren(job.name, link))] : files;
}

async function logsOfChildren(parent: string, link: Link): Promise<FileOfRun[]> {
  const files: FileOfRun[] = [];
  let before: string | undefined;
  do {
    const query = { parent, before, archived: "include" as const };
    const page = await link.use((client) => client.listJobs({ query }));
    for (const { name } of page.jobs) {
      const artifacts = await link.use((client) => listArtifacts(client, name));
      const logs = chooseFiles(artifacts, { job: name, dialect: "A", all: false });
      files.push(...logs.map((file) => ({ ...file, run: name })));
    }
    before = page.next ?? undefined;
  } while (before !== undefined);
  return files;
}

async function listArtifacts(client: Client, run: string): Promise<Artifact[]> {
  const all: Artifact[] = [];
  let after = "";
  for (;;) {
    const { artifacts, next } = await client.listArtifacts({ params: { run }, query: { after } });
    all.push(...artifacts);
    if (next === null) return all;
    after = next;
  }
}
