// A box with a title.
import type { ReactNode } from "react";

export function Card({
  title,
  children,
  actions,
  isEmpty = false,
  empty,
}: {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  isEmpty?: boolean;
  empty?: string;
}) {
  return (
    <section className="card">
      <header className="card-head">
        <h2>{title}</h2>
        {actions}
      </header>
      {isEmpty ? <p className="card-empty">{empty}</p> : children}
    </section>
  );
}
