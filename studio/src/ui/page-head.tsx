// The head of a page: where one is, what it is, and what can be done with it.
import { useEffect } from "react";
import type { ReactNode } from "react";
import "./page-head.css";

interface PageHeadProps {
  /** Also the title of the window. */
  title: string;
  /** Links to what it is part of. */
  crumbs?: ReactNode;
  /** Beside the title: a state, a count. */
  beside?: ReactNode;
  actions?: ReactNode;
  /** Below: tabs, filters. */
  children?: ReactNode;
}

export function PageHead({ title, crumbs, beside, actions, children }: PageHeadProps) {
  useTitle(title);
  return (
    <header className="page-head">
      {crumbs !== undefined && (
        <nav className="page-crumbs" aria-label="Where this is">
          {crumbs}
        </nav>
      )}
      <div className="page-head-line">
        <h1>{title}</h1>
        {beside}
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </div>
      {children}
    </header>
  );
}

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Trainyard`;
  }, [title]);
}
