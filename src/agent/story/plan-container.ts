// What an attempt's containers are made of: the image, what is mounted, the network, the limits; and the variables that
// take the place of the machine's own.
import { readBytes } from "../../core/docker-arguments.ts";
import type { JobSpec } from "../../core/job-spec.ts";
import type { Attempt } from "../attempt/attempt.ts";
import type { ContainerPlan } from "../attempt/container-plan.ts";
import { containerVariables, userOf } from "../containers/container-variables.ts";
import { labelsOf } from "../containers/labels.ts";
import { readNodeFacts } from "../node/node-facts.ts";
import { ownerOf } from "./prepare-environment.ts";
import type { ContainerFoundation } from "./prepare-environment.ts";

/** As large as the original's; an engine's own 64 MB starve the workers of data loaders. */
const usualSharedMemory = "2g";

/** Where, inside, the machine's own network is when the container has one of its own. */
const hostName = "host.docker.internal";

export interface ContainerSetting {
  plan: ContainerPlan;
  /** Instead of the machine's. */
  hostVariables: Record<string, string>;
  /** What the job itself adds, by docker_args. */
  variables: Record<string, string>;
  serverUrl: string;
  warnings: string[];
}

export interface MountedPaths {
  /** Of inputs; addresses are passed over. */
  readOnly: readonly string[];
  writable: readonly string[];
}

/** Everything is mounted where it is, so a path means the same inside and outside. */
export function planContainer(
  attempt: Attempt,
  spec: JobSpec,
  { engine, options, image }: ContainerFoundation,
  serverUrl: string,
  paths: MountedPaths,
): ContainerSetting {
  const { folder, config } = attempt;
  const { variables, files } = containerVariables(config.hostVariables, engine);
  const own = userOf(engine);
  const user = options.user ?? own;
  const network =
    (options.hostConfig["NetworkMode"] as string | undefined) ?? (engine.sharesKernel ? "host" : "bridge");
  const isHost = network === "host" && engine.sharesKernel;
  const isInside = (path: string) => path === folder.root || path.startsWith(`${folder.root}/`);
  const readOnly = [config.pythonClient, ...files, ...paths.readOnly.filter((path) => !isInside(path))];
  const writable = [
    folder.root,
    ...(image.folder === undefined ? [] : [image.folder]),
    ...paths.writable.filter((path) => !isInside(path)),
  ];
  const mount = (isReadOnly: boolean) => (path: string) => ({
    Type: "bind",
    Source: path,
    Target: path,
    ReadOnly: isReadOnly,
  });
  const gpus = gpuSetting(attempt, { engine, options, image });
  const plan: ContainerPlan = {
    address: engine.address,
    image: image.image.id,
    imageName: image.name,
    user,
    ...(user !== own && { ownUser: own }),
    labels: { ...options.labels, ...labelsOf(ownerOf(attempt)) },
    ...(options.hostname !== undefined && { hostname: options.hostname }),
    hostConfig: {
      ShmSize: readBytes(spec.resources?.shmSize ?? usualSharedMemory, "shm_size"),
      ...(!isHost && { ExtraHosts: [`${hostName}:host-gateway`] }),
      ...(engine.remapsUsers && { UsernsMode: "host" }),
      ...gpus.hostConfig,
      ...options.hostConfig,
      // A relabeled folder of ours would be closed to everybody else.
      SecurityOpt: ["label=disable", ...((options.hostConfig["SecurityOpt"] as string[] | undefined) ?? [])],
      NetworkMode: network,
      Mounts: [
        ...[...new Set(writable)].filter(isPath).map(mount(false)),
        ...[...new Set(readOnly)].filter(isPath).map(mount(true)),
      ],
    },
  };
  const warnings = [...gpus.warnings];
  if (!isHost && network !== "none") warnings.push(sayOwnNetwork(serverUrl, network));
  return {
    plan,
    warnings,
    variables: options.variables,
    serverUrl: isHost ? serverUrl : withHost(serverUrl),
    hostVariables: {
      ...variables,
      PATH: image.image.variables["PATH"] ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      // Of a user whom the image does not know, the home would be /, where nobody may write.
      ...(user.startsWith("0:") ? {} : { HOME: folder.home }),
    },
  };
}

const isPath = (text: string): boolean => text.startsWith("/");

function withHost(serverUrl: string): string {
  const url = new URL(serverUrl);
  if (/^(127\.|localhost$|\[::1\]$)/.test(url.hostname)) url.hostname = hostName;
  return url.href.replace(/\/$/, "");
}

const sayOwnNetwork = (serverUrl: string, network: string): string =>
  `the container has a network of its own (${network}): it reaches the server as ${withHost(serverUrl)}, which has to listen beyond 127.0.0.1 and to know that name (trainyard server start --host --allowed-host); metrics and logs of the Python client do not need it`;

/** All of the machine's cards: which of them the job may use is said by CUDA_VISIBLE_DEVICES, as without containers. */
function gpuSetting({ config }: Attempt, { engine, options }: ContainerFoundation) {
  const isWanted =
    options.hostConfig["DeviceRequests"] === undefined && options.hostConfig["Runtime"] === undefined;
  const none = { hostConfig: {}, warnings: [] as string[] };
  if (
    !isWanted ||
    readNodeFacts().gpuCount === 0 ||
    config.hostVariables["NVIDIA_VISIBLE_DEVICES"] === "none"
  )
    return none;
  if (engine.hasGpus)
    return { ...none, hostConfig: { DeviceRequests: [{ Driver: "", Count: -1, Capabilities: [["gpu"]] }] } };
  return {
    ...none,
    warnings: [
      `this node has GPUs, and ${engine.kind} cannot hand them to containers: install the NVIDIA Container Toolkit, or the job sees none`,
    ],
  };
}
