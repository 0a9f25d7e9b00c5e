import "@fontsource-variable/inter/index.css";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./app/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { start } from "./api/session";
import { App } from "./app/App";
import { ready } from "./app/i18n";
import { watchFocus } from "./ui/focusReturn";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
start();
watchFocus();
ready.finally(() =>
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
