// What a container gets of the machine's environment: little, because its paths mean nothing inside.
import { statSync } from "node:fs";
import type { HostVariables } from "./engine-address.ts";
import type { ContainerEngine } from "./engine.ts";

const kept = [
  /^(USER|LOGNAME|TZ|TERM)$/,
  /^(https?|ftp|no|all)_proxy$/i,
  /^(CUDA_VISIBLE_DEVICES|NVIDIA_\w+)$/,
  /^(NCCL|OMP|MKL|OPENBLAS|KMP)_\w+$/,
  /^(PIP|UV)_\w+$/,
];

/** Files of certificates that this machine trusts: where it has its own, a container needs them as well. */
const certificates = [
  "SSL_CERT_FILE",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "PIP_CERT",
  "NODE_EXTRA_CA_CERTS",
  "GIT_SSL_CAINFO",
];

export interface ContainerVariables {
  variables: Record<string, string>;
  /** Files that they name; to be mounted at the same paths. */
  files: string[];
}

export function containerVariables(
  host: HostVariables,
  { sharesKernel }: ContainerEngine,
): ContainerVariables {
  const variables: Record<string, string> = {};
  const files = new Set<string>();
  for (const [name, value] of Object.entries(host)) {
    if (value === undefined) continue;
    if (certificates.includes(name)) {
      if (!sharesKernel || !statSync(value, { throwIfNoEntry: false })?.isFile()) continue;
      files.add(value);
      variables[name] = value;
    } else if (kept.some((pattern) => pattern.test(name)) && !/^(\/|file:)/.test(value))
      variables[name] = value;
  }
  return { variables, files: [...files] };
}

/** Files that a container writes are to be this user's. */
export function userOf({ isRootless, sharesKernel }: ContainerEngine): string {
  // There, root inside is this user outside; in a virtual machine its shared folders see to it.
  if (isRootless || !sharesKernel || !process.getuid || !process.getgid) return "0:0";
  return `${process.getuid()}:${process.getgid()}`;
}
