// Names and values, one below the other.
import type { ReactNode } from "react";

export interface Fact {
  name: string;
  value: ReactNode;
  beside?: string | undefined;
}

export const Facts = ({ facts }: { facts: readonly Fact[] }) => (
  // What may scroll must be reached by keyboard too.
  <dl className="facts" tabIndex={facts.length > 12 ? 0 : undefined}>
    {facts.map(({ name, value, beside }) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd>
          {value}
          {beside !== undefined && beside !== "" && <span className="fact-beside">{beside}</span>}
        </dd>
      </div>
    ))}
  </dl>
);
