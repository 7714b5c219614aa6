// Everything the command line reads from its surroundings, once, each value with where it came from.
import { readFileSync } from "node:fs";
import { homedir, userInfo } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { UsageError } from "./fail.ts";

export interface Setting<T> {
  readonly value: T;
  /** For people: the variable, the file or `default`. */
  readonly from: string;
}

export interface Config {
  readonly home: Setting<string>;
  /** Set when the server is not the one of `home`. */
  readonly url: Setting<string | undefined>;
  readonly token: Setting<string | undefined>;
  readonly group: Setting<string>;
  readonly workspace: Setting<string | undefined>;
  readonly location: Setting<string | undefined>;
  readonly browser: Setting<string | undefined>;
  readonly color: Setting<boolean>;
  readonly user: Setting<string>;
  /** The folders in which programs are looked for. */
  readonly path: readonly string[];
  /** How big a snapshot may be. */
  readonly snapshotBytes: Setting<number>;
  readonly snapshotFiles: Setting<number>;
  /** `AZUREML_GIT_…`: what a CI system knows better than git. */
  readonly gitVariables: Readonly<Record<string, string>>;
  /** `MLFLOW_TRACKING_…`: where another tracking server is and what proves who asks. */
  readonly mlflowVariables: Readonly<Record<string, string>>;
}

/** The content of `cli.json` in the home folder: what `az configure --defaults` keeps. */
export type Defaults = Partial<Record<"group" | "workspace" | "location", string>>;
export const defaultsFile = (home: string): string => join(home, "cli.json");

export type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(env: Environment): Config {
  const variable = (name: string): Setting<string> | undefined => {
    const value = env[name];
    return value === undefined || value === "" ? undefined : { value, from: name };
  };
  const standard = <T>(value: T): Setting<T> => ({ value, from: "default" });

  const givenHome = variable("TRAINYARD_HOME");
  const home = givenHome
    ? { value: resolve(givenHome.value), from: givenHome.from }
    : standard(join(homedir(), ".trainyard"));
  const defaults = readDefaults(home.value);
  const kept = (name: keyof Defaults): Setting<string> | undefined => {
    const value = defaults[name];
    return value === undefined ? undefined : { value, from: defaultsFile(home.value) };
  };

  return Object.freeze({
    home,
    url: variable("TRAINYARD_URL") ?? standard(undefined),
    token: variable("TRAINYARD_TOKEN") ?? standard(undefined),
    group: kept("group") ?? standard("trainyard"),
    workspace: kept("workspace") ?? standard(undefined),
    location: kept("location") ?? standard(undefined),
    browser: variable("BROWSER") ?? standard(undefined),
    color: variable("NO_COLOR") ? { value: false, from: "NO_COLOR" } : standard(true),
    user: standard(userInfo().username),
    path: (env["PATH"] ?? "").split(delimiter),
    snapshotBytes: numberOf(variable("TRAINYARD_SNAPSHOT_MAX_BYTES")) ?? standard(2 * 1024 ** 3),
    snapshotFiles: numberOf(variable("TRAINYARD_SNAPSHOT_MAX_FILES")) ?? standard(100_000),
    gitVariables: variablesFrom(env, "AZUREML_GIT_"),
    mlflowVariables: variablesFrom(env, "MLFLOW_TRACKING_"),
  });
}

const variablesFrom = (env: Environment, prefix: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[0].startsWith(prefix) && (entry[1] ?? "") !== "",
    ),
  );

function numberOf(setting: Setting<string> | undefined): Setting<number> | undefined {
  if (!setting) return undefined;
  const value = Number(setting.value);
  if (Number.isFinite(value) && value >= 0) return { value, from: setting.from };
  throw new UsageError(
    `${setting.from} is ${JSON.stringify(setting.value)}, which is not a number`,
    `Give a plain number, such as ${setting.from}=4000000000, or unset it.`,
  );
}

/** A file that is missing or broken counts as empty: defaults are a convenience. */
export function readDefaults(home: string): Defaults {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(defaultsFile(home), "utf8"));
  } catch {
    return {};
  }
  const defaults: Defaults = {};
  if (typeof parsed !== "object" || parsed === null) return defaults;
  for (const [name, value] of Object.entries(parsed)) {
    if (typeof value === "string" && isDefault(name)) defaults[name] = value;
  }
  return defaults;
}

const isDefault = (name: string): name is keyof Defaults =>
  name === "group" || name === "workspace" || name === "location";
