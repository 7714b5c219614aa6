// Whether a text that is being written is a sweep's: it decides which schema helps with it.

export const isSweepText = (text: string): boolean =>
  /^type:\s*sweep/m.test(text) || /^search_space:/m.test(text);
