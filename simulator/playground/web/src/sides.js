// An event's two records, line by line beside each other.

import { element } from "./elements.js";

const SIGNS = { added: "+", removed: "−", changed: "~", moved: "↕", same: "" };

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const isFull = (value) => typeof value === "object" && value !== null && Object.keys(value).length > 0;

// Return the keys of both, where each keeps its order and the old ones go first.
function merged(before, after) {
  const keys = [];
  const rest = [...before];
  for (const key of after) {
    if (before.includes(key)) while (rest.length && keys.at(-1) !== key) keys.push(rest.shift());
    else keys.push(key);
  }
  return [...new Set([...keys, ...rest])];
}

// Return the rows of two values: {depth, before, after, what}, where a side that has none is null.
//   marks  what became of each member that is not the same, by its path
export function rowsOf(before, after, marks) {
  const rows = [];
  const row = (depth, one, other, what) => rows.push({ depth, before: one, after: other, what });

  const walk = (depth, path, name, one, other, ends) => {
    const label = name === null ? "" : `${JSON.stringify(name)}: `;
    const said = (value, end) => (value === undefined ? null : `${label}${JSON.stringify(value)}${end}`);
    const both = one !== undefined && other !== undefined;
    const present = both ? [one, other] : [one ?? other];
    const isAlike = present.every((each) => isFull(each) && isObject(each) === isObject(present[0]));
    if (!isAlike) {
      if (both && (isFull(one) || isFull(other))) {
        walk(depth, path, name, one, undefined, ends);
        walk(depth, path, name, undefined, other, ends);
        return;
      }
      row(depth, said(one, ends[0]), said(other, ends[1]), both ? (marks[path] ?? "same") : one === undefined ? "added" : "removed");
      return;
    }
    const what = both ? "same" : one === undefined ? "added" : "removed";
    const [open, close] = isObject(present[0]) ? "{}" : "[]";
    const framed = (text, bounds) => [one, other].map((each, side) => (each === undefined ? null : `${text}${bounds[side]}`));
    row(depth, ...framed(`${label}${open}`, ["", ""]), what);
    const keys = [one, other].map((each) => (each === undefined ? [] : Object.keys(each)));
    for (const key of merged(...keys)) {
      const inner = path === "" ? key : `${path}.${key}`;
      const commas = keys.map((each) => (each.at(-1) === key ? "" : ","));
      walk(depth + 1, inner, isObject(present[0]) ? key : null, one?.[key], other?.[key], commas);
    }
    row(depth, ...framed(close, ends), what);
  };

  walk(0, "", null, before, after, ["", ""]);
  return rows;
}

// Return a table of rows.
export function tableOf(rows, eras) {
  const head = element("tr", {}, element("th", { scope: "col" }, element("span", { className: "unseen" }, "Difference")));
  head.append(...eras.map((era) => element("th", { scope: "col" }, era)));
  const body = element("tbody", {});
  for (const { depth, before, after, what } of rows) {
    const sign = element("td", { className: "sign" });
    if (what !== "same") {
      sign.append(element("span", { ariaHidden: "true" }, SIGNS[what]), element("span", { className: "unseen" }, what));
    }
    const cells = [before, after].map((text, side) => {
      const cell = element("td", { className: text === null ? "none" : "", dataset: { era: eras[side] } });
      if (text !== null) {
        const code = element("code", {}, text);
        code.style.setProperty("--depth", depth);
        cell.append(code);
      }
      return cell;
    });
    body.append(element("tr", { className: what }, sign, ...cells));
  }
  return element("table", { className: "sides" }, element("thead", {}, head), body);
}
