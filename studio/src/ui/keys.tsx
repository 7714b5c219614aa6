// A key as it is written on the keyboard.
import { isMac } from "./hotkeys.ts";
import "./keys.css";

const signs: Readonly<Record<string, string>> = {
  Mod: isMac ? "⌘" : "Ctrl",
  Shift: isMac ? "⇧" : "Shift",
  Escape: "Esc",
  Enter: "↵",
  ArrowDown: "↓",
  ArrowUp: "↑",
};

export function Keys({ of }: { of: string }) {
  return (
    <span className="keys">
      {of.split(" ").map((stroke, index) => (
        <kbd key={index}>
          {stroke
            .split("+")
            .map((part) => signs[part] ?? (stroke.includes("+") ? part.toUpperCase() : part))
            .join(" ")}
        </kbd>
      ))}
    </span>
  );
}
