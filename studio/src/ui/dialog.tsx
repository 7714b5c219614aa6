// A dialog over the page: the browser's own, so that focus and Escape are as people know them.
import { useEffect, useId, useRef } from "react";
import type { ReactNode } from "react";
import { Button, IconButton } from "./button.tsx";
import type { ButtonLook } from "./button.tsx";
import { CloseIcon } from "./icons.tsx";
import "./dialog.css";

interface DialogProps {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** The buttons at its foot. */
  actions?: ReactNode;
  width?: number;
}

/** Is open for as long as it is there. */
export function Dialog({ title, onClose, children, actions, width = 440 }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current!.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      style={{ width }}
      aria-labelledby={id}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div className="dialog-box">
        <header className="dialog-head">
          <h2 id={id}>{title}</h2>
          <IconButton label="Close" small data-tip-side="end" onClick={() => dialog.current?.close()}>
            <CloseIcon />
          </IconButton>
        </header>
        <div className="dialog-body">{children}</div>
        {actions !== undefined && <footer className="dialog-foot">{actions}</footer>}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: ReactNode;
  children: ReactNode;
  /** What the button says that does it. */
  action: string;
  look?: ButtonLook;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, children, action, look = "primary", onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Back</Button>
          <Button
            look={look}
            onClick={() => {
              onClose();
              onConfirm();
            }}
          >
            {action}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
