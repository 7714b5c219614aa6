// Code with colours, as pieces of text.
import { memo } from "react";
import { tokenize } from "./tokenize.ts";
import type { Language, Token } from "./tokenize.ts";
import "./code.css";

export const Tokens = memo(({ tokens }: { tokens: readonly Token[] }) =>
  tokens.map(({ kind, text }, index) =>
    kind === "plain" ? (
      text
    ) : (
      <span key={index} className={`token-${kind}`}>
        {text}
      </span>
    ),
  ),
);

export const Code = memo(({ text, language }: { text: string; language: Language }) => (
  <Tokens tokens={tokenize(text, language)} />
));
