// Colors for the formats that end in c, on terminals only.

const paint = (code: number, text: string): string => `\u001B[${code}m${text}\u001B[0m`;
const keyColor = 34;
const textColor = 32;
const valueColor = 36;

export const colorJson = (json: string): string =>
  json.replaceAll(
    /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null|-?\d[\d.eE+-]*)\b/g,
    (match, text?: string, colon?: string) =>
      text === undefined
        ? paint(valueColor, match)
        : colon === undefined
          ? paint(textColor, text)
          : paint(keyColor, text) + colon,
  );

export const colorYaml = (yaml: string): string =>
  yaml.replaceAll(
    /^(\s*(?:- )*)([^\s:#"'][^:\n]*|"[^"\n]*")(:)(?=\s|$)/gm,
    (_, indent: string, key: string, colon: string) => indent + paint(keyColor, key) + colon,
  );
