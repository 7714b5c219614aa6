// Fields of a form: a label, what it means, what is wrong with it.
import { useId } from "react";
import type { InputHTMLAttributes, ReactNode, Ref, SelectHTMLAttributes } from "react";
import { CheckIcon, ChevronDownIcon } from "./icons.tsx";
import "./field.css";

interface FieldProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: string | undefined;
  /** Gets the ids to put on the input. */
  children: (ids: {
    id: string;
    "aria-describedby": string | undefined;
    "aria-invalid": boolean;
  }) => ReactNode;
}

export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const about = error !== undefined || hint !== undefined ? `${id}-about` : undefined;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-describedby": about, "aria-invalid": error !== undefined })}
      {about !== undefined && (
        <p id={about} className={error === undefined ? "field-hint" : "field-error"}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

export function TextInput({
  className = "",
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  return (
    <input type="text" autoComplete="off" spellCheck={false} className={`input ${className}`} {...rest} />
  );
}

export function Select({ className = "", ...rest }: SelectHTMLAttributes<HTMLSelectElement>) {
  return (
    <span className="select-box">
      <select className={`input select ${className}`} {...rest} />
      <ChevronDownIcon size={12} />
    </span>
  );
}

interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  /** Some of what it stands for is chosen. */
  isPartial?: boolean;
}

/** Without a label beside it it needs an `aria-label`. */
export function Checkbox({ isPartial = false, className = "", ...rest }: CheckboxProps) {
  return (
    <span className={`checkbox ${className}`}>
      <input
        type="checkbox"
        {...rest}
        ref={(element) => {
          if (element) element.indeterminate = isPartial;
        }}
      />
      {isPartial ? <span className="checkbox-part" /> : <CheckIcon size={12} />}
    </span>
  );
}

/** One of a few, all of them in sight. */
export function Segmented<Value extends string>({
  label,
  options,
  value,
  onChange,
}: {
  label: string;
  options: readonly { value: Value; label: ReactNode; name?: string }[];
  value: Value;
  onChange: (value: Value) => void;
}) {
  return (
    <div role="group" aria-label={label} className="segmented">
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          aria-label={option.name}
          data-tip={option.name}
          data-tip-side="top"
          onClick={() => onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
