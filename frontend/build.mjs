/**
 * Bundles what browsers are sent:
 *
 *   server/web/static/src/pages/NAME.js  →  server/web/static/dist/pages/NAME.js   (what pages share is split off)
 *   server/web/static/src/desk.css       →  server/web/static/dist/desk.css
 *   mobile_stub/webapp/src/main.js       →  mobile_stub/webapp/dist/main.js
 *   mobile_stub/webapp/src/worker.js     →  mobile_stub/webapp/dist/worker.js      (told what the release is made of)
 *   each of these, and the phone's other texts         →  dist/packed/NAME.gz beside them
 *
 * Sources that are not there are passed over. With `--watch` it keeps at it.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const desk = "server/web/static";
const phone = "mobile_stub/webapp";

/** @type {import("esbuild").BuildOptions} */
const common = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  sourcemap: false,
  charset: "utf8",
  legalComments: "none",
  target: ["chrome87", "firefox90", "safari15"],
  loader: { ".svg": "dataurl", ".png": "dataurl", ".woff2": "file" },
  metafile: true,
  logLevel: "warning",
};

/** What gains by being packed, as server/web/packed.py knows it too. */
const PACKABLE = /\.(css|html|js|svg|webmanifest)$/;

/** What the phone keeps of the app, beside its icons. */
const KEPT = ["index.html", "app.css", "manifest.webmanifest", "dist/main.js"];

/** @type {import("esbuild").Plugin} */
const worker = {
  name: "worker",
  setup: (build) => build.onEnd(async ({ errors }) => {
    if (errors.length > 0) return;
    await esbuild.build({ ...common, ...workerOptions(), define: { RELEASE: JSON.stringify(release()) } });
  }),
};

/** @type {import("esbuild").BuildOptions[]} */
const bundles = [
  {
    entryPoints: scripts(`${desk}/src/pages`),
    outbase: `${desk}/src`,
    outdir: `${desk}/dist`,
    format: "esm",
    splitting: true,
    chunkNames: "shared/[name]-[hash]",
  },
  { entryPoints: present(`${desk}/src/desk.css`), outdir: `${desk}/dist` },
  { entryPoints: present(`${phone}/src/main.js`), outdir: `${phone}/dist`, format: "esm", plugins: [worker] },
];

const wanted = bundles.filter(({ entryPoints }) => Array.isArray(entryPoints) && entryPoints.length > 0);

if (process.argv.includes("--watch")) {
  const contexts = await Promise.all(wanted.map((bundle) => esbuild.context({ ...common, ...bundle, logLevel: "info" })));
  await Promise.all(contexts.map((context) => context.watch()));
} else {
  const built = await Promise.all(wanted.map((bundle) => esbuild.build({ ...common, ...bundle })));
  removeAllBut(new Set([`${phone}/dist/worker.js`, ...built.flatMap(({ metafile }) => Object.keys(metafile?.outputs ?? {}))]));
  for (const folder of [desk, phone]) pack(folder);
}

/** Packs what is sent out of a folder: its bundles, and whatever lies beside them that is no source. @param {string} folder */
function pack(folder) {
  const files = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((found) => found.isFile() && PACKABLE.test(found.name))
    .map((found) => join(found.parentPath ?? found.path, found.name).slice(root.length + folder.length + 2));
  for (const name of files.filter((file) => !file.startsWith("src/"))) {
    const copy = join(root, folder, "dist/packed", `${name}.gz`);
    mkdirSync(dirname(copy), { recursive: true });
    writeFileSync(copy, gzipSync(readFileSync(join(root, folder, name)), { level: 9 }));
  }
}

/** How the service worker is bundled. @returns {import("esbuild").BuildOptions} */
function workerOptions() {
  return { entryPoints: [`${phone}/src/worker.js`], outdir: `${phone}/dist`, format: "iife" };
}

/** The phone's release: each file by its path and digest, and one name for all of them. The page is kept as the folder. */
function release() {
  const names = [...KEPT, ...readdirSync(join(root, phone, "icons")).sort().map((name) => `icons/${name}`)];
  const files = names.map((name) => ({ path: name === "index.html" ? "./" : name, digest: digest(`${phone}/${name}`) }));
  const version = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 8);
  return { version, files };
}

/** A file's digest, as browsers check it. @param {string} file */
function digest(file) {
  return `sha256-${createHash("sha256").update(readFileSync(join(root, file))).digest("base64")}`;
}

/** The scripts in a folder, if there is one. @param {string} folder */
function scripts(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder)).filter((name) => name.endsWith(".js")).map((name) => `${folder}/${name}`);
}

/** The file, if there is one. @param {string} file */
function present(file) {
  return existsSync(join(root, file)) ? [file] : [];
}

/** Removes from the bundles' folders what an earlier bundling left. @param {Set<string>} kept */
function removeAllBut(kept) {
  for (const folder of [`${desk}/dist`, `${phone}/dist`]) {
    if (!existsSync(join(root, folder))) continue;
    for (const found of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      const file = join(found.parentPath ?? found.path, found.name);
      if (found.isFile() && !kept.has(file.slice(root.length + 1))) rmSync(file);
    }
  }
}
