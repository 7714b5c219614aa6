// What is shown where nothing is: what would be here, and how it comes here.
import type { ReactNode } from "react";
import "./empty-state.css";

export function EmptyState({
  icon,
  title,
  children,
  actions,
}: {
  icon?: ReactNode;
  title: string;
  children?: ReactNode;
  actions?: ReactNode;
}) {
  return (
    <div className="empty-state">
      {icon !== undefined && <span className="empty-state-icon">{icon}</span>}
      <h2>{title}</h2>
      {children}
      {actions !== undefined && <div className="empty-state-actions">{actions}</div>}
    </div>
  );
}
