// The editor: CodeMirror, with the scenario's completion and what the checker finds.

import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, foldKeymap, HighlightStyle, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search";
import { Compartment, EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { completions, explanations } from "./completion.js";

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--key)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--value)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--quiet)" },
  { tag: [tags.labelName, tags.typeName, tags.keyword, tags.meta], color: "var(--accent)" },
]);

export class Editor {
  // `changed` hears of every change.
  constructor(parent, { nonce, changed }) {
    this.helpers = new Compartment();
    this.view = new EditorView({
      parent,
      extensions: [
        EditorView.cspNonce.of(nonce),
        EditorView.contentAttributes.of({ "aria-label": "Scenario (YAML)", spellcheck: "false" }),
        lineNumbers(),
        lintGutter(),
        history(),
        drawSelection(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        bracketMatching(),
        closeBrackets(),
        indentUnit.of("  "),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        yaml(),
        syntaxHighlighting(colours),
        this.helpers.of([]),
        // Tab is left to move on, as on any page; Enter indents as far as the line before.
        keymap.of([
          ...closeBracketsKeymap,
          ...completionKeymap,
          ...lintKeymap,
          ...foldKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap.filter((one) => one.key !== "Mod-Enter"),
        ]),
        EditorView.updateListener.of((update) => update.docChanged && changed()),
      ],
    });
  }

  // Complete and explain by a schema.
  helpWith(schema) {
    const helpers = [
      autocompletion({ override: [completions(schema)], icons: false, activateOnTypingDelay: 50 }),
      explanations(schema),
    ];
    this.view.dispatch({ effects: this.helpers.reconfigure(helpers) });
  }

  get text() {
    return this.view.state.doc.toString();
  }

  // Put a text in the place of the one that is there: one step, which can be undone.
  set text(text) {
    const { doc } = this.view.state;
    this.view.dispatch({ changes: { from: 0, to: doc.length, insert: text }, selection: { anchor: 0 }, scrollIntoView: true });
  }

  // Return where a line and column are, both from 1.
  position({ line, column }) {
    const { doc } = this.view.state;
    const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
    // Columns are counted in characters, positions in UTF-16 units.
    const before = [...found.text].slice(0, Math.max(column - 1, 0)).join("").length;
    return found.from + before;
  }

  // Show what was found, each at its place.
  show(findings) {
    const { doc } = this.view.state;
    const diagnostics = findings
      .filter((one) => one.line > 0)
      .map((one) => {
        const from = this.position(one);
        const rest = doc.sliceString(from, doc.lineAt(from).to);
        const word = rest.match(/^("[^"]*"|'[^']*'|[^\s,:{}[\]]+|.)/)?.[0] ?? "";
        return { from, to: from + word.length, severity: "error", message: one.message };
      });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  goTo(finding) {
    this.view.dispatch({ selection: { anchor: this.position(finding) }, scrollIntoView: true });
    this.view.focus();
  }
}
