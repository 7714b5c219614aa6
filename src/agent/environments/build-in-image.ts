// An environment on top of an image: built by the image's own conda or Python, in a container, into a folder of the
// node that is mounted where the job runs. So it is kept, shared and explained like those that the machine builds itself.
import { randomUUID } from "node:crypto";
import { lstatSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Environment } from "../../core/job-spec.ts";
import type { Clock } from "../../lib/clock.ts";
import { containerVariables, userOf } from "../containers/container-variables.ts";
import type { HostVariables } from "../containers/engine-address.ts";
import type { ContainerEngine } from "../containers/engine.ts";
import type { Image } from "../containers/images.ts";
import { runToEnd } from "../containers/run-container.ts";
import { hashEnvironment, obtainEnvironment } from "./environment-cache.ts";
import type { BuildSite, BuiltEnvironment } from "./environment-cache.ts";
import { EnvironmentFailed } from "./environment-failed.ts";
import { explainFailure } from "./explain-failure.ts";
import type { ImageFacts } from "./image-facts.ts";
import { planForConda, planForPip } from "./install-plan.ts";
import { maskSecrets } from "./mask-secrets.ts";
import { acceptsPython } from "./python-request.ts";

export interface BuildInImage {
  engine: ContainerEngine;
  image: Image;
  /** As people know it. */
  name: string;
  facts: ImageFacts;
  cacheFolder: string;
  /** Called before an environment is looked for: from then on it stays while the attempt needs it. */
  hold: (hash: string) => Promise<void>;
  hostVariables: HostVariables;
  labels: Readonly<Record<string, string>>;
  clock: Clock;
  buildLog: (text: string) => void;
  signal: AbortSignal;
}

interface Plan {
  builder: string;
  python: string;
  file: { name: string; text: string };
  notes: string[];
  warnings: string[];
  script: string;
}

/** $1 is the folder to make, $2 the file that says what goes into it. */
const pipScript = (python: string) => `set -e
"${python}" -m venv "$1"
"$1/bin/python" -m pip install --no-input --progress-bar off -r "$2"`;
const condaScript = (tool: string) =>
  `"${tool}" ${basename(tool) === "micromamba" ? "create --yes" : "env create"} --prefix "$1" --file "$2" || exit`;
/** Each line of it goes to no log. */
const closing = `echo "trainyard-says version $("$1/bin/python" -c 'import sys; print("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null)"
"$1/bin/python" -m pip --disable-pip-version-check list --format=freeze 2>/dev/null | while read -r line; do echo "trainyard-says package $line"; done
exit 0`;

export async function obtainInImage(environment: Environment, build: BuildInImage) {
  const plan = planBuild(environment, build);
  const hash = hashEnvironment({
    format: 1,
    image: build.image.id,
    builder: plan.builder,
    file: plan.file.text,
  });
  await build.hold(hash);
  const obtained = await obtainEnvironment(hash, (site) => buildThere(plan, site, build), build);
  return { ...obtained, warnings: plan.warnings, isConda: plan.file.name === "environment.yml" };
}

function planBuild(environment: Environment, { facts, name }: BuildInImage): Plan {
  const { mamba, micromamba, conda, python = facts.programs["python3"] } = facts.programs;
  const tool = mamba ?? micromamba ?? conda;
  if (tool !== undefined && (environment.conda !== undefined || python === undefined)) {
    const { file, ...plan } = planForConda(environment);
    const text = JSON.stringify(file, null, 2);
    return {
      ...plan,
      builder: basename(tool),
      file: { name: "environment.yml", text },
      script: condaScript(tool),
    };
  }
  if (python === undefined) {
    throw new EnvironmentFailed({
      reason: `the image ${name} has neither conda nor Python to build the environment with`,
      hint: "Choose an image that has one of them (such as python:3.12-slim), or leave the packages out.",
    });
  }
  const plan = planForPip(environment);
  const text = [...plan.options, ...plan.requirements, ""].join("\n");
  const version = facts.pythonVersion ?? "";
  const warnings = [...plan.warnings];
  if (!acceptsPython(plan.python, version))
    warnings.push(
      `the environment asks for Python ${plan.python.replace(/^==/, "")}; the image ${name} has ${version} and no conda, so it was built with that`,
    );
  return {
    ...plan,
    warnings,
    builder: "pip",
    file: { name: "requirements.txt", text },
    script: pipScript(python),
  };
}

async function buildThere(plan: Plan, site: BuildSite, build: BuildInImage): Promise<BuiltEnvironment> {
  const { engine, image, signal, clock } = build;
  const file = join(site.workFolder, plan.file.name);
  const home = `${site.folder}.home`;
  await mkdir(home, { recursive: true });
  await writeFile(file, plan.file.text, { mode: 0o600 });
  for (const note of [...plan.notes, ...plan.warnings]) site.log(note);
  site.log(`in a container of ${build.name}, with ${plan.builder}:`);
  const { variables, files } = containerVariables(build.hostVariables, engine);
  const lines: string[] = [];
  const facts: ImageFacts = { programs: {}, packages: [] };
  const take = (line: string) => {
    const [, kind, value] = /^trainyard-says (version|package) (.*)$/.exec(line) ?? [];
    if (kind === "version" && value !== "") facts.pythonVersion = value;
    else if (kind === "package") facts.packages.push(value!);
    else if (line.trim() !== "") {
      lines.push(line);
      site.log(line);
    }
  };
  const splitter = createLineSplitter((line) => take(maskSecrets(line)));
  try {
    const code = await runToEnd(engine, {
      name: `trainyard-build-${randomUUID()}`,
      body: {
        Image: image.id,
        Entrypoint: ["/bin/sh", "-c", `${plan.script}\n${closing}`, "trainyard", site.folder, file],
        Cmd: [],
        User: userOf(engine),
        WorkingDir: site.workFolder,
        Labels: build.labels,
        Env: Object.entries({
          ...variables,
          HOME: home,
          PYTHONUNBUFFERED: "1",
          PIP_DISABLE_PIP_VERSION_CHECK: "1",
          CONDA_ALWAYS_YES: "true",
          NO_COLOR: "1",
        }).map(([name, value]) => `${name}=${value}`),
        HostConfig: {
          NetworkMode: engine.sharesKernel ? "host" : "bridge",
          Binds: [`${site.workFolder}:${site.workFolder}`, ...files.map((path) => `${path}:${path}:ro`)],
          ...(engine.remapsUsers && { UsernsMode: "host" }),
        },
      },
      take: (bytes) => splitter.take(bytes),
      clock,
      signal,
    });
    splitter.end();
    if (code !== 0) {
      const known = {
        builder: plan.builder,
        pythonVersion: build.facts.pythonVersion,
        pythonRequest: plan.python,
      };
      throw explainFailure(lines.slice(-400), known);
    }
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
  const hasPython = lstatSync(join(site.folder, "bin", "python"), { throwIfNoEntry: false }) !== undefined;
  return {
    folder: site.folder,
    // Its path is one inside the container, where nobody here can look.
    python: undefined,
    pythonVersion: hasPython ? facts.pythonVersion : undefined,
    builder: plan.builder,
    packages: facts.packages,
    warnings: [],
  };
}

/** Pieces of bytes as whole lines, of each only what a progress bar wrote last. */
function createLineSplitter(take: (line: string) => void) {
  const decoder = new TextDecoder();
  let rest = "";
  const give = (line: string) => take(line.replace(/\r$/, "").split("\r").at(-1) ?? "");
  return {
    take(bytes: Uint8Array) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) give(line);
    },
    end() {
      if (rest !== "") give(rest);
    },
  };
}
