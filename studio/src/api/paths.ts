// Addresses of the API that several files ask.

export const runPath = (run: string): string => `/runs/${encodeURIComponent(run)}`;
export const jobPath = (run: string): string => `/jobs/${encodeURIComponent(run)}`;
export const workspacePath = "/workspace";
