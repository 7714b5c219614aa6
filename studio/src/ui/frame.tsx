// The rail of places, and the page beside it.
import { Link, useNavigate, useRouter, useRouterState } from "@tanstack/react-router";
import { useState, useSyncExternalStore } from "react";
import type { ReactNode } from "react";
import { readConnection, watchConnection } from "../api/follow-events.ts";
import { isOutdated, watchOutdated } from "../api/own-script.ts";
import { Button } from "./button.tsx";
import { Segmented } from "./field.tsx";
import { useHotkey } from "./hotkeys.ts";
import { KeyboardIcon, MoonIcon, ScreenIcon, SearchIcon, SunIcon } from "./icons.tsx";
import { KeyHelp } from "./key-help.tsx";
import { Keys } from "./keys.tsx";
import { places } from "./places.ts";
import type { Place } from "./places.ts";
import { setTheme, useTheme } from "./theme.ts";
import { Toaster } from "./toast.tsx";
import "./layout.css";

export function Frame({ onSearch, children }: { onSearch: () => void; children: ReactNode }) {
  const { routesByPath } = useRouter();
  const [isHelping, setHelping] = useState(false);
  useHotkey({ keys: "?", label: "Show the keys", group: "Everywhere" }, () => setHelping(true));
  return (
    <div className="frame">
      <a href="#page" className="skip-link">
        Skip to the page
      </a>
      <nav className="rail" aria-label="Places">
        <Link to="/" className="rail-brand">
          <img src="/favicon.svg" alt="" width={20} height={20} />
          Trainyard
        </Link>
        <button type="button" className="rail-search" onClick={onSearch}>
          <SearchIcon size={14} />
          <span>Search</span>
          <Keys of="Mod+k" />
        </button>
        {places
          .filter(({ to }) => to in routesByPath)
          .map((place) => (
            <PlaceLink key={place.to} place={place} />
          ))}
        <div className="rail-foot">
          <ConnectionState />
          <div className="rail-foot-line">
            <ThemeSwitch />
            <button
              type="button"
              className="rail-keys"
              aria-label="Show the keys"
              data-tip="Keys"
              data-tip-side="top"
              onClick={() => setHelping(true)}
            >
              <KeyboardIcon />
            </button>
          </div>
        </div>
      </nav>
      <main className="page" id="page" tabIndex={-1}>
        {children}
      </main>
      {isHelping && <KeyHelp onClose={() => setHelping(false)} />}
      <Toaster />
    </div>
  );
}

function PlaceLink({ place: { to, label, key, Icon } }: { place: Place }) {
  const navigate = useNavigate();
  // Runs are what jobs did.
  const isInside = useRouterState({
    select: ({ location }) => to === "/" && location.pathname.startsWith("/runs/"),
  });
  useHotkey({ keys: `g ${key}`, label: `Go to ${label}`, group: "Everywhere" }, () => {
    void navigate({ to });
  });
  return (
    <Link
      to={to}
      className="rail-link"
      data-inside={isInside || undefined}
      activeOptions={{ exact: to === "/", includeSearch: false }}
    >
      <Icon />
      <span>{label}</span>
    </Link>
  );
}

const words = { connecting: "Connecting", live: "Live", reconnecting: "Reconnecting" } as const;

function ConnectionState() {
  const connection = useSyncExternalStore(watchConnection, readConnection);
  const isOld = useSyncExternalStore(watchOutdated, isOutdated);
  if (isOld && connection === "live") {
    return (
      <div role="status">
        <Button small onClick={() => location.reload()}>
          Updated: reload
        </Button>
      </div>
    );
  }
  return (
    <p className="connection" role="status" data-connection={connection}>
      {words[connection]}
    </p>
  );
}

function ThemeSwitch() {
  return (
    <Segmented
      label="Theme"
      value={useTheme()}
      onChange={setTheme}
      options={[
        { value: "light", label: <SunIcon size={14} />, name: "Light" },
        { value: "dark", label: <MoonIcon size={14} />, name: "Dark" },
        { value: "system", label: <ScreenIcon size={14} />, name: "As the system" },
      ]}
    />
  );
}
