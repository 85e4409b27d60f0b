// Builds the page into ../page: one script, one style sheet, and the licences of what is in them.

import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = process.argv[2] ?? join(here, "..", "page");
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });

const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { page: "src/main.js" },
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome118", "firefox118", "safari17"],
  charset: "utf8",
  legalComments: "none",
  metafile: true,
  outdir: target,
});
await build({
  absWorkingDir: here,
  entryPoints: { page: "src/page.css" },
  minify: true,
  charset: "utf8",
  target: ["chrome118", "firefox118", "safari17"],
  outdir: target,
});
for (const name of ["index.html", "icon.svg"]) cpSync(join(here, "src", name), join(target, name));

const packages = Object.keys(metafile.inputs)
  .map((path) => path.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1])
  .filter(Boolean);
const licences = [...new Set(packages)].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
  const text = readFileSync(join(folder, file), "utf8").trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
});
writeFileSync(
  join(target, "licences.txt"),
  `page.js contains the following packages, besides Trailwright's own code.\n\n${licences.join(`\n${"-".repeat(72)}\n\n`)}`,
);
