// Which files of a run are logs, and which of them one wants to see first.

const folders = ["azureml-logs/", "user_logs/", "system_logs/", "logs/"];

export const isLog = (path: string): boolean => folders.some((folder) => path.startsWith(folder));

interface Named {
  path: string;
  aliasOf: string | null;
}

/** Each log once: of two names the one that people have known longest, azureml-logs/70_driver_log.txt. */
export function listLogs<File extends Named>(files: readonly File[]): File[] {
  const logs = files.filter(({ path }) => isLog(path));
  const isOld = ({ path }: Named) => path.startsWith("azureml-logs/");
  const shownOtherwise = new Set(logs.filter(isOld).map(({ aliasOf }) => aliasOf));
  return logs.filter((file) => isOld(file) || (file.aliasOf === null && !shownOtherwise.has(file.path)));
}

const first = [
  /^azureml-logs\/70_driver_log\.txt$/,
  /^user_logs\/std_log\.txt$/,
  /^azureml-logs\/70_driver_log.*0\.txt$/,
  /^user_logs\/std_log.*0\.txt$/,
  /^azureml-logs\/hyperdrive\.txt$/,
  /^azureml-logs\/20_image_build_log\.txt$/,
  /^azureml-logs\//,
  /^user_logs\//,
];

export function chooseLog(paths: readonly string[]): string | undefined {
  for (const pattern of first) {
    const found = paths.find((path) => pattern.test(path));
    if (found !== undefined) return found;
  }
  return paths[0];
}
