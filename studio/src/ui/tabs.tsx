// Tabs: as links where each is an address, else as a list that arrow keys move in.
import { Link } from "@tanstack/react-router";
import type { LinkComponentProps } from "@tanstack/react-router";
import type { KeyboardEvent, ReactNode } from "react";
import "./tabs.css";

export interface Tab<Id extends string> {
  id: Id;
  label: ReactNode;
  /** Shown small beside the label. */
  count?: number | undefined;
}

interface TabsProps<Id extends string> {
  /** What is chosen between, for those who do not see it. */
  label: string;
  tabs: readonly Tab<Id>[];
  value: Id;
  onChange: (id: Id) => void;
}

/** The panel of a tab is to have `id={panelId(id)}`, `role="tabpanel"` and `aria-labelledby={tabId(id)}`. */
export const tabId = (id: string): string => `tab-${id}`;
export const panelId = (id: string): string => `panel-${id}`;

export function Tabs<Id extends string>({ label, tabs, value, onChange }: TabsProps<Id>) {
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = tabs.findIndex(({ id }) => id === value);
    const next =
      event.key === "Home"
        ? tabs[0]
        : event.key === "End"
          ? tabs.at(-1)
          : step && tabs[(at + step + tabs.length) % tabs.length];
    if (!next) return;
    event.preventDefault();
    onChange(next.id);
    document.getElementById(tabId(next.id))?.focus();
  };
  return (
    <div role="tablist" aria-label={label} className="tabs" onKeyDown={move}>
      {tabs.map(({ id, label: words, count }) => (
        <button
          key={id}
          id={tabId(id)}
          type="button"
          role="tab"
          className="tab"
          aria-selected={id === value}
          aria-controls={id === value ? panelId(id) : undefined}
          tabIndex={id === value ? 0 : -1}
          onClick={() => onChange(id)}
        >
          {words}
          <Count of={count} />
        </button>
      ))}
    </div>
  );
}

/** Around `TabLink`s. */
export function TabLinks({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className="tabs" aria-label={label}>
      {children}
    </nav>
  );
}

export function TabLink({
  count,
  children,
  ...link
}: Omit<LinkComponentProps, "children"> & { count?: number | undefined; children: ReactNode }) {
  return (
    <Link {...link} className="tab">
      {children}
      <Count of={count} />
    </Link>
  );
}

const Count = ({ of }: { of: number | undefined }) =>
  of === undefined ? null : <span className="tab-count">{of.toLocaleString("en")}</span>;
