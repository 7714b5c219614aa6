// How many bytes lie where in the home folder, by walking it.
import { lstat, readdir, statfs } from "node:fs/promises";
import { join } from "node:path";
import { agentLayout, homeLayout } from "../../core/home.ts";

interface Size {
  sizeBytes: number;
  files: number;
}

type Part = "files" | "logs" | "database" | "environments" | "inputs" | "agents" | "datastores" | "rest";

export async function measureStorage(
  home: string,
): Promise<{ home: string; parts: ({ name: Part } & Size)[]; freeBytes: number }> {
  const parts = new Map<Part, Size>();
  const count = async (part: Part, path: string) => {
    const size = await sizeOf(path);
    const { sizeBytes, files } = parts.get(part) ?? { sizeBytes: 0, files: 0 };
    parts.set(part, { sizeBytes: sizeBytes + size.sizeBytes, files: files + size.files });
  };
  for (const name of await readdir(home)) {
    if (name !== homeLayout.agents) await count(partOf(name), join(home, name));
  }
  const agents = join(home, homeLayout.agents);
  for (const agent of await namesIn(agents)) {
    for (const name of await namesIn(join(agents, agent))) {
      await count(partOfAgent(name), join(agents, agent, name));
    }
  }
  const { bavail, bsize } = await statfs(home);
  return {
    home,
    parts: [...parts].map(([name, size]) => ({ name, ...size })).sort((a, b) => b.sizeBytes - a.sizeBytes),
    freeBytes: bavail * bsize,
  };
}

function partOf(name: string): Part {
  if (name === homeLayout.blobs) return "files";
  if (name === homeLayout.growing) return "logs";
  if (name === homeLayout.datastores) return "datastores";
  return name.startsWith(homeLayout.database) ? "database" : "rest";
}

function partOfAgent(name: string): Part {
  if (name === agentLayout.environments) return "environments";
  return inputFolders.includes(name) ? "inputs" : "agents";
}

const inputFolders: readonly string[] = [
  agentLayout.blobs,
  agentLayout.trees,
  agentLayout.manifests,
  agentLayout.known,
];

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);

/** Of what is there while it walks: files come and go meanwhile. */
async function sizeOf(path: string): Promise<Size> {
  const stat = await lstat(path).catch(() => undefined);
  if (!stat) return { sizeBytes: 0, files: 0 };
  if (!stat.isDirectory()) return { sizeBytes: stat.size, files: 1 };
  const sum: Size = { sizeBytes: 0, files: 0 };
  for (const name of await namesIn(path)) {
    const size = await sizeOf(join(path, name));
    sum.sizeBytes += size.sizeBytes;
    sum.files += size.files;
  }
  return sum;
}
