// What a machine has, and what the sizes of virtual machines stand for.

export interface Machine {
  cores: number;
  memoryBytes: number;
  /** Graphics cards, by the machine's own numbers. */
  gpus: readonly number[];
}

export interface MachineSize {
  cores: number;
  memoryGib: number;
  gpus: number;
}

/** By lower-case name. */
export type SizeTable = ReadonlyMap<string, MachineSize & { name: string; isOwn: boolean }>;

/** Sizes that samples and scripts name. More, or others, stand in the home folder's sizes.json. */
const wellKnown: Readonly<Record<string, readonly [cores: number, memoryGib: number, gpus: number]>> = {
  Standard_D1_v2: [1, 3.5, 0],
  Standard_D2_v2: [2, 7, 0],
  Standard_D3_v2: [4, 14, 0],
  Standard_D4_v2: [8, 28, 0],
  Standard_D5_v2: [16, 56, 0],
  Standard_D11_v2: [2, 14, 0],
  Standard_D12_v2: [4, 28, 0],
  Standard_D13_v2: [8, 56, 0],
  Standard_D14_v2: [16, 112, 0],
  Standard_DS1_v2: [1, 3.5, 0],
  Standard_DS2_v2: [2, 7, 0],
  Standard_DS3_v2: [4, 14, 0],
  Standard_DS4_v2: [8, 28, 0],
  Standard_DS5_v2: [16, 56, 0],
  Standard_DS11_v2: [2, 14, 0],
  Standard_DS12_v2: [4, 28, 0],
  Standard_DS13_v2: [8, 56, 0],
  Standard_DS14_v2: [16, 112, 0],
  Standard_D2_v3: [2, 8, 0],
  Standard_D4_v3: [4, 16, 0],
  Standard_D8_v3: [8, 32, 0],
  Standard_D16_v3: [16, 64, 0],
  Standard_D2s_v3: [2, 8, 0],
  Standard_D4s_v3: [4, 16, 0],
  Standard_D8s_v3: [8, 32, 0],
  Standard_E4s_v3: [4, 32, 0],
  Standard_E8s_v3: [8, 64, 0],
  Standard_F2s_v2: [2, 4, 0],
  Standard_F4s_v2: [4, 8, 0],
  Standard_F8s_v2: [8, 16, 0],
  Standard_F16s_v2: [16, 32, 0],
  Standard_NC6: [6, 56, 1],
  Standard_NC12: [12, 112, 2],
  Standard_NC24: [24, 224, 4],
  Standard_NC24r: [24, 224, 4],
  Standard_NC6s_v2: [6, 112, 1],
  Standard_NC12s_v2: [12, 224, 2],
  Standard_NC24s_v2: [24, 448, 4],
  Standard_NC6s_v3: [6, 112, 1],
  Standard_NC12s_v3: [12, 224, 2],
  Standard_NC24s_v3: [24, 448, 4],
  Standard_NC24rs_v3: [24, 448, 4],
  Standard_NC4as_T4_v3: [4, 28, 1],
  Standard_NC8as_T4_v3: [8, 56, 1],
  Standard_NC16as_T4_v3: [16, 110, 1],
  Standard_NC64as_T4_v3: [64, 440, 4],
  Standard_ND6s: [6, 112, 1],
  Standard_ND12s: [12, 224, 2],
  Standard_ND24s: [24, 448, 4],
  Standard_ND40rs_v2: [40, 672, 8],
  Standard_ND96asr_v4: [96, 900, 8],
  Standard_NV6: [6, 56, 1],
  Standard_NV12: [12, 112, 2],
  Standard_NV24: [24, 224, 4],
};

/** The person's own sizes on top of the well-known ones. */
export function sizeTable(own: Readonly<Record<string, MachineSize>> = {}): SizeTable {
  const table = new Map<string, MachineSize & { name: string; isOwn: boolean }>();
  for (const [name, [cores, memoryGib, gpus]] of Object.entries(wellKnown))
    table.set(name.toLowerCase(), { name, cores, memoryGib, gpus, isOwn: false });
  for (const [name, size] of Object.entries(own))
    table.set(name.toLowerCase(), { name, ...size, isOwn: true });
  return table;
}

/** In words; `6 cores, 56 GiB, 1 graphics card`. */
export function describeSize({ cores, memoryGib, gpus }: MachineSize): string {
  const cards = gpus === 1 ? "1 graphics card" : `${gpus === 0 ? "no" : gpus} graphics cards`;
  return `${cores} ${cores === 1 ? "core" : "cores"}, ${memoryGib} GiB, ${cards}`;
}

/** In words, what of a size this machine has not got; undefined when it has all of it. */
export function whatIsMissing(size: MachineSize, machine: Machine): string | undefined {
  const missing: string[] = [];
  if (size.gpus > machine.gpus.length)
    missing.push(`${size.gpus} graphics cards (this machine has ${machine.gpus.length})`);
  if (size.cores > machine.cores) missing.push(`${size.cores} cores (this machine has ${machine.cores})`);
  const memoryGib = machine.memoryBytes / 2 ** 30;
  if (size.memoryGib > memoryGib)
    missing.push(`${size.memoryGib} GiB of memory (this machine has ${memoryGib.toFixed(1)})`);
  return missing.length === 0 ? undefined : missing.join(", ");
}
