import { Writable } from "node:stream";
import { renderToPipeableStream } from "react-dom/server";
import { App } from "./app.jsx";

// React 18 and 19 alike wait for what throws a promise.
const waiting = () => {
  let done = false;
  const promise = new Promise((resolve) => setTimeout(() => resolve(done = true), 100));
  return () => {
    if (!done) throw promise;
    return "A borogrove treaty";
  };
};

/** The parts of the page, with a form feed between them. */
export const render = () => new Promise((resolve) => {
  const parts = [];
  let part = "";
  const sink = new Writable({
    write(data, _, next) {
      part += data;
      next();
    },
    final(next) {
      resolve(`<div id="page">${[...parts, part].join("\f")}</div>`);
      next();
    },
  });
  const { pipe } = renderToPipeableStream(<App towns={3} slow={waiting()} />, {
    bootstrapScripts: ["/client.js"],
    onShellReady() {
      pipe(sink);
      setTimeout(() => parts.push(part) && (part = ""), 50);
    },
  });
});
