// How much each parameter mattered, as bars with numbers.
import { useMemo } from "react";
import { importanceOf, leastTrials } from "./importance.ts";
import type { Goal, Point } from "./points.ts";

interface ImportanceListProps {
  points: readonly Point[];
  names: readonly string[];
  goal: Goal;
}

export function ImportanceList({ points, names, goal }: ImportanceListProps) {
  const scored = points.filter(({ score, mark }) => score !== null && mark !== "open");
  const key = `${scored.length} ${names.join(" ")}`;
  // It takes some time, and only an ended trial changes it.
  const found = useMemo(() => importanceOf(scored, names, goal), [key, goal]);
  if (!found) {
    return (
      <p className="sweep-none">
        It is told from {leastTrials} trials with a score on; there {scored.length === 1 ? "is" : "are"}{" "}
        {scored.length}.
      </p>
    );
  }
  return (
    <>
      <table className="importance">
        <caption className="visually-hidden">Importance of parameters</caption>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col">Share</th>
            <th scope="col">Tendency</th>
          </tr>
        </thead>
        <tbody>
          {found.map(({ name, share, tendency }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>
                <span className="importance-bar">
                  <span style={{ width: `${share * 100}%` }} />
                </span>
                <span className="number">{Math.round(share * 100)} %</span>
              </td>
              <td className="soft">{tendency === undefined ? "" : wordsOf(tendency)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="sweep-note">
        By a random forest of the trials: how much worse it foretells the score of trials it has not seen when
        a parameter's values are mixed up.
      </p>
    </>
  );
}

function wordsOf(tendency: number): string {
  if (Math.abs(tendency) < 0.3) return "no one direction";
  return `${Math.abs(tendency) >= 0.6 ? "" : "rather "}${tendency > 0 ? "greater" : "smaller"} is better`;
}
