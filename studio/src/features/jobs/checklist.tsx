// A list to choose from, with a field to find in it: of experiments, of columns.
import { useState } from "react";
import { Checkbox, TextInput } from "../../ui/field.tsx";
import "./checklist.css";

export interface Choice {
  id: string;
  label: string;
  /** Small, at the end. */
  end?: string;
}

interface ChecklistProps {
  sections: readonly { title?: string; choices: readonly Choice[] }[];
  chosen: ReadonlySet<string>;
  onToggle: (id: string) => void;
  placeholder: string;
}

const most = 200;

export function Checklist({ sections, chosen, onToggle, placeholder }: ChecklistProps) {
  const [text, setText] = useState("");
  const low = text.toLowerCase();
  const found = sections
    .map(({ title, choices }) => ({
      title,
      choices: choices.filter(({ label }) => label.toLowerCase().includes(low)),
    }))
    .filter(({ choices }) => choices.length > 0);
  return (
    <div className="checklist">
      <TextInput
        autoFocus
        aria-label={placeholder}
        placeholder={placeholder}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <div className="checklist-items">
        {found.map(({ title, choices }) => (
          <fieldset key={title ?? ""}>
            {title !== undefined && <legend>{title}</legend>}
            {choices.slice(0, most).map(({ id, label, end }) => (
              <label key={id} className="menu-item">
                <Checkbox checked={chosen.has(id)} onChange={() => onToggle(id)} />
                <span className="checklist-label" title={label}>
                  {label}
                </span>
                {end !== undefined && <span className="menu-end">{end}</span>}
              </label>
            ))}
            {choices.length > most && (
              <p className="checklist-more">{choices.length - most} more: type to find them</p>
            )}
          </fieldset>
        ))}
        {found.length === 0 && <p className="checklist-more">Nothing is called so.</p>}
      </div>
    </div>
  );
}
