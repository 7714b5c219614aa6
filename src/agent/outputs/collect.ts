// Brings home what the processes left behind: ./outputs and the named outputs of every node, after every kind of end.
import { join } from "node:path";
import type { Attempt } from "../attempt/attempt.ts";
import type { NodeFolder } from "../attempt/attempt-folder.ts";
import { uploadFiles } from "../shipping/upload-files.ts";
import type { FileToUpload } from "../shipping/upload-files.ts";
import { walkNodes } from "./walk-nodes.ts";
import { writeOutputs } from "./write-outputs.ts";

export async function collectOutputs(attempt: Attempt): Promise<void> {
  const { order } = attempt;
  const roots = [
    { pathOf: (node: NodeFolder) => join(node.work, "outputs"), artifact: "outputs" },
    ...Object.keys(order.spec.outputs).map((name) => ({
      pathOf: (node: NodeFolder) => join(node.namedOutputs, name),
      artifact: `named-outputs/${name}`,
    })),
  ];
  for (const root of roots) {
    const { files, remarks } = await walkNodes(attempt, root.pathOf);
    for (const remark of remarks) warn(attempt, `${root.artifact}: ${remark}`);
    const found = files.map((file) => ({ path: file.path, artifact: `${root.artifact}/${file.name}` }));
    await uploadWithProgress(attempt, root.artifact, found);
  }
  await writeOutputs(attempt, (message) => warn(attempt, message));
}

export async function uploadWithProgress(
  attempt: Attempt,
  what: string,
  files: FileToUpload[],
): Promise<void> {
  const { logs, order, call, signal } = attempt;
  const tell = (done: { files: number; sizeBytes: number }) =>
    logs.write("job-post", `${what}: ${done.files} of ${files.length} files, ${done.sizeBytes} bytes`);
  const uploaded = await uploadFiles(files, { run: order.run, call, signal }, tell);
  if (files.length === 0) tell(uploaded);
  for (const remark of uploaded.remarks) warn(attempt, remark);
  for (const path of uploaded.replaced)
    logs.write("job-post", `${path} replaced an earlier file of that name`);
}

/** Into the log of the node and into the run's notes. */
export function warn({ logs, reporter }: Attempt, message: string): void {
  logs.write("job-post", `warning: ${message}`);
  reporter.note({ level: "warning", message });
}
