// Code or an input that could not be brought to the node: what, why, and what to do about it.

export class StagingFailed extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "StagingFailed";
  }
}
