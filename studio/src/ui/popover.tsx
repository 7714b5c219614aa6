// What opens beside a button and goes away by itself: the ground of menus and choosers.
import { useId, useLayoutEffect, useRef, useState } from "react";
import type { ReactNode, RefObject } from "react";
import { Button } from "./button.tsx";
import type { ButtonLook } from "./button.tsx";
import { ChevronDownIcon } from "./icons.tsx";
import "./popover.css";

const margin = 8;

/** Below the button, or above it where there is more room; never over the edge of the window. */
function place(panel: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const below = innerHeight - at.bottom;
  const top = below < height + margin && at.top > below ? at.top - height - 4 : at.bottom + 4;
  panel.style.top = `${Math.max(margin, Math.min(top, innerHeight - height - margin))}px`;
  panel.style.left = `${Math.max(margin, Math.min(at.left, innerWidth - width - margin))}px`;
}

export interface Popover {
  button: RefObject<HTMLButtonElement | null>;
  panel: RefObject<HTMLDivElement | null>;
  isOpen: boolean;
  close: () => void;
  /** For the button. */
  buttonProps: { popoverTarget: string; "aria-expanded": boolean; "aria-haspopup": "dialog" | "menu" };
  /** For the panel. */
  panelProps: { id: string; popover: "auto" };
}

export function usePopover(kind: "dialog" | "menu" = "dialog"): Popover {
  const id = useId();
  const button = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    const element = panel.current!;
    const toggled = (event: ToggleEvent) => setOpen(event.newState === "open");
    element.addEventListener("beforetoggle", toggled);
    return () => element.removeEventListener("beforetoggle", toggled);
  }, []);
  useLayoutEffect(() => {
    if (!isOpen) return;
    const again = () => place(panel.current!, button.current!);
    // The browser shows it after this event.
    const frame = requestAnimationFrame(again);
    const sizes = new ResizeObserver(again);
    sizes.observe(panel.current!);
    addEventListener("resize", again);
    return () => {
      cancelAnimationFrame(frame);
      sizes.disconnect();
      removeEventListener("resize", again);
    };
  }, [isOpen]);
  return {
    button,
    panel,
    isOpen,
    close: () => {
      panel.current?.hidePopover();
      button.current?.focus();
    },
    buttonProps: { popoverTarget: id, "aria-expanded": isOpen, "aria-haspopup": kind },
    panelProps: { id, popover: "auto" },
  };
}

interface ChooserProps {
  /** What the button says. */
  label: ReactNode;
  /** The panel's name. */
  title: string;
  look?: ButtonLook;
  small?: boolean;
  className?: string;
  children: (close: () => void) => ReactNode;
}

/** A button that opens a panel; what is in it is made when it is open. */
export function Chooser({
  label,
  title,
  look = "plain",
  small = false,
  className = "",
  children,
}: ChooserProps) {
  const { button, panel, isOpen, close, buttonProps, panelProps } = usePopover();
  return (
    <>
      <Button ref={button} look={look} small={small} className={className} {...buttonProps}>
        {label}
        <ChevronDownIcon size={12} />
      </Button>
      <div ref={panel} {...panelProps} role="dialog" aria-label={title} className="popover">
        {isOpen && children(close)}
      </div>
    </>
  );
}
