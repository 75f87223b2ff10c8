// node build.mjs SOURCES OUT: the server-rendered page and the client's bundle, for development and for production.
// Runs in the folder where the framework is installed; writes OUT/{development,production}/{body.html,client.js}.
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [sources, out] = process.argv.slice(2);
const require = createRequire(path.join(process.cwd(), "package.json"));
const { build } = require("esbuild");

const svelte = (generate, dev) => ({
  name: "svelte",
  setup(builder) {
    builder.onLoad({ filter: /\.svelte$/ }, async ({ path: file }) => {
      const { compile } = require("svelte/compiler");
      return { contents: compile(await readFile(file, "utf8"), { generate, dev, filename: file }).js.code, loader: "js" };
    });
  },
});

const entry = async (name) => path.join(sources, (await readdir(sources)).find((file) => file.startsWith(`${name}.`)));

for (const mode of ["development", "production"]) {
  const folder = path.join(out, mode);
  await mkdir(folder, { recursive: true });
  const dev = mode === "development";
  const shared = {
    bundle: true, jsx: "automatic", jsxDev: false, nodePaths: [path.join(process.cwd(), "node_modules")], logLevel: "error",
    define: {
      "process.env.NODE_ENV": JSON.stringify(mode), __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true",
    },
  };
  const conditions = dev ? ["development"] : ["production"];
  await build({
    ...shared, entryPoints: [await entry("client")], outfile: path.join(folder, "client.js"), format: "iife", minify: !dev,
    conditions: ["browser", ...conditions], plugins: [svelte("client", dev)],
  });
  const server = path.join(folder, "server.mjs");
  await build({
    ...shared, entryPoints: [await entry("server")], outfile: server, format: "esm", platform: "node", conditions,
    plugins: [svelte("server", dev)],
    banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  });
  const { render } = await import(pathToFileURL(server));
  await writeFile(path.join(folder, "body.html"), await render());
}
