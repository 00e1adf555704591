import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// `npm run dev` serves the page with hot reload beside a running `frontdesk serve`.
const backend = "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: { assetsInlineLimit: 0, sourcemap: false },
  server: { proxy: { "/sandbox": backend, "/p": backend, "/s": backend } },
});
