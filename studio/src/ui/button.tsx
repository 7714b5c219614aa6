// Buttons, and links that look like them.
import { Link } from "@tanstack/react-router";
import type { LinkComponentProps } from "@tanstack/react-router";
import type { ButtonHTMLAttributes, Ref } from "react";
import "./button.css";

export type ButtonLook = "plain" | "primary" | "quiet" | "danger";

interface Look {
  look?: ButtonLook;
  small?: boolean;
}

type ButtonProps = Look & ButtonHTMLAttributes<HTMLButtonElement> & { ref?: Ref<HTMLButtonElement> };

const classOf = ({ look = "plain", small = false }: Look, more = "") =>
  `button button-${look}${small ? " button-small" : ""} ${more}`;

export function Button({ look, small, className, type = "button", ...rest }: ButtonProps) {
  return (
    <button
      type={type}
      className={classOf({ ...(look && { look }), ...(small && { small }) }, className)}
      {...rest}
    />
  );
}

/** Only a drawing: `label` is its name and shows as a tip. */
export function IconButton({ label, className = "", ...rest }: { label: string } & ButtonProps) {
  return (
    <Button
      look="quiet"
      aria-label={label}
      data-tip={label}
      className={`button-icon ${className}`}
      {...rest}
    />
  );
}

export function ButtonLink({ look, small, className, ...rest }: Look & LinkComponentProps) {
  return (
    <Link {...rest} className={classOf({ ...(look && { look }), ...(small && { small }) }, className)} />
  );
}
