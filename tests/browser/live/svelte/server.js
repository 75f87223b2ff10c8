import { render as rendered } from "svelte/server";
import App from "./App.svelte";

export const render = async () => {
  const { head, body } = await rendered(App, { props: { towns: 3 } });
  return `${head}<div id="root">${body}</div>`;
};
