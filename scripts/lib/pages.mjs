import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';

/** The pages by the path they are served under; a page's sources are in src/web/<name>. */
const PAGES = { console: 'Holdfast console', shop: 'Holdfast demo shop' };

const sourcesOf = (root) => join(root, 'src', 'web');
const builtIn = (root) => join(root, 'dist', 'web');

/** A digest of everything that the pages are made of; `versions` stands for their packages. */
export function pagesHash(root, versions) {
  const digest = createHash('sha256').update(versions);
  for (const file of filesUnder(sourcesOf(root))) digest.update(relative(root, file)).update(readFileSync(file));
  // They take types and pure rules from the domain and from the servers' contracts.
  for (const folder of ['domain', 'console', 'storefront'])
    for (const file of filesUnder(join(root, 'src', folder))) digest.update(readFileSync(file));
  digest.update(readFileSync(new URL(import.meta.url)));
  return digest.digest('hex');
}

export function pagesThere(root) {
  return Object.keys(PAGES).every((name) => existsSync(join(builtIn(root), name, 'index.html')));
}

/** Bundles each page to dist/web/<name>: hashed assets that may be cached for ever, and the index.html that names them. */
export async function buildPages(root) {
  const { build } = await import('esbuild');
  for (const [name, title] of Object.entries(PAGES)) {
    const outdir = join(builtIn(root), `${name}.new`);
    rmSync(outdir, { recursive: true, force: true });
    const { metafile } = await build({
      entryPoints: [join(sourcesOf(root), name, 'main.tsx')],
      outdir: join(outdir, 'assets'),
      entryNames: '[name]-[hash]',
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      jsx: 'automatic',
      define: { 'process.env.NODE_ENV': '"production"' },
      legalComments: 'none',
      logLevel: 'warning',
      metafile: true,
      absWorkingDir: root,
      tsconfig: join(sourcesOf(root), 'tsconfig.json'),
    });
    const assets = Object.keys(metafile.outputs).map((file) => basename(file));
    mkdirSync(outdir, { recursive: true });
    writeFileSync(join(outdir, 'index.html'), html(name, title, assets));
    replace(join(builtIn(root), name), outdir);
  }
}

/** Puts what was built where it is served from: a service that runs finds the page whole, the old one or the new one. */
function replace(there, built) {
  const old = `${there}.old`;
  rmSync(old, { recursive: true, force: true });
  if (existsSync(there)) renameSync(there, old);
  renameSync(built, there);
  rmSync(old, { recursive: true, force: true });
}

/** `{{nonce}}` is filled in at each answer: the style elements that the components add carry it. */
function html(name, title, assets) {
  const links = assets
    .filter((file) => file.endsWith('.css'))
    .map((file) => `<link rel="stylesheet" href="/${name}/assets/${file}">`);
  const scripts = assets
    .filter((file) => file.endsWith('.js'))
    .map((file) => `<script type="module" src="/${name}/assets/${file}"></script>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="csp-nonce" content="{{nonce}}">
<title>${title}</title>
<link rel="icon" href="data:,">
${[...links, ...scripts].join('\n')}
</head>
<body>
<div id="root"></div>
<noscript>This page needs JavaScript.</noscript>
</body>
</html>
`;
}

function filesUnder(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}
