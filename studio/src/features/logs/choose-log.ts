// Which files of a run are logs, and which of them one wants to see first.

const folders = ["azureml-logs/", "user_logs/", "system_logs/", "logs/"];

export const isLog = (path: string): boolean => folders.some((folder) => path.startsWith(folder));

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
