// Where in a scenario a position is: in which mappings and lists, at a key or at a value.
//
// What is being written is seldom sound YAML, so nothing is parsed as a whole: indentation and
// brackets before the position tell where it is, and lines around it which other keys there are.

const KEY = /^("[^"]*"|'[^']*'|[^\s#:{}[\],&*!|>'"%@`-][^:#]*?|-[^\s:][^:#]*?)\s*:(?=\s|$)/;

const bare = (token) => token.trim().replace(/^(["'])(.*)\1$/s, "$2");

// Read flow style from a position on, until the end or until all brackets are closed.
// `stack` has the containers that are open; what happens is told of them.
function readFlow(text, from, to, stack) {
  const outermost = stack.length;
  let token = "";
  let at = from;
  for (; at < to; at += 1) {
    const char = text[at];
    const top = stack[stack.length - 1];
    if ((char === '"' || char === "'") && token.trim() === "") {
      const end = text.indexOf(char, at + 1);
      const last = end < 0 || end >= to ? to - 1 : end;
      token = text.slice(at, last + 1);
      at = last;
    } else if (char === "#" && /\s/.test(text[at - 1] ?? " ")) {
      const end = text.indexOf("\n", at);
      at = (end < 0 || end > to ? to : end) - 1;
    } else if (char === "{" || char === "[") {
      stack.push({ kind: char === "{" ? "map" : "list", flow: true, start: at, key: null });
      token = "";
    } else if (char === "}" || char === "]") {
      stack.pop();
      token = "";
      if (stack.length < outermost || stack.length === 0 || !stack[stack.length - 1].flow) {
        return { at: at + 1, token: "", isClosed: true };
      }
    } else if (char === ",") {
      top.key = null;
      token = "";
    } else if (char === ":" && top.kind === "map" && top.key === null && /\s|$/.test(text[at + 1] ?? " ")) {
      top.key = bare(token);
      token = "";
    } else {
      token += char;
    }
  }
  return { at, token: token.trimStart(), isClosed: false };
}

// Let go of what an indentation ends.
function closeBlocks(stack, column, isItem) {
  while (stack.length) {
    const top = stack[stack.length - 1];
    // A list may stand as far in as the key it belongs to.
    const isOver = top.column > column || (top.column === column && top.kind === "list" && !isItem);
    if (!isOver) return;
    stack.pop();
  }
}

// Return where a position is:
//   stack   containers from the outermost in: {kind: "map" | "list", key, …}
//   at      "key", "value", or "either" where a value or a mapping may begin
//   prefix  what stands before the position of the word that is being written
// or null inside comments and texts of several lines.
export function placeAt(text, position) {
  const stack = [];
  let offset = 0;
  let textColumn = null;
  while (offset <= position) {
    const newline = text.indexOf("\n", offset);
    const lineEnd = newline < 0 ? text.length : newline;
    const isLast = lineEnd >= position;
    const end = isLast ? position : lineEnd;
    const line = text.slice(offset, end);
    let column = line.length - line.trimStart().length;
    let rest = line.slice(column);
    const next = lineEnd + 1;
    if (textColumn !== null && (rest === "" || column > textColumn)) {
      if (isLast) return null;
      offset = next;
      continue;
    }
    textColumn = null;
    if (rest.startsWith("#")) {
      if (isLast) return null;
      offset = next;
      continue;
    }
    if (rest === "" && !isLast) {
      offset = next;
      continue;
    }
    let wasItem = false;
    while (/^-(\s|$)/.test(rest)) {
      closeBlocks(stack, column, true);
      let top = stack[stack.length - 1];
      if (!(top?.kind === "list" && top.column === column)) {
        top = { kind: "list", column };
        stack.push(top);
      }
      wasItem = true;
      const skipped = rest.match(/^-\s*/)[0].length;
      column += skipped;
      rest = rest.slice(skipped);
    }
    if (!(wasItem && rest === "")) closeBlocks(stack, column, false);
    const found = rest.match(KEY);
    let value = rest;
    if (found) {
      const top = stack[stack.length - 1];
      const key = bare(found[1]);
      const lineAt = offset;
      if (top?.kind === "map" && top.column === column) Object.assign(top, { key, lineAt });
      else stack.push({ kind: "map", column, key, lineAt });
      value = rest.slice(found[0].length);
    }
    const indent = value.length - value.trimStart().length;
    value = value.trimStart();
    if (/^[{[]/.test(value)) {
      const from = end - value.length;
      const flow = readFlow(text, from, position, stack);
      if (!flow.isClosed) {
        const top = stack[stack.length - 1];
        const isKey = top.kind === "map" && top.key === null;
        return { stack, at: isKey ? "key" : "value", prefix: flow.token };
      }
      const after = text.indexOf("\n", flow.at);
      if (after < 0 || after >= position) return null;
      offset = after + 1;
      continue;
    }
    if (/^[|>]/.test(value) && !isLast) textColumn = found ? column : column - 1;
    if (isLast) {
      if (/(^|\s)#/.test(value)) return null;
      if (found) return indent || value ? { stack, at: "value", prefix: value } : null;
      const top = stack[stack.length - 1];
      if (top?.kind === "map" && top.column === column && !wasItem) {
        return { stack: [...stack.slice(0, -1), { ...top, key: null, lineAt: offset }], at: "key", prefix: value };
      }
      if (stack.length === 0) {
        return { stack: [{ kind: "map", column: 0, key: null, lineAt: offset }], at: "key", prefix: value };
      }
      return { stack, at: "either", column, lineAt: offset, prefix: value };
    }
    offset = next;
  }
  return null;
}

// Return a mapping's keys and, of those that are plain, their values.
export function siblings(text, map) {
  return map.flow ? flowSiblings(text, map) : blockSiblings(text, map);
}

function flowSiblings(text, map) {
  const found = {};
  let depth = 0;
  let token = "";
  let key = null;
  const keep = () => {
    if (key !== null) found[key] = bare(token);
    else if (token.trim()) found[bare(token)] = "";
    token = "";
    key = null;
  };
  for (let at = map.start; at < text.length; at += 1) {
    const char = text[at];
    if ("{[".includes(char)) {
      depth += 1;
      if (depth > 1) token += char;
    } else if ("}]".includes(char)) {
      depth -= 1;
      if (depth === 0) break;
      token += char;
    } else if (depth > 1) token += char;
    else if (char === ",") keep();
    else if (char === ":" && key === null && /\s/.test(text[at + 1] ?? " ")) {
      key = bare(token);
      token = "";
    } else if (char === "\n" && /^(\s*-\s|\S+:)/.test(text.slice(at + 1))) break;
    else token += char;
  }
  keep();
  return found;
}

function blockSiblings(text, map) {
  const found = {};
  const lines = text.split("\n");
  const own = text.slice(0, map.lineAt).split("\n").length - 1;
  // Return whether the mapping may go on beyond a line.
  const read = (line) => {
    const dashes = line.match(/^\s*(-\s+)*/)[0];
    const content = line.slice(dashes.length);
    if (content === "" || content.startsWith("#")) return true;
    if (dashes.length === map.column) {
      const key = content.match(KEY);
      if (key) found[bare(key[1])] = bare(content.slice(key[0].length).replace(/\s#.*/, ""));
    }
    const isFirst = dashes.includes("-") && dashes.indexOf("-") < map.column;
    return dashes.length >= map.column && !(isFirst && dashes.length === map.column);
  };
  for (let at = own; at >= 0 && read(lines[at]); at -= 1);
  for (let at = own + 1; at < lines.length; at += 1) {
    const dash = lines[at].search(/\S/);
    // The next item of the list that the mapping is in.
    if (dash >= 0 && dash < map.column) break;
    if (!read(lines[at])) break;
  }
  return found;
}
