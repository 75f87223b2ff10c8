import { hydrateRoot } from "react-dom/client";
import { App } from "./app.jsx";

hydrateRoot(document.getElementById("root"), <App towns={3} />, {
  onRecoverableError: (error) => console.error("recoverable: " + error.message),
});
