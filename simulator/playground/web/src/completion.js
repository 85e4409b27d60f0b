// Completion and explanations while one writes, from the scenario's schema and its own names.

import { startCompletion } from "@codemirror/autocomplete";
import { hoverTooltip } from "@codemirror/view";

import { element } from "./elements.js";
import { placeAt, siblings } from "./place.js";

// Keys whose values are names that the scenario itself gives, and where.
const NAMED = {
  user: "users",
  users: "users",
  admin: "administrators",
  group: "groups",
  groups: "groups",
  permission_set: "permission_sets",
  account: "accounts",
  accounts: "accounts",
  network: "networks",
  computer: "computers",
  persona: "personas",
};

// Return the names that a section of a scenario gives.
function names(text, section) {
  const lines = text.split("\n");
  const begin = lines.findIndex((line) => new RegExp(`^\\s*${section}:`).test(line));
  if (begin < 0) return [];
  const column = lines[begin].search(/\S/);
  let end = begin + 1;
  while (end < lines.length && !(lines[end].search(/[^\s#-]/) >= 0 && lines[end].search(/\S/) <= column && !/^\s*-/.test(lines[end]))) end += 1;
  const part = lines.slice(begin, end).join("\n");
  const found = [...part.matchAll(/(?:^|[\s{,-])name:\s*("[^"]*"|[^\s,}#]+)/g)].map((one) => one[1].replaceAll('"', ""));
  if (section === "personas") {
    for (const one of part.matchAll(/^\s+([\w-]+):/gm)) found.push(one[1]);
  }
  return [...new Set(found)];
}

// Return what may be written at a place.
function offers(schema, text, place) {
  const isKey = place.at === "key";
  const map = place.stack.findLast((one) => one.kind === "map");
  // What is being written does not tell yet what is meant.
  const keysOf = (one) => (one === map && !isKey ? without(siblings(text, one), one.key) : siblings(text, one));
  const schemas = schema.at(place.stack, keysOf);
  const options = [];
  const scope = isKey ? keysOf(map) : {};
  if (place.at !== "value") {
    for (const key of schema.keys(schemas, isKey ? without(scope, place.prefix) : null)) {
      if (isKey && key.name !== place.prefix && key.name in scope) continue;
      options.push({
        label: key.name,
        type: "property",
        detail: key.type,
        info: () => element("p", {}, key.description),
        apply: (view, _completion, from, to) => insert(view, `${key.name}: `, from, to),
        boost: (key.isRequired ? 20 : 0) + (key.name === "does" ? 40 : 0) + 10 * key.share,
      });
    }
  }
  if (place.at !== "key") {
    const key = map?.key ?? null;
    const told = key === "does" ? actionsAt(schema, place, keysOf) : {};
    for (const [place, one] of schema.values(schemas).entries()) {
      const description = told[one.value] ?? one.description;
      options.push({
        label: one.value,
        type: "enum",
        detail: one.note,
        // In the schema's order, which is somebody's: pre before post.
        boost: 50 - Math.min(place, 49),
        ...(description && { info: () => element("p", {}, description) }),
      });
    }
    for (const name of names(text, NAMED[key] ?? "-")) {
      if (!options.some((one) => one.label === name)) options.push({ label: name, type: "variable" });
    }
  }
  return options;
}

function without(keys, name) {
  const { [name]: _, ...others } = keys;
  return others;
}

function actionsAt(schema, place, keysOf) {
  const last = place.stack.findLastIndex((one) => one.kind === "map");
  return schema.actions(schema.at(place.stack.slice(0, last), keysOf));
}

function insert(view, text, from, to) {
  const isThere = view.state.sliceDoc(to, to + 1) === ":";
  const inserted = isThere ? text.slice(0, -2) : text;
  view.dispatch({ changes: { from, to, insert: inserted }, selection: { anchor: from + inserted.length }, userEvent: "input.complete" });
  if (!isThere) startCompletion(view);
}

// Return a source of completions.
export function completions(schema) {
  return (context) => {
    const text = context.state.doc.toString();
    const place = placeAt(text, context.pos);
    if (!place || (!context.explicit && place.at !== "value" && place.prefix === "")) return null;
    // After a key was completed its values are offered at once, but not those of nothing.
    const options = offers(schema, text, place);
    if (options.length === 0) return null;
    return { from: context.pos - place.prefix.length, options, validFor: /^[\w.$-]*$/ };
  };
}

// Return what explains the key or value under the pointer.
export function explanations(schema) {
  return hoverTooltip((view, position) => {
    const word = view.state.wordAt(position);
    if (!word) return null;
    const line = view.state.doc.lineAt(position);
    const end = position + line.text.slice(position - line.from).match(/^[\w-]*/)[0].length;
    const text = view.state.doc.toString();
    const place = placeAt(text, end);
    const name = place?.prefix;
    if (!name) return null;
    const found = offers(schema, text, place).find((one) => one.label === name && one.info);
    if (!found) return null;
    return {
      pos: end - name.length,
      end,
      above: true,
      create: () => ({ dom: element("div", { className: "explanation" }, element("b", {}, name), found.info()) }),
    };
  });
}
