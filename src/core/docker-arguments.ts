// `docker_args`: the options of `docker run` that a job may give, as fields of the engine's API.

/** Part of what a container is made of. */
export interface ContainerOptions {
  hostConfig: Record<string, unknown>;
  variables: Record<string, string>;
  labels: Record<string, string>;
  user?: string;
  hostname?: string;
  /** Whether an image is brought anew: always, when it is missing, or never. */
  pull: "missing" | "always" | "never";
  platform?: string;
}

export class WrongArgument extends Error {}

type Apply = (options: ContainerOptions, value: string, flag: string) => void;

const put =
  (field: string, read: (value: string, flag: string) => unknown = (value) => value): Apply =>
  ({ hostConfig }, value, flag) => {
    hostConfig[field] = read(value, flag);
  };

const add =
  (field: string, read: (value: string, flag: string) => unknown = (value) => value): Apply =>
  ({ hostConfig }, value, flag) => {
    hostConfig[field] = [...((hostConfig[field] as unknown[] | undefined) ?? []), read(value, flag)];
  };

const ignore: Apply = () => {};

const valued: Readonly<Record<string, Apply>> = {
  "--shm-size": put("ShmSize", readBytes),
  "--memory": put("Memory", readBytes),
  "--memory-swap": put("MemorySwap", (value, flag) => (value === "-1" ? -1 : readBytes(value, flag))),
  "--memory-reservation": put("MemoryReservation", readBytes),
  "--cpus": put("NanoCpus", (value, flag) => Math.round(readNumber(value, flag) * 1e9)),
  "--cpu-shares": put("CpuShares", readNumber),
  "--cpuset-cpus": put("CpusetCpus"),
  "--pids-limit": put("PidsLimit", readNumber),
  "--oom-score-adj": put("OomScoreAdj", readNumber),
  "--gpus": put("DeviceRequests", readGpus),
  "--runtime": put("Runtime"),
  "--network": put("NetworkMode"),
  "--ipc": put("IpcMode"),
  "--userns": put("UsernsMode"),
  "--add-host": add("ExtraHosts"),
  "--dns": add("Dns"),
  "--volume": add("Binds"),
  "--tmpfs": ({ hostConfig }, value) => {
    const [path = "", ...rest] = value.split(":");
    hostConfig["Tmpfs"] = { ...(hostConfig["Tmpfs"] as object | undefined), [path]: rest.join(":") };
  },
  "--device": add("Devices", (value) => {
    const [host = "", inside = host, rights = "rwm"] = value.split(":");
    return { PathOnHost: host, PathInContainer: inside, CgroupPermissions: rights };
  }),
  "--ulimit": add("Ulimits", readUlimit),
  "--cap-add": add("CapAdd"),
  "--cap-drop": add("CapDrop"),
  "--security-opt": add("SecurityOpt"),
  "--group-add": add("GroupAdd"),
  "--sysctl": ({ hostConfig }, value, flag) => {
    const [name, text] = readPair(value, flag);
    hostConfig["Sysctls"] = { ...(hostConfig["Sysctls"] as object | undefined), [name]: text };
  },
  "--user": (options, value) => void (options.user = value),
  "--hostname": (options, value) => void (options.hostname = value),
  "--platform": (options, value) => void (options.platform = value),
  "--env": ({ variables }, value, flag) => {
    const [name, text] = readPair(value, flag);
    variables[name] = text;
  },
  "--label": ({ labels }, value) => {
    const at = value.indexOf("=");
    labels[at < 0 ? value : value.slice(0, at)] = at < 0 ? "" : value.slice(at + 1);
  },
  "--pull": (options, value, flag) => {
    if (value !== "always" && value !== "missing" && value !== "never")
      throw new WrongArgument(`${flag} is ${JSON.stringify(value)}; it takes always, missing or never`);
    options.pull = value;
  },
  "--stop-timeout": ignore,
};

const switches: Readonly<Record<string, Apply>> = {
  "--privileged": put("Privileged", () => true),
  "--read-only": put("ReadonlyRootfs", () => true),
  "--init": put("Init", () => true),
  "--oom-kill-disable": put("OomKillDisable", () => true),
  "--rm": ignore,
  "--interactive": ignore,
};

const shorts: Readonly<Record<string, string>> = {
  "-m": "--memory",
  "-c": "--cpu-shares",
  "-e": "--env",
  "-v": "--volume",
  "-u": "--user",
  "-h": "--hostname",
  "-l": "--label",
  "-i": "--interactive",
  "--net": "--network",
};

/** Options that would take away what the job is started, watched or ended by. */
const reserved: Readonly<Record<string, string>> = {
  "--pid": "a job's processes are ended by what else runs in its container",
  "--entrypoint": "the job's command is what runs; write the program into it",
  "--workdir": "the working folder is the one with the job's code; begin the command with cd",
  "-w": "the working folder is the one with the job's code; begin the command with cd",
  "--name": "containers are named after their attempt",
  "--detach": "the agent waits for the container",
  "-d": "the agent waits for the container",
  "--restart": "Trainyard tries jobs again itself: see trainyard.max_retries",
  "--mount": "write --volume <from>:<to>[:ro]",
};

/** Throws WrongArgument with what is wrong and what is known. */
export function readDockerArguments(text: string): ContainerOptions {
  const options: ContainerOptions = { hostConfig: {}, variables: {}, labels: {}, pull: "missing" };
  const words = splitWords(text);
  for (let index = 0; index < words.length; index++) {
    const { name, value } = splitFlag(words[index]!);
    if (reserved[name] !== undefined)
      throw new WrongArgument(`docker_args cannot have ${name}: ${reserved[name]}`);
    if (switches[name]) {
      if (value !== "false") switches[name](options, "", name);
      continue;
    }
    const apply = valued[name];
    if (!apply) {
      const known = Object.keys({ ...valued, ...switches }).sort();
      throw new WrongArgument(
        `docker_args has ${JSON.stringify(words[index])}, which is not known here; known: ${known.join(", ")}`,
      );
    }
    const given = value ?? words[++index];
    if (given === undefined) throw new WrongArgument(`docker_args ends with ${name}, which takes a value`);
    apply(options, given, name);
  }
  return options;
}

function splitFlag(word: string): { name: string; value: string | undefined } {
  const short = /^(-[a-z])(.+)$/.exec(word);
  if (short && shorts[short[1]!]) return { name: shorts[short[1]!]!, value: short[2]!.replace(/^=/, "") };
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  const name = at < 0 ? word : word.slice(0, at);
  return { name: shorts[name] ?? name, value: at < 0 ? undefined : word.slice(at + 1) };
}

/** As a shell does, without its expansions. */
function splitWords(text: string): string[] {
  const words = text.match(/(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gs) ?? [];
  return words.map((word) =>
    word.replaceAll(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/gs,
      (_, double?: string, single?: string, escaped?: string) =>
        double === undefined ? (single ?? escaped ?? "") : double.replaceAll(/\\(["\\$`])/g, "$1"),
    ),
  );
}

const units: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  k: 2 ** 10,
  m: 2 ** 20,
  g: 2 ** 30,
  t: 2 ** 40,
};

/** "2g" as bytes. */
export function readBytes(text: string, flag: string): number {
  const match = /^(\d+(?:\.\d+)?)\s*([bkmgt]?)(?:i?b)?$/i.exec(text.trim());
  if (!match)
    throw new WrongArgument(
      `${flag} is ${JSON.stringify(text)}; it takes a number and b, k, m or g, such as 2g`,
    );
  return Math.floor(Number(match[1]) * units[match[2]!.toLowerCase()]!);
}

function readNumber(text: string, flag: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new WrongArgument(`${flag} is ${JSON.stringify(text)}; it takes a number`);
  return value;
}

function readPair(text: string, flag: string): [string, string] {
  const at = text.indexOf("=");
  if (at <= 0) throw new WrongArgument(`${flag} is ${JSON.stringify(text)}; it takes name=value`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function readUlimit(text: string, flag: string): object {
  const [name, values] = readPair(text, flag);
  const [soft = "", hard = soft] = values.split(":");
  return { Name: name, Soft: readNumber(soft, flag), Hard: readNumber(hard, flag) };
}

/** `all`, a number of cards, or `device=0,2`. */
export function readGpus(text: string): object[] {
  const devices = /^"?device=([^"]+)"?$/.exec(text)?.[1];
  const capabilities = { Driver: "", Capabilities: [["gpu"]] };
  if (devices !== undefined) return [{ ...capabilities, DeviceIDs: devices.split(",") }];
  return [{ ...capabilities, Count: text === "all" ? -1 : readNumber(text, "--gpus") }];
}
