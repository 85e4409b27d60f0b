// What a run made: a list of events to search and walk through, and one of them in both eras.

import { byId, element } from "./elements.js";
import { post } from "./server.js";
import { rowsOf, tableOf } from "./sides.js";

const MORE = 500;

const number = (value) => value.toLocaleString("en");
const short = (era) => era.split("-")[0];

export class Results {
  constructor() {
    this.run = null;
    this.shown = [];
    this.chosen = null;
    this.most = MORE;
    this.list = byId("events");
    byId("search").addEventListener("input", () => this.filter());
    byId("differing").addEventListener("change", () => this.filter());
    byId("changed-only").addEventListener("change", () => this.draw());
    byId("more").addEventListener("click", () => this.showMore());
    this.list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.event));
    });
    this.list.addEventListener("keydown", (event) => this.walk(event));
    const menu = byId("keep");
    for (const button of menu.querySelectorAll("[data-download]")) {
      button.addEventListener("click", () => {
        menu.open = false;
        menu.querySelector("summary").focus();
        this.download(button.dataset.download);
      });
    }
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
    menu.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
    });
  }

  // Show a run. `source` is the text it was made from.
  show(run, source) {
    this.run = run;
    this.source = source;
    this.texts = null;
    this.chosen = null;
    byId("results").hidden = false;
    this.filter();
    if (run.events.length) this.choose(this.shown[0] ?? 0);
    else byId("event").hidden = true;
  }

  // Return what can be searched of each event.
  searched() {
    const { records } = this.run;
    this.texts ??= this.run.events.map(({ sides, kind, actor, at }) =>
      [kind, actor, at, ...sides.map((place, era) => (place === null ? "" : records[era][place]))].join(" ").toLowerCase(),
    );
    return this.texts;
  }

  filter() {
    if (!this.run) return;
    const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
    const isDiffering = byId("differing").checked;
    const texts = words.length ? this.searched() : null;
    this.shown = this.run.events.flatMap((event, place) =>
      (!isDiffering || event.differs) && words.every((word) => texts[place].includes(word)) ? [place] : [],
    );
    this.most = MORE;
    this.drawList();
  }

  showMore() {
    this.most += MORE;
    this.drawList();
    this.list.focus();
  }

  drawList() {
    this.list.replaceChildren(...this.shown.slice(0, this.most).map((place) => this.option(place)));
    const [drawn, found, all] = [Math.min(this.shown.length, this.most), this.shown.length, this.run.events.length].map(number);
    const first = drawn === found ? "" : `, the first ${drawn} shown`;
    byId("found").textContent = drawn === all ? "" : `${found} of ${all} events${first}`;
    byId("more").hidden = this.shown.length <= this.most;
    this.mark();
  }

  option(place) {
    const { at, kind, actor, label, differs, sides } = this.run.events[place];
    const [source, name] = kind.split("/");
    const only = sides.indexOf(null);
    const told = only < 0 ? (differs ? "differs" : "same") : `${short(this.run.eras[1 - only])} only`;
    const option = element(
      "li",
      { id: `event-${place}`, role: "option", dataset: { event: place } },
      element("span", { className: "when" }, at.replace("T", " ").replace("Z", "")),
      element("span", { className: "what" }, name, element("small", {}, ` ${source}`)),
      element("span", { className: "who" }, actor ?? ""),
      element("span", { className: `told ${differs ? "differs" : ""}` }, told),
    );
    if (label !== "benign") option.querySelector(".who").append(" ", element("mark", {}, label));
    return option;
  }

  walk(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10, Home: -Infinity, End: Infinity };
    const step = steps[event.key];
    if (step === undefined || this.shown.length === 0 || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const last = Math.min(this.shown.length, this.most) - 1;
    const now = this.shown.indexOf(this.chosen);
    this.choose(this.shown[Math.max(0, Math.min(last, now + step))]);
  }

  choose(place) {
    this.chosen = place;
    this.mark();
    byId(`event-${place}`)?.scrollIntoView({ block: "nearest" });
    this.draw();
  }

  mark() {
    for (const old of this.list.querySelectorAll("[aria-selected=true]")) old.ariaSelected = "false";
    const option = byId(`event-${this.chosen}`);
    if (option) {
      option.ariaSelected = "true";
      this.list.setAttribute("aria-activedescendant", option.id);
    } else this.list.removeAttribute("aria-activedescendant");
  }

  // Show the chosen event's records.
  async draw() {
    const place = this.chosen;
    if (place === null) return;
    const { eras, events, records } = this.run;
    const { at, kind, sides } = events[place];
    const lines = sides.map((line, era) => (line === null ? undefined : records[era][line]));
    let marks = {};
    if (!lines.includes(undefined) && lines[0] !== lines[1]) {
      ({ marks } = await post("compare", { old: lines[0], new: lines[1] }));
    }
    if (this.chosen !== place || this.run.events !== events) return;
    const values = lines.map((line) => (line === undefined ? undefined : parsed(line)));
    let rows = rowsOf(...values, marks);
    if (byId("changed-only").checked) rows = rows.filter((row) => row.what !== "same");
    const count = Object.keys(marks).length;
    byId("event").hidden = false;
    byId("event-name").textContent = kind.split("/")[1];
    const told = sides.includes(null)
      ? `only ${eras[1 - sides.indexOf(null)]} has it`
      : count === 0
        ? "the same in both eras"
        : `${count} ${count === 1 ? "member differs" : "members differ"}`;
    byId("event-told").textContent = `${at} · ${told}`;
    byId("table").replaceChildren(rows.length ? tableOf(rows, eras) : element("p", { className: "quiet" }, "Nothing differs."));
  }

  download(what) {
    const { eras, records, scenario, truth } = this.run;
    const [name, era] = what.split(":");
    const side = era === undefined ? 0 : Number(era);
    const [text, ending, type] = {
      records: () => [lined(records[side]), `${short(eras[side])}.ndjson`, "application/x-ndjson"],
      truth: () => [lined(truth[side]), `${short(eras[side])}.truth.ndjson`, "application/x-ndjson"],
      scenario: () => [this.source, "yaml", "application/yaml"],
    }[name]();
    const address = URL.createObjectURL(new Blob([text], { type }));
    element("a", { href: address, download: `${scenario}.${ending}` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1_000);
  }
}

const lined = (lines) => lines.map((line) => `${line}\n`).join("");

// What was damaged on purpose is shown as the text it is.
function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return line;
  }
}
