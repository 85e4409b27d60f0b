// The playground: write a scenario, run it, look at its records.

import { Editor } from "./editor.js";
import { byId, element } from "./elements.js";
import { Results } from "./results.js";
import { Schema } from "./schema.js";
import { get, post } from "./server.js";

// Milliseconds after the last key until what is written is checked.
const PAUSE = 250;

const tell = (id, text, isError = false) => {
  byId(id).textContent = text;
  byId(id).classList.toggle("error", isError);
};

const editor = new Editor(byId("editor"), {
  nonce: document.querySelector("script").nonce,
  changed: () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE);
  },
});
const results = new Results();
let timer = 0;
let origin = null;
let limits = null;
let isChecking = false;
let isRunning = false;
let told = {};

async function check() {
  // One at a time: another follows, of what was written meanwhile.
  if (isChecking) return;
  isChecking = true;
  const text = editor.text;
  let findings;
  try {
    ({ findings } = await post("check", { text, origin }));
  } catch (error) {
    findings = [{ line: 0, column: 0, path: "", message: error.message }];
  }
  isChecking = false;
  if (text === editor.text) showFindings(findings);
  else check();
}

function showFindings(findings) {
  editor.show(findings);
  const count = findings.length;
  tell("sound", count === 0 ? "No problems." : count === 1 ? "1 problem:" : `${count} problems:`, count > 0);
  byId("problems").replaceChildren(...findings.map(problem));
}

function problem(finding) {
  const { line, column, path, message } = finding;
  const text = path ? `${path}: ${message}` : message;
  if (line === 0) return element("li", {}, text);
  const button = element("button", { type: "button" }, element("b", {}, `${line}:${column}`), ` ${text}`);
  button.addEventListener("click", () => editor.goTo(finding));
  return element("li", {}, button);
}

async function run() {
  if (isRunning) return;
  isRunning = true;
  const text = editor.text;
  const button = byId("run");
  button.setAttribute("aria-disabled", "true");
  tell("told", "Running …");
  const begun = performance.now();
  try {
    const wanted = { text, origin, seed: byId("seed").value.trim(), events: byId("count").value.trim() };
    const made = await post("run", wanted);
    if (made.findings.length) {
      if (text === editor.text) showFindings(made.findings);
      const [first] = made.findings;
      tell("told", `Nothing was made. ${first.path ? `${first.path}: ` : ""}${first.message}`, true);
    } else {
      results.show(made, text);
      tell("told", summary(made, performance.now() - begun));
    }
  } catch (error) {
    tell("told", error.message, true);
  } finally {
    isRunning = false;
    button.removeAttribute("aria-disabled");
    // Where all stands in one column, what came of it is out of sight.
    if (matchMedia("(max-width: 61.99rem)").matches) byId("told").scrollIntoView();
  }
}

function summary({ events, isCut }, took) {
  const number = (value) => value.toLocaleString("en");
  const differing = events.filter((one) => one.differs).length;
  const cut = isCut
    ? ` There are more: a trial stops at ${number(limits.events)}. Ask for fewer events to size everyday activity, or make all with trailwright generate.`
    : "";
  return `${number(events.length)} events, ${number(differing)} of them different in the two eras; ${(took / 1000).toFixed(1)} s.${cut}`;
}

function offer(scenarios, opened) {
  const select = byId("scenario");
  if (!(opened in scenarios)) select.append(element("option", { value: "" }, opened));
  const groups = new Map();
  for (const name of Object.keys(scenarios)) {
    const [first, rest] = name.includes("/") ? name.split("/") : ["", name];
    const option = element("option", { value: name }, rest);
    if (!first) {
      select.append(option);
      continue;
    }
    if (!groups.has(first)) groups.set(first, element("optgroup", { label: first }));
    groups.get(first).append(option);
  }
  select.append(...groups.values());
  select.value = opened in scenarios ? opened : "";
}

async function choose() {
  const name = byId("scenario").value;
  try {
    const text = name ? (await get(`scenarios/${name}`)).text : own;
    origin = name || null;
    byId("about").textContent = told[name] ?? "";
    kept = editor.text = text;
  } catch (error) {
    tell("told", error.message, true);
  }
}

let own = "";
let kept = "";

async function begin() {
  try {
    const begun = await get("start");
    const { opened, scenarios, version } = begun;
    limits = begun.limits;
    told = scenarios;
    own = opened.text;
    origin = opened.name in scenarios ? opened.name : null;
    byId("version").textContent = version;
    byId("count").max = limits.events;
    byId("limits").textContent = `A trial shows ${limits.events.toLocaleString("en")} events at most, and takes ${limits.seconds} seconds at most. Nothing leaves this machine.`;
    offer(scenarios, opened.name);
    byId("about").textContent = scenarios[opened.name] ?? "";
    kept = editor.text = opened.text;
    byId("controls").disabled = false;
    editor.helpWith(new Schema(await get("schema")));
  } catch (error) {
    tell("told", error.message, true);
  }
}

byId("scenario").addEventListener("change", choose);
byId("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    byId("form").requestSubmit();
  }
});
// What was written is nowhere else.
addEventListener("beforeunload", (event) => {
  if (editor.text !== kept) event.preventDefault();
});
// A new token means another server.
addEventListener("hashchange", () => location.reload());
begin();
