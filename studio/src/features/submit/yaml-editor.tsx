// The editor. It lives in a shadow root: its styles are adopted sheets there, which the page's policy allows, while in
// the page itself they would be inline ones.
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  bracketMatching,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import type { ChangeSpec } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useLayoutEffect, useRef } from "react";
import { diagnosticsOf, jobLanguage } from "./job-language.ts";
import type { Vocabulary } from "./job-language.ts";
import type { FileProblem } from "./submit-queries.ts";

export interface YamlEditorProps {
  /** What it begins with. From then on the text is the editor's, which tells each change of it. */
  first: string;
  /** A text to put in the place of what is there; a new object each time. */
  put: { text: string } | undefined;
  onChange: (text: string) => void;
  onSubmit: () => void;
  problems: readonly FileProblem[];
  warnings: readonly FileProblem[];
  vocabulary: Vocabulary;
  /** A place to go to; a new object each time. */
  goTo: { line: number; column: number } | undefined;
}

export function YamlEditor(props: YamlEditorProps) {
  const { put, problems, warnings, goTo } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useLayoutEffect(() => {
    const element = host.current!;
    const root = element.shadowRoot ?? element.attachShadow({ mode: "open" });
    const made = new EditorView({
      parent: root,
      root,
      state: EditorState.create({ doc: latest.current.first, extensions: extensions(latest) }),
    });
    view.current = made;
    // Keys of the page would act while one types here, for they see only the host.
    const keep = (event: KeyboardEvent) => {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    };
    element.addEventListener("keydown", keep);
    return () => {
      element.removeEventListener("keydown", keep);
      made.destroy();
    };
  }, []);

  useEffect(() => {
    const editor = view.current!;
    if (put) editor.dispatch({ changes: changeTo(editor.state.doc.toString(), put.text) });
  }, [put]);

  useEffect(() => {
    const editor = view.current!;
    const { doc } = editor.state;
    editor.dispatch(
      setDiagnostics(editor.state, [
        ...diagnosticsOf(doc, problems, "error"),
        ...diagnosticsOf(doc, warnings, "warning"),
      ]),
    );
  }, [problems, warnings]);

  useEffect(() => {
    const editor = view.current!;
    if (!goTo) return;
    const line = editor.state.doc.line(Math.min(goTo.line, editor.state.doc.lines));
    editor.dispatch({
      selection: { anchor: Math.min(line.from + goTo.column - 1, line.to) },
      scrollIntoView: true,
    });
    editor.focus();
  }, [goTo]);

  return <div ref={host} className="yaml-editor" />;
}

/** Only what differs, so that the cursor stays where it is in what does not. */
function changeTo(from: string, to: string): ChangeSpec {
  const shorter = Math.min(from.length, to.length);
  let start = 0;
  while (start < shorter && from[start] === to[start]) start++;
  let end = 0;
  while (end < shorter - start && from.at(-1 - end) === to.at(-1 - end)) end++;
  return { from: start, to: from.length - end, insert: to.slice(start, to.length - end) };
}

const extensions = (latest: { current: YamlEditorProps }) => [
  lineNumbers(),
  history(),
  drawSelection(),
  indentOnInput(),
  indentUnit.of("  "),
  bracketMatching(),
  closeBrackets(),
  highlightActiveLine(),
  EditorView.lineWrapping,
  yaml(),
  syntaxHighlighting(colors),
  lintGutter(),
  jobLanguage(() => latest.current.vocabulary),
  EditorView.contentAttributes.of({
    tabindex: "0",
    "aria-label": "The job's YAML. Escape, then Tab, leaves it.",
  }),
  EditorView.updateListener.of((update) => {
    if (update.docChanged) latest.current.onChange(update.state.doc.toString());
  }),
  keymap.of([
    {
      key: "Mod-Enter",
      run: () => {
        latest.current.onSubmit();
        return true;
      },
    },
    // Tab indents; the key that leaves a field of text stays with Escape before it.
    {
      key: "Escape",
      run: (editor) => {
        editor.setTabFocusMode(2000);
        return false;
      },
    },
    ...closeBracketsKeymap,
    ...completionKeymap,
    ...lintKeymap,
    ...historyKeymap,
    ...defaultKeymap,
    indentWithTab,
  ]),
  theme,
];

const colors = HighlightStyle.define([
  {
    tag: [tags.propertyName, tags.definition(tags.propertyName)],
    color: "var(--series-1)",
    fontWeight: "500",
  },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--series-2)" },
  { tag: tags.content, color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--series-3)" },
  { tag: tags.comment, color: "var(--ink-faint)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.bracket, tags.meta], color: "var(--ink-soft)" },
]);

const theme = EditorView.theme({
  "&": { height: "100%", backgroundColor: "var(--raised)", color: "var(--ink)", fontSize: "0.8125rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--ink)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--raised)", color: "var(--ink-faint)", border: "none" },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--hover) 60%, transparent)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--selected)",
  },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--accent-soft)" },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "8px",
    backgroundColor: "var(--raised)",
    color: "var(--ink)",
    boxShadow: "var(--shadow)",
    fontFamily: "var(--font)",
  },
  ".cm-tooltip .job-about, .cm-completionInfo": { maxWidth: "360px", padding: "6px 10px" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--accent-soft)",
    color: "var(--ink)",
  },
  ".cm-completionDetail": { color: "var(--ink-faint)", fontStyle: "normal" },
  ".cm-completionMatchedText": { textDecoration: "none", color: "var(--accent)", fontWeight: "600" },
  ".cm-diagnostic": { padding: "5px 10px", whiteSpace: "pre-wrap", maxWidth: "460px" },
});
