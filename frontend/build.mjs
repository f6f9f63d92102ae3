// Builds the front end into relasi/kit/ui/static/ui: scripts, styles, icons, fonts. `node frontend/build.mjs [--watch]`
import { build, context, transform } from "esbuild"
import { spawnSync } from "node:child_process"
import { cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Resvg, initWasm } from "@resvg/resvg-wasm"

const root = join(dirname(fileURLToPath(import.meta.url)), "..")
const from = (...parts) => join(root, "frontend", ...parts)
const out = (...parts) => join(root, "relasi", "kit", "ui", "static", "ui", ...parts)
const packages = (...parts) => join(root, "node_modules", ...parts)

const shared = { bundle: true, minify: true, target: "es2022", logLevel: "warning", legalComments: "none", absWorkingDir: root }

// The chat carries its style sheet with it, as text: it stands in pages of other sites.
const stylesAsText = {
  name: "styles-as-text",
  setup: ({ onLoad }) => onLoad({ filter: /\.css$/ }, async ({ path }) => {
    const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true, target: "es2022" })
    return { contents: code.trim(), loader: "text" }
  }),
}

async function scripts() {
  rmSync(out("chunks"), { recursive: true, force: true })
  const options = {
    ...shared, entryPoints: [from("js/app.js")], outdir: out(), format: "esm", splitting: true,
    chunkNames: "chunks/[name]-[hash]", sourcemap: false,
  }
  await build(options)
  await build({ ...shared, entryPoints: [from("js/theme.js"), from("js/sw.js")], outdir: out(), format: "iife" })
  await build({ ...shared, entryPoints: [from("js/widget/index.js")], outfile: out("chat.js"), format: "iife", plugins: [stylesAsText] })
  if (process.argv.includes("--watch")) await (await context(options)).watch()
}

function styles() {
  const cli = packages("@tailwindcss/cli/dist/index.mjs")
  const made = out("app.css.new")
  const done = spawnSync(process.execPath, [cli, "-i", from("css/app.css"), "-o", made, "--minify"], { cwd: root, encoding: "utf8" })
  if (done.status !== 0) throw new Error(done.stderr || "Tailwind failed")
  renameSync(made, out("app.css"))
}

function icons() {
  const names = readFileSync(from("icons.txt"), "utf8").split("\n").map((line) => line.trim()).filter(Boolean)
  const symbols = names.map((name) => {
    const svg = readFileSync(packages("@tabler/icons/icons/outline", `${name}.svg`), "utf8")
    const shapes = svg.replace(/<!--[\s\S]*?-->/g, "").match(/<svg[^>]*>([\s\S]*)<\/svg>/)[1]
    return `<symbol id="i-${name}" viewBox="0 0 24 24">${shapes.replace(/\s*\n\s*/g, "").trim()}</symbol>`
  })
  writeFileSync(out("icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`)
}

function files() {
  mkdirSync(out("fonts"), { recursive: true })
  for (const part of ["latin", "latin-ext"]) {
    cpSync(packages(`@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`), out("fonts", `inter-${part}.woff2`))
  }
  for (const name of readdirSync(from("static"))) cpSync(from("static", name), out(name), { recursive: true })
}

// A phone that installs the page wants pictures: the logo in its sizes, and filling its square for launchers that cut a shape.
async function pictures() {
  await initWasm(readFileSync(packages("@resvg/resvg-wasm/index_bg.wasm")))
  const logo = readFileSync(from("static/logo.svg"), "utf8")
  const filling = logo.replace(/ rx="\d+"/, "").replace(/(<rect[^>]*>)([\s\S]*)(<\/svg>)/, '$1<g transform="translate(4.8 4.8) scale(.85)">$2</g>$3')
  const drawn = [["icon-192", logo, 192], ["icon-512", logo, 512], ["icon-maskable-192", filling, 192], ["icon-maskable-512", filling, 512], ["icon-apple-180", filling, 180]]
  for (const [name, svg, width] of drawn) writeFileSync(out(`${name}.png`), new Resvg(svg, { fitTo: { mode: "width", value: width } }).render().asPng())
}

mkdirSync(out(), { recursive: true })
files()
icons()
await pictures()
await scripts()
styles()
