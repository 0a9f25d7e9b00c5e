import react from "@vitejs/plugin-react";
import { loadEnv } from "vite";
import { defineConfig } from "vitest/config";

// `npm run dev` asks the local stack's gateway for the API; PARLEY_PORT_BASE is its port there too.
const gateway = `http://127.0.0.1:${loadEnv("", ".", "PARLEY_").PARLEY_PORT_BASE ?? "8700"}`;

export default defineConfig({
  plugins: [react()],
  server: { proxy: { "/api": gateway } },
  build: {
    target: "es2022",
    chunkSizeWarningLimit: 2000,
    rolldownOptions: {
      output: {
        // What every page needs is one long-lived file: an edit of a page does not make people load the libraries again.
        // Scripts alone: a file of Mantine's styles would be linked after ours, whose rules then lose to the library's.
        codeSplitting: {
          groups: [
            {
              name: "base",
              test: /node_modules[\\/](react|react-dom|scheduler|@tanstack|i18next|react-i18next)[\\/]/,
            },
            // Of Mantine what most pages have; a component that few use comes with those.
            {
              name: "ui",
              test: /node_modules[\\/](@mantine[\\/](core|hooks)|@floating-ui)[\\/].*\.(m?js)$/,
              minShareCount: 12,
            },
          ],
        },
      },
    },
  },
  test: {
    // A test that renders says so in its first line and imports test/dom: jsdom costs three seconds a file.
    environment: "node",
    css: false,
  },
});
