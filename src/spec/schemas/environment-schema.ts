// What a job runs in: an environment inside a job, and the file of one, in dialects A and C.
import {
  filledText,
  has,
  hasBoth,
  ignoredKeys,
  filledIn,
  listOf,
  looseText,
  mapOf,
  mapping,
  onlyMapping,
  orText,
  text,
  word,
  yesOrNo,
  type JsonSchema,
} from "./json-schema.ts";
import {
  anyAssetPattern,
  assetPattern,
  $schema,
  datastore,
  description,
  tags,
  unused,
} from "./shared-keys.ts";

const packages = listOf(text("A requirement as pip writes it."), "What pip installs.", {
  examples: [["numpy==1.26.4"]],
});

const condaMapping = mapping(
  {
    name: text("Not used: the content is what counts."),
    channels: listOf(text("A channel."), "Where conda looks for packages.", { examples: [["conda-forge"]] }),
    dependencies: {
      type: "array",
      description: "Packages as conda writes them; those that only pip has under `pip`.",
      items: {
        anyOf: [
          text("A package, such as numpy=1.21."),
          onlyMapping(mapping({ pip: packages }, "Packages that pip installs.")),
        ],
      },
      examples: [["python=3.11", { pip: ["numpy"] }]],
    },
    prefix: text("Not used."),
    variables: mapOf(looseText("A text."), "Environment variables that go with the packages."),
    platforms: unused,
  },
  "The conda environment file, written out.",
);

const condaFile: JsonSchema = {
  ...orText(condaMapping, String.raw`\S`),
  description: "Packages: the path of a conda environment file beside this file, its text, or its mapping.",
  examples: ["environment.yml"],
};

const shared: Record<string, JsonSchema> = {
  conda_file: condaFile,
  pip: {
    ...packages,
    description: "Packages for pip, line by line as in a requirements file. Trainyard's own key.",
  },
  interpreter: filledText("Use this Python as it is and install nothing. Trainyard's own key.", {
    examples: ["python3"],
  }),
  environment_variables: mapOf(looseText("A text."), "Variables that go with the environment."),
  use_container: yesOrNo(
    "False: the image only says what is wanted, and the machine's own tools stand in for it. Trainyard's own key.",
    { default: true },
  ),
  os_type: word(["linux", "windows"], "The system it is for.", { default: "linux" }),
  description,
  tags,
  inference_config: unused,
  id: filledIn,
  creation_context: filledIn,
};

const image = filledText(
  "A container image. Where there is no container engine, the machine's own tools are used instead.",
  {
    examples: ["python:3.11"],
  },
);

const docker = mapping(
  {
    image,
    enabled: yesOrNo("False: run without a container, with the machine's own tools.", { default: true }),
    build: mapping(
      {
        dockerfile: {
          type: "string",
          description: "file:<path> of a Dockerfile, or its text.",
          pattern: String.raw`^file:\s*\S|(^|\n)\s*([Ff][Rr][Oo][Mm]|[Aa][Rr][Gg]|#)`,
          examples: ["file:Dockerfile"],
        },
      },
      "An image that is built from a Dockerfile.",
      { required: ["dockerfile"] },
    ),
  },
  "The image, as it is or to be built.",
  { anyOf: [{ required: ["image"] }, { required: ["build"] }], not: hasBoth("image", "build") },
);

const ownKeysA: Record<string, JsonSchema> = {
  docker,
  local_path: text("The folder that the Dockerfile copies from.", { pattern: String.raw`\S` }),
  path: text("The stored folder that the Dockerfile copies from, as a shown job names it."),
  datastore,
};

const build = mapping(
  {
    path: text("The folder with the Dockerfile and all that it copies.", {
      pattern: String.raw`^(azureml://snapshots/\S+$|(?!azureml:|/subscriptions/|runs:/)[\s\S]*\S)`,
      examples: ["docker"],
    }),
    dockerfile_path: filledText("The Dockerfile's path inside that folder.", { default: "Dockerfile" }),
    dockerfile: text("The Dockerfile's text. Trainyard's own key, which shown jobs have."),
  },
  "An image that is built from a folder with a Dockerfile.",
  { anyOf: [has("path"), has("dockerfile")] },
);

const buildB: JsonSchema = {
  ...build,
  properties: { ...build.properties, local_path: { ...build.properties!["path"] } },
  anyOf: [has("local_path"), ...build.anyOf!],
};

/** `not` is of the reader too: an environment that says nothing is refused. */
const saysA = { anyOf: [has("docker"), has("conda_file"), has("pip"), has("interpreter")] };
const saysC = {
  anyOf: [has("image"), has("build"), has("conda_file"), has("pip"), has("interpreter")],
  not: hasBoth("image", "build"),
};

const inlineNames = ignoredKeys(["name", "version"], {
  description: "Ignored: an environment inside a job has no name of its own.",
});

const what = "The image and packages that the command runs in";

export const environmentInA: JsonSchema = {
  ...orText(
    mapping({ $schema, ...inlineNames, ...ownKeysA, ...shared }, "", saysA),
    String.raw`^(${assetPattern}|azureml:/\S+|/subscriptions/\S+|file:\s*\S.*)$`,
  ),
  description: `${what}: azureml:<name>:<version>, file:<path>, or a mapping.`,
  examples: [
    "azureml:AzureML-Minimal:1",
    { docker: { image: "python:3.11" }, conda_file: "file:environment.yml" },
  ],
};

const inC = (buildSchema: JsonSchema): JsonSchema => ({
  ...orText(
    mapping({ $schema, ...inlineNames, image, build: buildSchema, ...shared }, "", saysC),
    String.raw`^(${anyAssetPattern}|azureml:/\S+|/subscriptions/\S+|file:\s*\S.*|(?!azureml:|/subscriptions/|file:|runs:/)\S+)$`,
  ),
  description: `${what}: an image, azureml:<name>:<version> (or @latest), or a mapping.`,
  examples: [
    "python:3.11",
    "azureml:AzureML-Minimal:1",
    { image: "python:3.11", conda_file: "environment.yml" },
  ],
});

export const environmentInB = inC(buildB);
export const environmentInC = inC(build);

/** The keys of an environment's own file, beside name and version. */
export const environmentKeysA = { ...ownKeysA, ...shared };
export const environmentKeysC = { image, build: buildB, ...shared };
export { saysA, saysC };
