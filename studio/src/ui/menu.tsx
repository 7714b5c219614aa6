// A menu of actions behind a button: arrows move, letters jump, Escape closes.
import type { KeyboardEvent, ReactNode } from "react";
import { useLayoutEffect } from "react";
import { Button } from "./button.tsx";
import type { ButtonLook } from "./button.tsx";
import { CheckIcon, ChevronDownIcon, MoreIcon } from "./icons.tsx";
import { usePopover } from "./popover.tsx";

export interface MenuAction {
  id: string;
  label: ReactNode;
  icon?: ReactNode;
  /** Small, at the end: a key, a hint. */
  end?: ReactNode;
  danger?: boolean;
  disabled?: boolean;
  /** Of what is on or off. */
  isOn?: boolean;
  onSelect: () => void;
}

interface MenuProps {
  /** The name of the menu; what the button says unless `children` are given. */
  label: string;
  items: readonly (MenuAction | "line")[];
  look?: ButtonLook;
  small?: boolean;
  /** What the button shows. Nothing: three dots. */
  children?: ReactNode;
}

const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };

export function Menu({ label, items, look = "quiet", small = false, children }: MenuProps) {
  const { button, panel, isOpen, close, buttonProps, panelProps } = usePopover("menu");
  const entries = () => [...panel.current!.querySelectorAll<HTMLElement>("[role^=menuitem]:not(:disabled)")];
  useLayoutEffect(() => {
    if (!isOpen) return;
    const frame = requestAnimationFrame(() => entries()[0]?.focus());
    return () => cancelAnimationFrame(frame);
  }, [isOpen]);
  const move = (event: KeyboardEvent) => {
    const all = entries();
    const at = all.indexOf(document.activeElement as HTMLElement);
    const step = steps[event.key];
    const next =
      step !== undefined
        ? all[(at + step + all.length) % all.length]
        : event.key === "Home"
          ? all[0]
          : event.key === "End"
            ? all.at(-1)
            : event.key.length === 1
              ? [...all.slice(at + 1), ...all].find((one) =>
                  one.textContent?.trim().toLowerCase().startsWith(event.key.toLowerCase()),
                )
              : undefined;
    if (next) {
      event.preventDefault();
      event.stopPropagation();
      next.focus();
    }
    if (event.key === "Tab") close();
  };
  return (
    <>
      <Button
        ref={button}
        look={look}
        small={small}
        {...(children === undefined && { "aria-label": label, className: "button-icon", "data-tip": label })}
        {...buttonProps}
      >
        {children === undefined ? (
          <MoreIcon />
        ) : (
          <>
            {children}
            <ChevronDownIcon size={12} />
          </>
        )}
      </Button>
      <div ref={panel} {...panelProps} role="menu" aria-label={label} className="popover" onKeyDown={move}>
        {isOpen &&
          items.map((item, index) =>
            item === "line" ? (
              <hr key={index} className="menu-line" />
            ) : (
              <button
                key={item.id}
                type="button"
                {...(item.isOn === undefined
                  ? { role: "menuitem" }
                  : { role: "menuitemcheckbox", "aria-checked": item.isOn })}
                tabIndex={-1}
                disabled={item.disabled}
                className={`menu-item${item.danger ? " menu-item-danger" : ""}`}
                onClick={() => {
                  close();
                  item.onSelect();
                }}
              >
                {item.isOn === undefined ? (
                  item.icon
                ) : (
                  <span className="menu-tick">{item.isOn && <CheckIcon size={14} />}</span>
                )}
                {item.label}
                {item.end !== undefined && <span className="menu-end">{item.end}</span>}
              </button>
            ),
          )}
      </div>
    </>
  );
}
