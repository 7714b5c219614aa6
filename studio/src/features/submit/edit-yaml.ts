// Small changes to a job's text that leave the rest of it as it was written.

/** The compute that the text names, in either dialect; undefined where it names none that can be seen. */
export const computeIn = (yaml: string): string | undefined =>
  (
    /^compute:[ \t]*([\w:-]+)[ \t]*(?:#.*)?$/m.exec(yaml) ??
    /^compute:[ \t]*\n(?:[ \t]+.*\n)*?[ \t]+target:[ \t]*([\w:-]+)/m.exec(yaml)
  )?.[1]?.replace(/^azureml:/, "");

export function withCompute(yaml: string, name: string): string {
  if (/^compute:[ \t]*[\w:-]+/m.test(yaml)) return yaml.replace(/^(compute:[ \t]*)[\w:-]+/m, `$1${name}`);
  if (/^compute:[ \t]*\n(?:[ \t]+.*\n)*?[ \t]+target:/m.test(yaml))
    return yaml.replace(/^(compute:[ \t]*\n(?:[ \t]+.*\n)*?[ \t]+target:[ \t]*)[\w:-]+/m, `$1${name}`);
  if (/^compute:/m.test(yaml)) return yaml;
  return `${yaml}${yaml === "" || yaml.endsWith("\n") ? "" : "\n"}compute: ${name}\n`;
}

/** A job that is submitted again gets a name of its own, and says nothing of what is empty. */
export const asNewJob = (yaml: string): string => withoutEmpty(yaml.replace(/^name:.*\n/m, ""));

/** Keys that hold nothing only stand in the way of those that do. */
export const withoutEmpty = (yaml: string): string => yaml.replace(/^\w+: \{\}\n/gm, "");
