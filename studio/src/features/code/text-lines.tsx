// A text with line numbers; of a long one only the lines in sight exist.
import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import { Tokens } from "./code.tsx";
import { tokenizeLines } from "./tokenize.ts";
import type { Language } from "./tokenize.ts";

const lineHeight = 19;

export function TextLines({ text, language, label }: { text: string; language: Language; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => tokenizeLines(text.replace(/\n$/, ""), language), [text, language]);
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => lineHeight,
    overscan: 30,
  });
  const items = virtual.getVirtualItems();
  return (
    <div ref={box} className="text-lines" role="region" aria-label={label} tabIndex={0}>
      <div className="text-extent" style={{ height: virtual.getTotalSize() }}>
        <div style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map(({ index }) => (
            <div key={index} className="text-line">
              <span className="text-number" data-number={index + 1} />
              <code>
                <Tokens tokens={lines[index]!} />
              </code>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
