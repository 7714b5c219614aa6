// Jump to a run by its name, or to a place.
import { useQuery } from "@tanstack/react-query";
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import type { KeyboardEvent, ReactNode } from "react";
import { places } from "../../ui/places.ts";
import { SearchIcon } from "../../ui/icons.tsx";
import { StateIcon } from "../../ui/state-badge.tsx";
import { Ago } from "../../ui/time.tsx";
import { readTable } from "./table-queries.ts";
import "./palette.css";

const foundQuery = (text: string) =>
  queryOptions({
    queryKey: ["palette", text],
    queryFn: ({ signal }) =>
      readTable({ filter: `name ILIKE '%${text.replaceAll("'", "_")}%'`, view: "all", limit: 10 }, signal),
    placeholderData: keepPreviousData,
    staleTime: 2000,
    gcTime: 10_000,
  });

interface Entry {
  id: string;
  icon: ReactNode;
  label: string;
  about: ReactNode;
  go: () => void;
}

export function Palette({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [chosen, setChosen] = useState(0);
  const navigate = useNavigate();
  const { routesByPath } = useRouter();
  const { data } = useQuery(foundQuery(text.trim()));
  useEffect(() => dialog.current!.showModal(), []);

  const low = text.trim().toLowerCase();
  const entries: Entry[] = [
    ...places
      .filter(({ to, label }) => to in routesByPath && label.toLowerCase().includes(low))
      .map(({ to, label, Icon }): Entry => ({
        id: to,
        icon: <Icon />,
        label,
        about: "place",
        go: () => void navigate({ to }),
      })),
    ...(data?.rows ?? []).map(({ id, name, state, experiment, beginsAt }): Entry => ({
      id,
      icon: <StateIcon state={state} />,
      label: name,
      about: (
        <>
          {experiment} · <Ago at={beginsAt} />
        </>
      ),
      go: () => void navigate({ to: "/runs/$run", params: { run: id } }),
    })),
  ];
  // Runs first where something was typed: that is what one looks for then.
  const ordered =
    low === ""
      ? entries
      : entries.toSorted((a, b) => Number(a.about === "place") - Number(b.about === "place"));
  const at = Math.min(chosen, ordered.length - 1);
  const go = (entry: Entry | undefined) => {
    if (!entry) return;
    dialog.current?.close();
    entry.go();
  };
  const press = (event: KeyboardEvent) => {
    const act = {
      ArrowDown: () => setChosen((at + 1) % Math.max(1, ordered.length)),
      ArrowUp: () => setChosen((at - 1 + ordered.length) % Math.max(1, ordered.length)),
      Enter: () => go(ordered[at]),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Jump to"
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div className="palette-box">
        <div className="palette-field">
          <SearchIcon />
          <input
            role="combobox"
            aria-label="Name of a run or a place"
            aria-expanded={ordered.length > 0}
            aria-controls="palette-list"
            aria-activedescendant={at >= 0 ? `palette-${at}` : undefined}
            autoComplete="off"
            spellCheck={false}
            placeholder="Jump to a run or a place"
            value={text}
            onChange={({ target }) => {
              setText(target.value);
              setChosen(0);
            }}
            onKeyDown={press}
          />
        </div>
        <div id="palette-list" role="listbox" aria-label="Found" className="palette-list">
          {ordered.map((entry, index) => (
            <div
              key={entry.id}
              id={`palette-${index}`}
              role="option"
              aria-selected={index === at}
              className="palette-option"
              onClick={() => go(entry)}
              onMouseMove={() => setChosen(index)}
            >
              {entry.icon}
              <span className="palette-label">{entry.label}</span>
              <span className="palette-about">{entry.about}</span>
            </div>
          ))}
        </div>
        {ordered.length === 0 && <p className="palette-none">Nothing is called so.</p>}
      </div>
    </dialog>
  );
}
