// The same folder of every node of an attempt, as one tree. Of files with one name the one that was written last stays.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { Attempt } from "../attempt/attempt.ts";
import { nodeFolders } from "../attempt/attempt-folder.ts";
import type { NodeFolder } from "../attempt/attempt-folder.ts";
import { walkFiles } from "../node/walk-files.ts";
import type { FoundFile, Walk } from "../node/walk-files.ts";

export async function walkNodes(
  { folder, order }: Pick<Attempt, "folder" | "order">,
  pathOf: (node: NodeFolder) => string,
): Promise<Pick<Walk, "files" | "remarks">> {
  const folders = nodeFolders(folder, order.node.count);
  const kept = new Map<string, { file: FoundFile; node: number }>();
  const remarks: string[] = [];
  for (const [node, one] of folders.entries()) {
    const walk = await walkFiles(pathOf(one));
    remarks.push(...walk.remarks);
    for (const file of walk.files) {
      const other = kept.get(file.name);
      if (!other) {
        kept.set(file.name, { file, node });
        continue;
      }
      if (await isSameContent(other.file, file)) continue;
      const isNewer = (await stat(file.path)).mtimeMs >= (await stat(other.file.path)).mtimeMs;
      const winner = isNewer ? node : other.node;
      if (isNewer) kept.set(file.name, { file, node });
      remarks.push(
        `${file.name} was written by node ${other.node} and by node ${node}; the later one, of node ${winner}, is kept`,
      );
    }
  }
  const files = [...kept.values()].map(({ file }) => file).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files, remarks };
}

const isSameContent = async (a: FoundFile, b: FoundFile): Promise<boolean> =>
  a.sizeBytes === b.sizeBytes && (await hashOf(a.path)) === (await hashOf(b.path));

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
