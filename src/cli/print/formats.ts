// The output formats, by name. In a file of its own, because the options need the names and not the code.

export const outputFormats = ["json", "jsonc", "yaml", "yamlc", "table", "tsv", "none"] as const;
export type OutputFormat = (typeof outputFormats)[number];
