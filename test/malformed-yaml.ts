// Job files that nobody can run, each wrong in its own way: at least two hundred, for whoever reads such files.
import { mkdir, open, writeFile } from "node:fs/promises";
import path from "node:path";

/** A whole and right job, as lines, so that one line at a time can be spoiled. */
const goodJob = `command: python fit.py --table {inputs.table}
code:
  local_path: src
inputs:
  table:
    data:
      path: https://host.example/table.csv
    mode: mount
environment:
  docker:
    image: python:3.8
environment_variables:
  EPOCHS: "3"
compute:
  target: local
  instance_count: 2
distribution:
  type: pytorch
  process_count: 4
tags:
  team: vision
experiment_name: demo
timeout: 60
`;

const goodJobC = `type: command
command: python fit.py --table \${{inputs.table}}
code: src
inputs:
  table:
    type: uri_file
    path: https://host.example/table.csv
    mode: ro_mount
  rate: 0.1
outputs:
  model:
    mode: upload
environment:
  image: python:3.8
compute: local
resources:
  instance_count: 2
  shm_size: 2g
distribution:
  type: mpi
  process_count_per_instance: 2
limits:
  timeout: 60
`;

type Content = string | Uint8Array;

/** Writes the files into `folder`, with what they refer to, and answers their paths. */
export async function malformedFiles(folder: string): Promise<string[]> {
  await mkdir(path.join(folder, "src"), { recursive: true });
  await mkdir(path.join(folder, "a-directory.yml"), { recursive: true });
  for (const [name, content] of Object.entries(companions)) await writeFile(path.join(folder, name), content);
  const files: string[] = [];
  for (const [index, content] of allContents().entries()) {
    const file = path.join(folder, `job-${String(index + 1).padStart(3, "0")}.yml`);
    await writeFile(file, content);
    files.push(file);
  }
  const large = path.join(folder, "job-of-50-MiB.yml");
  await writeLarge(large, 50 * 1024 * 1024);
  return [...files, large, path.join(folder, "a-directory.yml"), path.join(folder, "missing.yml")];
}

/** The good jobs themselves, so that a test can see that only the spoiling makes the files bad. */
export const wholeJobs: readonly string[] = [goodJob, goodJobC];

/** Files that `file:` leads to. */
const companions: Record<string, Content> = {
  "circle-a.yml": "file:circle-b.yml\n",
  "circle-b.yml": "file:circle-a.yml\n",
  "circle-self.yml": "docker: file:circle-self.yml\n",
  "broken.yml": "docker: [\n",
  "binary.yml": Uint8Array.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]),
  "unknown-key.yml": "dokcer: {image: python}\n",
  "list.yml": "- a\n- b\n",
  "bad-conda.yml": "dependencies: python\n",
};

function allContents(): Content[] {
  return [
    ...[goodJob, goodJobC].flatMap((job) => [...wrongValues(job), ...unknownKeys(job)]),
    ...missingKeys(),
    ...badReferences(),
    ...badCommands(),
    ...mixedDialects(),
    ...otherJobs(),
    ...brokenSyntax(),
    ...tooMuch(),
    ...notText(),
  ];
}

/** Each `key: value` line once with a list and once with a mapping in place of its text. */
function wrongValues(job: string): string[] {
  return spoilLines(job, /^(\s*)([\w]+): \S.*$/, (indent, key) => [
    `${indent}${key}: [1, [2]]`,
    `${indent}${key}: {a: {b: 1}}`,
  ]);
}

/** Each key once with two letters swapped and a stranger behind it. */
function unknownKeys(job: string): string[] {
  return spoilLines(
    job,
    /^(\s*)(command|code|environment|compute|local_path|docker|image|target|type|mode|limits|timeout|resources|instance_count): ?(.*)$/,
    (indent, key, rest) => [
      `${indent}${key}_x: ${rest}`,
      `${indent}${key}: ${rest}\n${indent}${key}: ${rest}`,
    ],
  );
}

function spoilLines(job: string, pattern: RegExp, spoil: (...groups: string[]) => string[]): string[] {
  const lines = job.split("\n");
  return lines.flatMap((line, index) => {
    const match = pattern.exec(line);
    if (!match) return [];
    return spoil(...match.slice(1)).map((text) => lines.with(index, text).join("\n"));
  });
}

const minimal = (change: Record<string, string>): string =>
  Object.entries({
    command: "echo hi",
    environment: "{docker: {image: python}}",
    compute: "{target: local}",
    ...change,
  })
    .map(([key, value]) => `${key}: ${value}\n`)
    .join("");

const missingKeys = (): string[] => [
  "",
  "# only a comment\n",
  "---\n",
  "~\n",
  "{}\n",
  "[]\n",
  "hello\n",
  "42\n",
  "command: echo hi\n",
  "environment: azureml:a:1\n",
  ...["command", "environment", "compute"].flatMap((key) => [
    minimal({ [key]: "" }),
    minimal({ [key]: "null" }),
    minimal({ [key]: '""' }),
    minimal({ [key]: "3" }),
  ]),
  minimal({ compute: "{}" }),
  minimal({ environment: "{}" }),
  minimal({ environment: "{docker: {}}" }),
  minimal({ environment: "{docker: {build: {}}}" }),
  minimal({ environment: "{docker: {image: a, build: {dockerfile: FROM a}}}" }),
  minimal({ inputs: "{x: {mode: mount}}" }),
  minimal({ inputs: "{x: {data: {}}}" }),
  minimal({ inputs: "{x: }" }),
  minimal({ code: "{}" }),
  minimal({ distribution: "{process_count: 2}" }),
];

const badReferences = (): string[] => [
  ...[
    "azureml:",
    "azureml:a",
    "azureml:a:",
    "azureml::1",
    // A backspace, to YAML: names of models may hold anything else.
    "azureml:a\\b:1",
    "azureml:a@latest",
    "azureml:/subscriptions/x",
    "azureml://nothing",
  ].flatMap((reference) => [
    minimal({ environment: `"${reference}"` }),
    minimal({ inputs: `{x: {data: "${reference}"}}` }),
    minimal({ code: `"${reference}"` }),
  ]),
  ...[
    "circle-a.yml",
    "circle-self.yml",
    "broken.yml",
    "binary.yml",
    "unknown-key.yml",
    "list.yml",
    "absent.yml",
    "",
    ".",
    "src",
    "/dev/null",
  ].map((file) => minimal({ environment: `"file:${file}"` })),
  ...["circle-a.yml", "list.yml", "bad-conda.yml", "absent.yml", "binary.yml"].map((file) =>
    minimal({ environment: `{docker: {image: a}, conda_file: "file:${file}"}` }),
  ),
  minimal({ environment: "{docker: {build: {dockerfile: file:absent}}}" }),
  minimal({ environment: "{docker: {build: {dockerfile: file:src}}}" }),
  minimal({ environment: "{docker: {build: {dockerfile: Dockerfile}}}" }),
  minimal({ environment: '{docker: {image: a}, conda_file: "dependencies: [\\n"}' }),
  minimal({ code: "{local_path: absent}" }),
  minimal({ code: '{local_path: ""}' }),
  minimal({ code: "{local_path: src, path: https://a.example}" }),
  minimal({ inputs: "{x: {data: {local_path: absent}}}" }),
  minimal({ inputs: "{x: {data: {path: table.csv}}}" }),
  minimal({ inputs: "{x: {data: table.csv}}" }),
  minimal({ inputs: '{"a b": {data: "azureml:a:1"}}' }),
  minimal({ inputs: "{__proto__: {data: 'azureml:a:1'}}" }),
  ...['""', '"a b"', "azureml:", "a/b", "x", '"$(touch x)"'].map((target) =>
    minimal({ compute: `{target: ${target}}` }),
  ),
  ...["0", "-1", "1.5", '"2"', "1e9", "many", "true", ".nan"].map((count) =>
    minimal({ compute: `{target: local, instance_count: ${count}}` }),
  ),
  ...["0", "-3", ".inf", "soon", "[60]"].map((timeout) => minimal({ timeout })),
  ...["a/b", '" a"', '""', "[a]", "3"].map((name) => minimal({ experiment_name: name })),
  ...["a b", "-a", ".a", "ü", "a/../b", "3"].map((name) => minimal({ name })),
  ...["[a]", "{a: [b]}", "{a: {b: c}}", "{a: }", "tag"].map((tags) => minimal({ tags })),
  ...['{"A=B": c}', '{"": c}', "{A: [1]}"].map((variables) => minimal({ environment_variables: variables })),
  minimal({ distribution: "{type: nccl}" }),
  minimal({
    distribution: "{type: pytorch, process_count: 1}",
    compute: "{target: local, instance_count: 2}",
  }),
  minimal({ distribution: "{type: tensorflow, parameter_server_count: 3}" }),
  minimal({ identity: "{type: root}" }),
  minimal({ output: "{datastore: a}" }),
];

const badCommands = (): string[] => [
  minimal({ command: '"echo {inputs.x}"' }),
  minimal({ command: '"echo {search_space.lr}"' }),
  minimal({ command: '"echo {inputs.constructor}"', inputs: "{x: {data: 'azureml:a:1'}}" }),
  minimal({ command: '" \\n "' }),
  minimal({ command: '"echo \\0"' }),
  "command: echo ${{inputs.x}}\nenvironment: python\n",
  "command: echo ${{outputs.x}}\nenvironment: python\n",
  "command: echo ${{parent.inputs.x}}\nenvironment: python\n",
  "command: echo ${{inputs.x}}\nenvironment: python\ninputs: {x: {type: string, optional: true}}\n",
];

const mixedDialects = (): string[] => [
  minimal({ command: "echo ${{inputs.x}}", inputs: "{x: 1}" }),
  minimal({ resources: "{instance_count: 2}" }),
  minimal({ limits: "{timeout: 3}" }),
  minimal({ type: "command" }),
  minimal({ compute: "azureml:cpu" }),
  minimal({ code: "src" }),
  "type: command_job\ncommand: echo\nenvironment: {image: python}\ncompute: {target: local}\n",
  "type: command\ncommand: echo\nenvironment: {image: a, build: {path: src}}\n",
  "type: command\ncommand: echo\nenvironment: {build: {path: src}}\n",
  "type: command\ncommand: echo\nenvironment: python 3.8\n",
  "type: command\ncommand: echo\nenvironment: python\ncode: https://host.example/a.git\n",
  "type: command\ncommand: echo\nenvironment: python\ninputs: {x: {type: uri_file, path: src}}\n",
  "type: command\ncommand: echo\nenvironment: python\ninputs: {x: {type: integer, default: 1.5}}\n",
  "type: command\ncommand: echo\nenvironment: python\noutputs: {x: {version: 1}}\n",
  "type: command\ncommand: echo\nenvironment: python\ndistribution: {type: ray}\n",
  "type: command\ncommand: echo\nenvironment: python\nresources: {shm_size: lots}\n",
];

const otherJobs = (): string[] => [
  ...["sweep_job", "sweep", "pipeline", "comand_job", "3", "[command]", "automl"].map((type) =>
    minimal({ type }),
  ),
  minimal({ $schema: "https://azuremlschemas.azureedge.net/latest/commandComponent.schema.json" }),
  minimal({ search_space: "{lr: {type: choice, values: [1]}}" }),
];

const brokenSyntax = (): string[] => [
  "command: [echo\n",
  "command: {echo\n",
  'command: "echo\n',
  "command: 'echo\n",
  "command: echo\n\tcode: x\n",
  "compute:\n\ttarget: local\n",
  "command: a: b\n",
  "command: *nothing\n",
  "command: &a echo\nenvironment: *b\n",
  "a: &a\n  b: *a\n",
  "command: !shell echo\n",
  "command: !!python/object/apply:os.system [id]\n",
  "command: !!binary aGk=\n",
  "? [a, b]\n: c\n",
  "? {a: b}\n: c\n",
  "~: c\n",
  "<<: 3\n",
  "<<: [1, 2]\n",
  "command: echo\n---\ncommand: echo\n",
  "--- a\n...\n--- b\n",
  "%TAG ! tag:x,2000:\n%BAD\n--- !a b\n",
  "command: |\necho\n",
  "command: @echo\n",
  "command: `echo`\n",
  "- command: echo\n",
  "command echo\nenvironment python\n",
  "}\n",
  "]\n",
  ": : :\n",
  "\ufeff\ufeff: [\n",
  "constructor: 1\ntoString: 2\n",
  "__proto__: {command: echo}\n",
];

function tooMuch(): string[] {
  const laughs = ["a0: &a0 [ha, ha, ha, ha, ha, ha, ha, ha, ha, ha]"];
  for (let level = 1; level < 20; level++) {
    const before = `*a${level - 1}`;
    laughs.push(`a${level}: &a${level} [${Array.from({ length: 10 }, () => before).join(", ")}]`);
  }
  const merges = ["a0: &a0 {x: 1, y: 2}"];
  for (let level = 1; level < 30; level++) {
    merges.push(`a${level}: &a${level} {l: *a${level - 1}, r: *a${level - 1}}`);
  }
  return [
    `${laughs.join("\n")}\ncommand: *a19\n`,
    `${merges.join("\n")}\nproperties: *a29\n`,
    "[".repeat(500_000),
    "{a: ".repeat(200_000),
    "[".repeat(5_000) + "]".repeat(5_000),
    "- ".repeat(300_000),
    "? ".repeat(300_000),
    Array.from({ length: 1_200 }, (_, depth) => `${" ".repeat(depth)}a:`).join("\n"),
    minimal({ properties: `${"{a: ".repeat(100)}1${"}".repeat(100)}` }),
    Array.from({ length: 60_000 }, (_, index) => `key${index}: 1`).join("\n"),
    `{${Array.from({ length: 7_000 }, (_, index) => `k${index}: 1`).join(", ")}}`,
    `[${"1,".repeat(500_000)}]`,
    `"\n`.repeat(200_000),
    "a: b: c\n".repeat(50_000),
    ": :\n".repeat(100_000),
    "&a ".repeat(200_000),
    "!a ".repeat(200_000),
    "* ".repeat(200_000),
    `${"k".repeat(900_000)}: 1\n`,
    minimal({ ["k".repeat(2_000)]: "1" }),
    minimal({ command: `"${"{inputs.x} ".repeat(20_000)}"` }),
    minimal({ command: `"${Array.from({ length: 30_000 }, (_, index) => `{inputs.x${index}}`).join(" ")}"` }),
    minimal({ command: `"${"{inputs.".repeat(90_000)}{inputs.x}"` }),
    ...["${{ ", "$[[ ", "${{inputs.", "$[[ ${{", "${{ x }} "].map(
      (text) =>
        `type: command\nenvironment: python\ncommand: "${text.repeat(600_000 / text.length)}\${{inputs.x}}"\n`,
    ),
    `type: command\nenvironment: python\ncommand: "\${{inputs.${"x".repeat(600_000)}}}"\n`,
    `type: command\nenvironment: python\ncommand: "\${{${" ".repeat(600_000)}inputs.x }}"\n`,
  ];
}

function notText(): Content[] {
  const ascii = (text: string) => new TextEncoder().encode(text);
  const job = ascii(minimal({}));
  const joined = (...parts: Uint8Array[]) => Buffer.concat(parts);
  return [
    Uint8Array.from([0]),
    Uint8Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256),
    joined(job, Uint8Array.from([0xff])),
    joined(job, Uint8Array.from([0xc3])),
    joined(ascii("description: "), Uint8Array.from([0xe4, 0xf6, 0xfc]), ascii("\n"), job),
    joined(ascii("description: "), Uint8Array.from([0xed, 0xa0, 0x80]), ascii("\n"), job),
    joined(ascii("description: "), Uint8Array.from([0xc0, 0xaf]), ascii("\n"), job),
    joined(Uint8Array.from([0xff, 0xfe]), Buffer.from(minimal({}), "utf16le")),
    joined(Uint8Array.from([0xfe, 0xff]), Buffer.from(minimal({}), "utf16le").swap16()),
    joined(Uint8Array.from([0x1f, 0x8b, 8, 0]), job),
    joined(ascii("command: echo \u0007\n"), job),
    joined(ascii("command: echo \u001b[31m\n"), job),
  ];
}

async function writeLarge(file: string, size: number): Promise<void> {
  await using handle = await open(file, "w");
  const chunk = Buffer.from("command: echo hi\n".repeat(64 * 1024));
  for (let written = 0; written < size; written += chunk.length) await handle.write(chunk);
}
