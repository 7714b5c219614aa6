// Which files a download of a job takes: its own, those of a sweep's best trial, and the logs of its children.
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
  const best = job.trials?.best?.run;
  const ofBest = best === undefined ? [] : await link.use((client) => listArtifacts(client, best));
  // What the best trial has is what a sweep is run for; of the same name the sweep's own file comes first.
  const files = mergeFiles([
    ...artifacts.map((artifact) => ({ artifact, run: job.name })),
    ...ofBest.map((artifact) => ({ artifact, run: best! })),
  ]).flatMap(({ artifact, run }) =>
    chooseFiles([artifact], { job: job.name, dialect, all, outputName }).map((file) => ({ ...file, run })),
  );
  if (outputName !== undefined && files.length === 0) {
    throw new CommandFailed(`${job.name} has no output named ${outputName}`, {
      hint: `It has: ${outputNames([...artifacts, ...ofBest]).join(", ")}`,
    });
  }
  // The command line of 2021 brought them without being asked.
  const children = wanted.includeChildren ?? (dialect === "A" && outputName === undefined);
  return children ? [...files, ...(await logsOfChildren(job.name, link))] : files;
}

function mergeFiles(files: { artifact: Artifact; run: string }[]): { artifact: Artifact; run: string }[] {
  const byPath = new Map<string, { artifact: Artifact; run: string }>();
  for (const file of files) if (!byPath.has(file.artifact.path)) byPath.set(file.artifact.path, file);
  return [...byPath.values()];
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
