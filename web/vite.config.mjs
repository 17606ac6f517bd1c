// The pages: each folder with an index.html is one. `npx vite --config web/vite.config.mjs` serves them while you work
// on them, with the API of a service that runs on port 3000.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = dirname(fileURLToPath(import.meta.url));
const pages = ['admin', 'shop'].map((name) => join(root, name, 'index.html')).filter((path) => existsSync(path));

const service = { target: 'http://127.0.0.1:3000', changeOrigin: false };

/** As the service does: below a page's path there is that page, which reads the rest itself. */
const pathsOfPages = {
  name: 'paths-of-pages',
  configureServer: ({ middlewares }) =>
    void middlewares.use((request, _response, next) => {
      const [, name] = /^\/(admin|shop)(?:\/[^.]*)?$/.exec(request.url ?? '') ?? [];
      if (name) request.url = `/${name}/index.html`;
      next();
    }),
};

export default defineConfig({
  root,
  plugins: [pathsOfPages],
  publicDir: false,
  esbuild: { jsx: 'automatic' },
  // As whoever installs the package has it; here its sources.
  resolve: { alias: [{ find: /^@holdfast\/client\/(.+)$/, replacement: join(root, 'client/$1.ts') }] },
  build: {
    outDir: join(root, '../dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // The policy of the pages allows nothing inline.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: pages },
  },
  // A session counts only for a page of the service's own origin, so the name that the page was asked by goes with it.
  server: { proxy: { '/v1': service, '/demo': service } },
});
