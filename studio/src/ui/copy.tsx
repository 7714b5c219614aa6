// Copying: a button, and a command that is there to be copied.
import { useEffect, useState } from "react";
import { IconButton } from "./button.tsx";
import { CheckIcon, CopyIcon } from "./icons.tsx";
import "./copy.css";

/** Also where the clipboard is closed to pages that come without TLS from another machine. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    // The only way there is then.
    document.execCommand("copy");
    area.remove();
  }
}

export function CopyButton({ text, label = "Copy" }: { text: string; label?: string }) {
  const [isDone, setDone] = useState(false);
  useEffect(() => {
    if (!isDone) return;
    const timer = setTimeout(() => setDone(false), 1600);
    return () => clearTimeout(timer);
  }, [isDone]);
  return (
    <IconButton
      small
      data-tip-side="end"
      label={isDone ? "Copied" : label}
      onClick={() => void copyText(text).then(() => setDone(true))}
    >
      {isDone ? <CheckIcon size={14} /> : <CopyIcon size={14} />}
    </IconButton>
  );
}

/** A shell command. */
export function Command({ children }: { children: string }) {
  return (
    <div className="command">
      <code>
        <span className="command-prompt" aria-hidden="true">
          ${" "}
        </span>
        {children}
      </code>
      <CopyButton text={children} label="Copy this command" />
    </div>
  );
}
