// The filter: MLflow's grammar, completed as one types, with the place of a fault marked below it.
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import type { KeyboardEvent } from "react";
import { parseFilter } from "../../../../src/core/search/parse-filter.ts";
import { tableGrammar } from "../../../../src/core/search/table-grammar.ts";
import { Refused } from "../../../../src/core/refused.ts";
import { IconButton } from "../../ui/button.tsx";
import { useHotkey } from "../../ui/hotkeys.ts";
import { CloseIcon, FilterIcon } from "../../ui/icons.tsx";
import { Keys } from "../../ui/keys.tsx";
import { complete, filterOf } from "./complete.ts";
import type { Completion } from "./complete.ts";
import type { RunKeys } from "./view.ts";
import "./filter-bar.css";

interface FilterBarProps {
  filter: string;
  keys: RunKeys;
  experiments: readonly string[];
  onChange: (filter: string) => void;
}

interface Fault {
  message: string;
  start: number;
  end: number;
}

function findFault(text: string): Fault | undefined {
  try {
    parseFilter(text, tableGrammar);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { start = 0, end = text.length } = error.details ?? {};
    return { message: error.message, start: Number(start), end: Number(end) };
  }
}

const none: Completion = { start: 0, suggestions: [] };

export function FilterBar({ filter, keys, experiments, onChange }: FilterBarProps) {
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const [text, setText] = useState(filter);
  const [fault, setFault] = useState<{ text: string; fault: Fault }>();
  const [completion, setCompletion] = useState(none);
  const [chosen, setChosen] = useState(-1);
  useEffect(() => setText(filter), [filter]);
  const caretAfter = useRef<number>(undefined);
  useLayoutEffect(() => {
    if (caretAfter.current !== undefined)
      input.current!.setSelectionRange(caretAfter.current, caretAfter.current);
    caretAfter.current = undefined;
  }, [text]);
  useHotkey({ keys: "/", label: "Filter", group: "Table of runs" }, () => input.current?.focus());

  const { start, suggestions } = completion;
  const isOpen = suggestions.length > 0;
  const offer = (next: string, caret: number) => {
    setCompletion(complete(next, caret, keys, experiments));
    setChosen(-1);
  };
  const close = () => setCompletion(none);
  const apply = (next: string) => {
    const wanted = filterOf(next);
    const found = findFault(wanted);
    close();
    setText(wanted);
    setFault(found && { text: wanted, fault: found });
    if (!found) onChange(wanted);
  };
  const take = (index: number) => {
    const element = input.current!;
    const caret = element.selectionStart ?? text.length;
    const begun = `${text.slice(0, start)}${suggestions[index]!.text} `;
    const next = begun + text.slice(caret).trimStart();
    setText(next);
    offer(next, begun.length);
    element.focus();
    caretAfter.current = begun.length;
  };
  const press = (event: KeyboardEvent) => {
    const act: (() => void) | undefined = {
      ArrowDown: () => setChosen((chosen + 1) % Math.max(1, suggestions.length)),
      ArrowUp: () => setChosen((chosen - 1 + suggestions.length) % Math.max(1, suggestions.length)),
      Enter: () => (isOpen && chosen >= 0 ? take(chosen) : apply(text)),
      Tab: isOpen ? () => take(Math.max(0, chosen)) : undefined,
      Escape: () => (isOpen ? close() : input.current!.blur()),
    }[event.key];
    if (!act || event.shiftKey) return;
    event.preventDefault();
    act();
  };

  return (
    <div className="filter">
      <div className="filter-box" data-fault={fault !== undefined || undefined}>
        <FilterIcon size={14} />
        <input
          ref={input}
          role="combobox"
          aria-label="Filter runs"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
          aria-invalid={fault !== undefined}
          aria-describedby={fault ? `${id}-fault` : undefined}
          spellCheck={false}
          autoComplete="off"
          placeholder="Filter: metrics.loss < 0.5 AND params.optimizer = 'adam', or a name"
          value={text}
          onChange={({ target }) => {
            setText(target.value);
            setFault(undefined);
            offer(target.value, target.selectionStart ?? target.value.length);
          }}
          onFocus={({ target }) => offer(text, target.selectionStart ?? text.length)}
          onBlur={() => {
            close();
            if (text.trim() !== filter) apply(text);
          }}
          onKeyDown={press}
        />
        {text === "" ? (
          <Keys of="/" />
        ) : (
          <IconButton label="Clear the filter" small data-tip-side="end" onClick={() => apply("")}>
            <CloseIcon size={14} />
          </IconButton>
        )}
      </div>
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="What may come next"
        className="filter-list"
        hidden={!isOpen}
        // The input keeps the focus.
        onMouseDown={(event) => event.preventDefault()}
      >
        {suggestions.map((suggestion, index) => (
          <div
            key={suggestion.text}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === chosen}
            ref={(element) => {
              if (index === chosen) element?.scrollIntoView({ block: "nearest" });
            }}
            className="filter-option"
            onClick={() => take(index)}
          >
            <code>{suggestion.text}</code>
            <span>{suggestion.about}</span>
          </div>
        ))}
      </div>
      {fault && (
        <div id={`${id}-fault`} role="alert" className="filter-fault">
          <code>
            {fault.text.slice(0, fault.fault.start)}
            <mark>{fault.text.slice(fault.fault.start, fault.fault.end) || " "}</mark>
            {fault.text.slice(fault.fault.end)}
          </code>
          <p>{fault.fault.message}</p>
        </div>
      )}
    </div>
  );
}
