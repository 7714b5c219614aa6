// Two versions of a text beside each other, or one under the other.
import { useMemo } from "react";
import { diffRows, unified } from "./diff-lines.ts";
import type { DiffRow } from "./diff-lines.ts";
import "./code.css";

export type DiffLook = "split" | "unified";

interface DiffViewProps {
  before: string;
  after: string;
  look: DiffLook;
  label: string;
}

export function DiffView({ before, after, look, label }: DiffViewProps) {
  const rows = useMemo(() => diffRows(before, after), [before, after]);
  if (rows.length === 0) return <p className="diff-note">Nothing differs.</p>;
  return (
    <div className="diff">
      {look === "split" ? <Split rows={rows} label={label} /> : <Unified rows={rows} label={label} />}
    </div>
  );
}

const Skip = ({ columns }: { columns: number }) => (
  <tr className="diff-skip">
    <td colSpan={columns}>⋯</td>
  </tr>
);

const Split = ({ rows, label }: { rows: readonly DiffRow[]; label: string }) => (
  <table className="diff-split">
    <caption className="visually-hidden">{label}</caption>
    <colgroup>
      <col className="diff-gutter" />
      <col />
      <col className="diff-gutter" />
      <col />
    </colgroup>
    <tbody>
      {rows.map(({ kind, before, after }, index) =>
        kind === "skip" ? (
          <Skip key={index} columns={4} />
        ) : (
          <tr key={index}>
            <td className="diff-gutter" data-number={before?.number} />
            <td className={before ? (kind === "same" ? "" : "diff-gone") : "diff-none"}>{before?.text}</td>
            <td className="diff-gutter" data-number={after?.number} />
            <td className={after ? (kind === "same" ? "" : "diff-new") : "diff-none"}>{after?.text}</td>
          </tr>
        ),
      )}
    </tbody>
  </table>
);

const Unified = ({ rows, label }: { rows: readonly DiffRow[]; label: string }) => (
  <table>
    <caption className="visually-hidden">{label}</caption>
    <tbody>
      {unified(rows).map(({ kind, before, after }, index) =>
        kind === "skip" ? (
          <Skip key={index} columns={4} />
        ) : (
          <tr key={index} className={kind === "gone" ? "diff-gone" : kind === "new" ? "diff-new" : ""}>
            <td className="diff-gutter" data-number={before?.number} />
            <td className="diff-gutter" data-number={after?.number} />
            <td className="diff-sign">{kind === "gone" ? "−" : kind === "new" ? "+" : ""}</td>
            <td>{(after ?? before)?.text}</td>
          </tr>
        ),
      )}
    </tbody>
  </table>
);
