import { hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";

hydrateRoot(document.getElementById("page"), <App towns={3} slow={() => "A borogrove treaty"} />, {
  onRecoverableError: (error) => console.error("recoverable: " + error.message),
});
