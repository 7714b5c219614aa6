// Jobs of dialects A and B with any mixture of their keys, as texts in the ways that people write them.
import type { Random } from "./random.ts";

const some = <T>(random: Random, list: readonly T[]): T[] => list.filter(() => random.chance(0.5));

function sharedKeys(random: Random): string[] {
  return some(random, [
    "# a comment",
    "name: job-1 # its name",
    "experiment_name: demo",
    "description: |\n  two\n  # lines",
    "tags: {a: 1, b: two}",
    "properties:\n    p: 'x'",
    "environment_variables: {A: '1', B: $HOME}",
    "identity: {type: managed, client_id: x}",
    "$schema: https://host/x.json",
    "",
  ]);
}

export function jobOfA(random: Random): string {
  const inputs = some(random, [
    ["a", "{data: {local_path: table.csv}, mode: mount}"],
    ["b", "{data: {local_path: ./src}, mode: download}"],
    ["c-1", "\n    # where\n    data: azureml:set:3\n    mode: mount"],
    ["d", "{data: {datastore: azureml:blobs, path: x/y.csv}}"],
    ["e", "\n    data:\n      path: wasbs://c@a.host/p # blob"],
    ["f", "{data: file:nested/data.yml, mode: null}"],
    ["g", "{data: {path: 'https://host/t.csv', description: a table}, mode: mount}"],
  ] as const);
  const mentions = inputs.map(([name]) => `{inputs.${name}}`).join(" ");
  return lines(random, [
    ...sharedKeys(random).filter((line) => !line.startsWith("identity") || random.chance(0.5)),
    random.pick([
      `command: echo ${mentions} \${HOME} x`,
      `command: >-\n  echo a\n  ${mentions} '{"a": {inputs}}'`,
      `command: |\n  echo\n  # ${mentions}\n`,
      `command: "echo \\"x\\" ${mentions}" # run`,
    ]),
    ...(inputs.length > 0
      ? [`inputs:\n${inputs.map(([name, text]) => `  ${name}: ${text}`).join("\n")}`]
      : []),
    random.pick([
      "environment: azureml:env:3",
      "environment: {docker: {image: python}}",
      "environment:\n  conda_file: file:env.yml # packages\n  docker:\n    # base\n    image: 'python:3.8'",
      "environment: {conda_file: env.yml, os_type: linux}",
      "environment: file:nested/env.yml",
      "environment: {docker: {build: {dockerfile: file:Dockerfile}}}",
      "environment:\n  docker: {build: {dockerfile: file:docker/Dockerfile}}\n  conda_file: {dependencies: [numpy]}",
      "environment: {docker: {build: {dockerfile: file:docker/gpu.dockerfile}}, local_path: docker}",
      "environment:\n  docker:\n    build:\n      dockerfile: |\n        FROM python\n        RUN true\n",
      "environment:\n  conda_file: |\n    dependencies:\n      - numpy\n",
    ]),
    ...(random.chance(0.5)
      ? [random.pick(["code: {local_path: src}", "code: azureml:code:1", "code: file:nested/code.yml"])]
      : []),
    random.pick([
      "compute: {target: local}",
      "compute:\n  target: azureml:gpu\n  instance_count: 2 # nodes",
      "compute: {target: gpu, instance_type: big, instance_count: 4}",
    ]),
    ...(random.chance(0.4)
      ? [
          random.pick([
            "distribution: {type: PyTorch, process_count: 8}",
            "distribution: {type: pytorch}",
            "distributed: {type: mpi}",
            "distribution: {type: mpi, process_count_per_instance: 3}",
            "distribution: {type: tensorflow, worker_count: 2, parameter_server_count: 1}",
          ]),
        ]
      : []),
    ...some(random, ["timeout: 90", "timeout: 1.5", "output: {path: x}"]).slice(0, 2).slice(0, 1),
  ]);
}

export function jobOfB(random: Random): string {
  const inputs = some(random, [
    ["a", "{file: table.csv, mode: ro_mount}"],
    ["b", "{folder: 'https://host/f', mode: download}"],
    ["c", "\n    # which\n    dataset: azureml:set:3"],
    ["d", "{dataset: {local_path: src}, mode: rw_mount}"],
    ["e", "{data: {datastore: azureml:blobs, path: x}}"],
    ["f", "0.5"],
    ["g", "{type: uri_folder, path: src}"],
  ] as const);
  const mentions = inputs.map(([name]) => `\${{inputs.${name}}}`).join(" ");
  return lines(random, [
    ...sharedKeys(random),
    `command: >-\n  echo ${mentions}\n  x`,
    ...(inputs.length > 0
      ? [`inputs:\n${inputs.map(([name, text]) => `  ${name}: ${text}`).join("\n")}`]
      : []),
    "code: {local_path: src} # code",
    random.pick([
      "environment: python:3.8",
      "environment: azureml:e@latest",
      "environment: {image: python, conda_file: env.yml}",
      "environment: {image: python, conda_file: file:env.yml}",
      "environment:\n  build:\n    local_path: docker # recipe",
      "environment: {build: {path: docker, dockerfile_path: gpu.dockerfile}}",
    ]),
    ...some(random, [
      "outputs: {o: {mode: upload, folder: azureml://datastores/d/paths/p}, p: {file: x}, q: null}",
      "compute: azureml:gpu",
      "resources: {instance_count: 2}",
      "limits: {timeout: 60}",
      "distribution: {type: pytorch, process_count_per_instance: 2}",
      "display_name: B",
    ]),
  ]);
}

/** In any order, as people write them. */
function lines(random: Random, list: readonly string[]): string {
  const shuffled = [...list];
  for (let index = shuffled.length - 1; index > 0; index--) {
    const other = random.below(index + 1);
    [shuffled[index], shuffled[other]] = [shuffled[other]!, shuffled[index]!];
  }
  return `${shuffled.join("\n")}\n`;
}
