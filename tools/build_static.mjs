/**
 * Build everything under src/muniment/web/static/app from src/muniment/web/assets, the templates and the pinned packages.
 *
 * Running it twice gives the same bytes, so CI builds again and fails on a difference. It fails on an icon that Lucide does not have.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const PACKAGES = join(ROOT, "node_modules");
const SOURCE = join(ROOT, "src/muniment");
const ASSETS = join(SOURCE, "web/assets");
const OUT = join(SOURCE, "web/static/app");

const FONTS = {
  "inter-latin.woff2": "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
  "inter-latin-ext.woff2": "@fontsource-variable/inter/files/inter-latin-ext-wght-normal.woff2",
  "source-serif-latin.woff2": "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
  "source-serif-latin-ext.woff2": "@fontsource-variable/source-serif-4/files/source-serif-4-latin-ext-wght-normal.woff2",
};

/** Files taken unchanged from their packages. WebAssembly is left out: the policy of our pages does not let it run. */
const VENDOR = {
  "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
  "vendor/pdfjs/pdf.min.mjs": "pdfjs-dist/build/pdf.min.mjs",
  "vendor/pdfjs/pdf.worker.min.mjs": "pdfjs-dist/build/pdf.worker.min.mjs",
  "vendor/pdfjs/decoders/openjpeg_nowasm_fallback.js": "pdfjs-dist/wasm/openjpeg_nowasm_fallback.js",
  "vendor/pdfjs/cmaps": "pdfjs-dist/cmaps",
  "vendor/pdfjs/fonts": "pdfjs-dist/standard_fonts",
};

const LICENCES = {
  "htmx.org": ["LICENSE"],
  "pdfjs-dist": ["LICENSE", "wasm/LICENSE_OPENJPEG", "wasm/LICENSE_PDFJS_OPENJPEG", "cmaps/LICENSE", "standard_fonts/LICENSE_FOXIT", "standard_fonts/LICENSE_LIBERATION"],
  "tus-js-client": ["LICENSE"],
  "lucide-static": ["LICENSE"],
  "@fontsource-variable/inter": ["LICENSE"],
  "@fontsource-variable/source-serif-4": ["LICENSE"],
};

/** Where an icon is named: in a component or attribute of a template, in Python, in a script. */
const ICON_NAMES = [
  /<c-icon\b[^>]*?\bname="([a-z0-9-]+)"/g,
  /\b(?:icon|after)="([a-z0-9-]+)"/g,
  /icons\.svg' %\}#([a-z0-9-]+)"/g,
  /["']icon["']:\s*["']([a-z0-9-]+)["']/g,
  /\{ ?icons ?\}+#([a-z0-9-]+)"/g,
];

function files(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending) && !name.includes("node_modules") && !name.startsWith("web/static/"))
    .sort()
    .map((name) => join(folder, name));
}

function usedIcons() {
  const list = join(ASSETS, "icons.txt");
  const named = readFileSync(list, "utf8").split("\n").filter((line) => line && !line.startsWith("#"));
  const found = new Map(named.map((name) => [name, relative(ROOT, list)]));
  for (const path of [...files(SOURCE, ".html"), ...files(SOURCE, ".py"), ...files(ASSETS, ".js")]) {
    const text = readFileSync(path, "utf8");
    for (const pattern of ICON_NAMES) {
      for (const match of text.matchAll(pattern)) {
        if (!found.has(match[1])) found.set(match[1], relative(ROOT, path));
      }
    }
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1));
}

function iconBody(name, where) {
  const path = join(PACKAGES, "lucide-static/icons", `${name}.svg`);
  if (!existsSync(path)) throw new Error(`${where} uses the icon "${name}", which Lucide does not have`);
  return readFileSync(path, "utf8").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1].replace(/\s*\n\s*/g, "");
}

function buildIcons() {
  const drawn = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  const symbols = usedIcons().map(([name, where]) => `<symbol id="${name}" viewBox="0 0 24 24" ${drawn}>${iconBody(name, where)}</symbol>`);
  writeFileSync(join(OUT, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`);
  // The arrow of a select is a background picture, which cannot take the colour of the text: one grey serves both themes.
  const arrow = drawn.replace("currentColor", "#7b8783");
  writeFileSync(join(OUT, "chevron-down.svg"), `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" ${arrow}>${iconBody("chevron-down", "app.css")}</svg>\n`);
  return symbols.length;
}

function copyFiles() {
  cpSync(join(ASSETS, "logo.svg"), join(OUT, "logo.svg"));
  for (const [to, from] of Object.entries(FONTS)) cpSync(join(PACKAGES, from), join(OUT, "fonts", to));
  for (const [to, from] of Object.entries(VENDOR)) cpSync(join(PACKAGES, from), join(OUT, to), { recursive: true });
}

function writeLicences() {
  const parts = ["The files under static/app contain work of others, unchanged or bundled. With thanks:\n"];
  for (const [name, texts] of Object.entries(LICENCES)) {
    const about = JSON.parse(readFileSync(join(PACKAGES, name, "package.json"), "utf8"));
    parts.push(`${"=".repeat(100)}\n${name} ${about.version}, ${about.license}\n${"=".repeat(100)}\n`);
    for (const text of texts) parts.push(`${readFileSync(join(PACKAGES, name, text), "utf8").replaceAll("\r\n", "\n").trim()}\n`);
  }
  writeFileSync(join(OUT, "vendor/LICENSES.txt"), parts.join("\n"));
}

async function buildScripts() {
  await build({
    entryPoints: ["trusted", "app", "upload", "viewer", "verify", "check_log", "passkeys"].map((name) => join(ASSETS, "js", `${name}.js`)),
    bundle: true,
    format: "iife",
    target: "es2022",
    minify: true,
    legalComments: "none",
    outdir: join(OUT, "js"),
    absWorkingDir: ROOT,
    logLevel: "warning",
  });
}

/** The page that checks receipts, as one file: its policy lets run this very script and nothing else, and lets nothing out. */
function buildSavedPage() {
  const script = readFileSync(join(OUT, "js/verify.js"), "utf8").trim();
  if (script.includes("</script")) throw new Error("the script would end before its end");
  const style = readFileSync(join(ASSETS, "verify/saved.css"), "utf8").trim();
  const hash = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
  const policy = `default-src 'none'; script-src ${hash(script)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`;
  const parts = { policy, style, script };
  const page = readFileSync(join(ASSETS, "verify/saved.html"), "utf8").replace(/\{\{(\w+)\}\}/g, (_, name) => parts[name]);
  mkdirSync(join(OUT, "verify"), { recursive: true });
  writeFileSync(join(OUT, "verify/muniment-verify.html"), page);
}

function buildStyles() {
  const cli = join(PACKAGES, "@tailwindcss/cli/dist/index.mjs");
  execFileSync(process.execPath, [cli, "--input", join(ASSETS, "app.css"), "--output", join(OUT, "app.css"), "--minify"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] });
}

rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
copyFiles();
writeLicences();
const icons = buildIcons();
await buildScripts();
buildSavedPage();
buildStyles();
console.log(`${relative(ROOT, OUT)}: ${icons} icons, ${readFileSync(join(OUT, "app.css")).length} bytes of CSS`);
