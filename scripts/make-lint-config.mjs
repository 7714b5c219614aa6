// Writes .oxlintrc.json: the plain rules, and the import arrows of ARCHITECTURE.md as one restriction a room.
import { readFileSync, writeFileSync } from "node:fs";

const rooms = {
  core: [],
  lib: [],
  spec: ["core", "lib"],
  api: ["core", "lib"],
  store: ["core", "lib"],
  blobs: ["core", "lib"],
  snapshot: ["core", "lib"],
  datastores: ["core", "lib"],
  engines: ["core", "lib"],
  sweeps: ["core", "lib"],
  control: ["core", "lib", "store", "engines", "sweeps"],
  server: ["core", "lib", "api", "store", "blobs", "datastores", "engines", "control", "spec", "sweeps"],
  agent: ["core", "lib", "api", "snapshot", "datastores"],
  cli: ["core", "lib", "api", "spec", "snapshot"],
};

/** Rooms within a room that may import less than it. */
const narrower = { "sweeps/samplers": ["core", "lib"], "sweeps/stoppers": ["core", "lib"] };

/** The agent's own rooms from the ground up: each may import those on the floors below it. */
const agentFloors = [
  ["node", "processes"],
  ["containers"],
  ["cache"],
  ["environments", "inputs"],
  ["attempt"],
  ["launch", "shipping"],
  ["outputs"],
  ["story"],
];

const mayImport = (room) => narrower[room] ?? rooms[room];

const all = Object.keys(rooms);
const forbid = (names, message) =>
  names.length === 0 ? [] : [{ regex: `^(\\.\\./)+(${names.join("|")})(/|$)`, message }];

const override = (
  room,
  { files = [`src/${room}/**/*.ts`], mayReadDatabases = room === "store", further = [] } = {},
) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...forbid(
            all.filter((other) => other !== room.split("/")[0] && !mayImport(room).includes(other)),
            `src/${room} may import only: ${[...mayImport(room), "itself"].join(", ")}. See ARCHITECTURE.md, the arrows.`,
          ),
          ...(room === "core"
            ? [{ regex: "^(node:|[a-z@])", message: "src/core is pure: no I/O, no packages." }]
            : []),
          ...(mayReadDatabases || room === "core"
            ? []
            : [{ regex: "^(kysely|node:sqlite)", message: "Only src/store contains SQL." }]),
          ...further,
        ],
      },
    ],
  },
});

const agentRooms = agentFloors.flatMap((floor, height) =>
  floor.map((room) =>
    override("agent", {
      files: [`src/agent/${room}/**/*.ts`],
      further: forbid(
        agentFloors
          .slice(height)
          .flat()
          .filter((other) => other !== room),
        `src/agent/${room} may import only the agent's rooms below it. See ARCHITECTURE.md, the agent's rooms.`,
      ),
    }),
  ),
);

/** Studio speaks the API like any stranger: of the server it knows types alone. */
const studio = {
  files: ["studio/src/**/*.ts", "studio/src/**/*.tsx"],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            regex: `^(\\.\\./)+src/(${all.filter((room) => room !== "core" && room !== "api").join("|")})/`,
            message: "Studio may import only types of src/api and src/core. See ARCHITECTURE.md, the arrows.",
          },
        ],
      },
    ],
  },
};

const config = {
  $schema: "./node_modules/oxlint/configuration_schema.json",
  plugins: ["typescript", "import", "unicorn", "oxc", "promise", "node"],
  categories: { correctness: "error", suspicious: "error" },
  rules: {
    "import/no-cycle": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/await-thenable": "error",
    "typescript/no-explicit-any": "error",
    "typescript/consistent-type-imports": "error",
    "import/no-default-export": "error",
    "import/no-unassigned-import": "off",
    "no-shadow": "off",
    "consistent-return": "off",
    "no-await-in-loop": "off",
    "no-underscore-dangle": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "unicorn/consistent-function-scoping": "off",
    "promise/always-return": "off",
    "promise/no-multiple-resolved": "off",
    "typescript/no-unsafe-type-assertion": "off",
    "typescript/no-unnecessary-type-assertion": "error",
    "no-process-env": "off",
    "node/no-process-env": "error",
  },
  overrides: [
    ...[...all, ...Object.keys(narrower)].map((room) => override(room)),
    ...agentRooms,
    studio,
    // Another project's database, for reading: docs/decisions/import-mlflow.md.
    override("cli", { files: ["src/cli/import/database.ts"], mayReadDatabases: true }),
    {
      files: [
        "src/*/start.ts",
        "src/cli/main.ts",
        "src/cli/client.ts",
        "src/cli/config.ts",
        "src/server/config.ts",
        "src/agent/config.ts",
        "**/*.test.ts",
        "**/*.fixture.ts",
        "test/**",
        "bench/**",
        "scripts/**",
      ],
      rules: { "node/no-process-env": "off" },
    },
    // Tests may reach anywhere: they play the other rooms' parts.
    {
      files: ["**/*.test.ts", "**/*.fixture.ts", "test/**"],
      rules: { "typescript/no-floating-promises": "off", "no-restricted-imports": "off" },
    },
  ],
};

const target = new URL("../.oxlintrc.json", import.meta.url);
const text = `${JSON.stringify(config, null, 2)}\n`;
if (process.argv.includes("--check")) {
  if (readFileSync(target, "utf8") !== text) {
    console.error(".oxlintrc.json is out of date: run node scripts/make-lint-config.mjs");
    process.exit(1);
  }
} else {
  writeFileSync(target, text);
}
