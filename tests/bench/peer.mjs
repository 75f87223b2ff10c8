// The peer of the benchmark: html-rewriter-wasm with a text callback that does nothing, over the same pages in the same slices.
// Usage: node peer.mjs FOLDER_OF_MODULES FOLDER_OF_GZIPPED_PAGES RUNS   ->   one line of JSON: seconds per run.
import { createRequire } from 'node:module';
import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { join } from 'node:path';

const [modules, folder, runs] = process.argv.slice(2);
const { HTMLRewriter } = createRequire(join(modules, 'x.js'))('html-rewriter-wasm');
const pages = readdirSync(folder).sort().map((name) => readFileSync(join(folder, name)));
const SLICE = 16384;

async function pass() {
  let characters = 0;
  for (const page of pages) {
    const body = gunzipSync(page);
    const rewriter = new HTMLRewriter(() => {});
    rewriter.on('*', { text(chunk) { characters += chunk.text.length; } });
    try {
      for (let start = 0; start < body.length; start += SLICE) await rewriter.write(body.subarray(start, start + SLICE));
      await rewriter.end();
    } finally {
      rewriter.free();
    }
  }
  return characters;
}

await pass();
const seconds = [];
for (let run = 0; run < Number(runs); run += 1) {
  const before = process.cpuUsage();
  await pass();
  const used = process.cpuUsage(before);
  seconds.push((used.user + used.system) / 1e6);
}
console.log(JSON.stringify(seconds));
