// An environment that could not be realized: the reason, the package at fault, the builder's last words, and what to do.

export interface FailureFacts {
  reason: string;
  /** The package at fault, when the builder named one. */
  package?: string;
  /** The last useful lines of the builder. */
  lines?: string[];
  hint?: string;
}

export class EnvironmentFailed extends Error {
  readonly facts: Readonly<FailureFacts>;

  constructor(facts: FailureFacts) {
    super(describeFailure(facts));
    this.name = "EnvironmentFailed";
    this.facts = facts;
  }
}

function describeFailure({ reason, package: culprit, lines = [], hint }: FailureFacts): string {
  const head = culprit && !reason.includes(culprit) ? `${reason} (package ${culprit})` : reason;
  return [head, ...lines.map((line) => `  ${line}`), ...(hint ? [hint] : [])].join("\n");
}
