// What the page does: draws its pictures, finds its records. It asks no network for anything.
"use strict";

const DATA = JSON.parse(document.getElementById("data").textContent);
const SHOWN_AT_ONCE = 100;
const byId = (id) => document.getElementById(id);
const reports = { charts: 0, failed: [] };
window.reportState = reports;

// --- Pictures ----------------------------------------------------------------

const IS_NARROW = window.matchMedia("(max-width: 46rem)").matches;
const CONFIG = {
  background: null,
  font: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Liberation Sans', sans-serif",
  view: { stroke: null },
  axis: {
    labelColor: "var(--soft)", titleColor: "var(--soft)", domainColor: "var(--line)",
    tickColor: "var(--line)", gridColor: "var(--line)", gridOpacity: 0.6,
    labelFontSize: 11, titleFontSize: 11, titleFontWeight: "normal",
  },
  axisY: { labelLimit: IS_NARROW ? 120 : 240 },
  legend: { columns: IS_NARROW ? 1 : 4, labelLimit: 280, labelColor: "var(--ink)", titleColor: "var(--soft)", labelFontSize: 11, titleFontWeight: "normal" },
  text: { color: "var(--ink)" },
};

const views = {};

async function draw(id, spec) {
  const here = byId(`picture-${id}`);
  try {
    const made = await vegaEmbed(here, spec, { renderer: "svg", actions: false, config: CONFIG, tooltip: { theme: "custom" } });
    views[id] = made.view;
    // The picture has one text of its own; Vega would name each of its marks besides.
    here.querySelectorAll("svg [aria-label], svg[aria-label]").forEach((one) => one.removeAttribute("aria-label"));
    reports.charts += 1;
  } catch (error) {
    reports.failed.push(`${id}: ${error.message}`);
    here.textContent = `This picture cannot be drawn: ${error.message}`;
  }
}

function choosing(id, change) {
  const choice = document.querySelector(`[data-choice="${id}"]`);
  if (choice) choice.addEventListener("change", () => change(choice.value));
  return choice;
}

function showWays(node) {
  const ways = node ? DATA.related[node] || [] : [];
  views.graph.signal("node", node).signal("ways", ways).run();
}

async function drawAll() {
  await Promise.all(Object.entries(DATA.charts).map(([id, spec]) => draw(id, spec)));
  if (views.sessions) choosing("sessions", (who) => views.sessions.signal("who", who).run());
  if (views.graph) {
    const choice = choosing("graph", showWays);
    views.graph.addEventListener("click", (_, item) => {
      const node = item && item.datum && item.datum.id ? item.datum.id : "";
      if (choice) choice.value = node;
      showWays(node);
    });
  }
  if (views.stories) {
    views.stories.addEventListener("click", (_, item) => {
      if (item && item.datum && item.datum.id) openRecord(item.datum.id);
    });
  }
  document.documentElement.dataset.drawn = "true";
}

// --- Records -----------------------------------------------------------------

const rows = DATA.records.map((one) => ({ ...one, text: JSON.stringify(one.record).toLowerCase() + " " + one.says.toLowerCase() }));
const place = new Map(rows.map((one, at) => [one.id, at]));
let found = rows;
let shown = 0;
let current = null;

function filled(id, values) {
  const choice = byId(id);
  if (!choice) return;
  for (const value of [...new Set(values)].filter(Boolean).sort()) choice.append(new Option(value, value));
}

function value(id) {
  const one = byId(id);
  return one ? one.value : "";
}

function search() {
  const words = value("find").toLowerCase().split(/\s+/).filter(Boolean);
  const [event, era, label] = [value("find-event"), value("find-era"), value("find-label")];
  found = rows.filter((one) =>
    (!event || one.event === event) && (!era || one.era === era) && (!label || one.label === label) &&
    words.every((word) => one.text.includes(word)));
  byId("list").replaceChildren();
  shown = 0;
  more();
  const of = DATA.total > rows.length ? ` of the ${rows.length.toLocaleString("en")} in this page` : "";
  byId("found").textContent = found.length
    ? `${found.length.toLocaleString("en")} records${of}`
    : "No record has all of that.";
}

function more() {
  for (const one of found.slice(shown, shown + SHOWN_AT_ONCE)) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.id = one.id;
    const title = document.createElement("b");
    title.textContent = one.event;
    const told = document.createElement("span");
    told.className = "soft";
    told.textContent = `${one.time} · ${one.who}`;
    button.append(title);
    if (one.label && one.label !== "benign") {
      const label = document.createElement("span");
      label.className = `label ${one.label}`;
      label.textContent = one.label;
      button.append(" ", label);
    }
    button.append(document.createElement("br"), told);
    button.setAttribute("aria-current", String(one.id === current));
    button.addEventListener("click", () => openRecord(one.id));
    const item = document.createElement("li");
    item.append(button);
    byId("list").append(item);
  }
  shown = Math.min(found.length, shown + SHOWN_AT_ONCE);
  byId("more").hidden = shown >= found.length;
}

function openRecord(id) {
  const at = place.get(id);
  if (at === undefined) return;
  const one = rows[at];
  current = id;
  document.querySelectorAll("#list button").forEach((button) =>
    button.setAttribute("aria-current", String(button.dataset.id === id)));
  const title = document.createElement("h3");
  title.textContent = `${one.event}, ${one.time}`;
  const says = document.createElement("p");
  says.textContent = one.says;
  const text = document.createElement("pre");
  text.tabIndex = 0;
  text.textContent = JSON.stringify(one.record, null, 2);
  byId("record").replaceChildren(title, says, text);
  if (one.truth) {
    const truth = document.createElement("p");
    truth.className = "soft";
    truth.textContent = one.truth;
    text.before(truth);
  }
}

filled("find-event", rows.map((one) => one.event));
filled("find-era", rows.map((one) => one.era));
filled("find-label", rows.map((one) => one.label));
for (const id of ["find", "find-event", "find-era", "find-label"]) {
  if (byId(id)) byId(id).addEventListener("input", search);
}
const form = document.querySelector(".filters");
if (form) {
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(search));
  byId("more").addEventListener("click", more);
  search();
  if (rows.length) openRecord(rows[0].id);
}
document.querySelectorAll("[data-record]").forEach((link) => link.addEventListener("click", () => {
  form.reset();
  setTimeout(() => { openRecord(link.dataset.record); byId("record").focus({ preventScroll: true }); });
}));
drawAll();
