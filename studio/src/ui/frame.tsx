// The rail of places, and the page beside it.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import "./layout.css";

const places = [{ to: "/", label: "Jobs" }] as const;

export function Frame({ children }: { children: ReactNode }) {
  return (
    <div className="frame">
      <nav className="rail" aria-label="Places">
        <span className="rail-brand">
          <img src="/favicon.svg" alt="" width={20} height={20} />
          Trainyard
        </span>
        {places.map(({ to, label }) => (
          <Link key={to} to={to} className="rail-link" activeOptions={{ exact: to === "/" }}>
            {label}
          </Link>
        ))}
      </nav>
      <main className="page" id="page">
        {children}
      </main>
    </div>
  );
}
