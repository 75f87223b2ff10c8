import { renderToString } from "react-dom/server";
import { App } from "./app.jsx";

export const render = async () => `<div id="root">${renderToString(<App towns={3} />)}</div>`;
