import { renderToString } from "vue/server-renderer";
import { create } from "./app.js";

export const render = async () => `<div id="root" data-server-rendered="true">${await renderToString(create())}</div>`;
