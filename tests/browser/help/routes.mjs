// The routes that pages are served at, read from the doors' own code: what is added there is known here.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const EDGES = join(dirname(fileURLToPath(import.meta.url)), '../../../edges');

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'tests' ? [] : sources(path);
    return entry.name.endsWith('.rs') ? [path] : [];
  });
}

/** Every template of a door that answers GET: `.route("/p/{product}", get(..))` or `page("/admin", ..)`. */
export function pagesOf(door) {
  const found = new Set();
  for (const file of sources(join(EDGES, door, 'src'))) {
    const text = readFileSync(file, 'utf8');
    for (const [, path, rest] of text.matchAll(/\.route\(\s*"(\/[^"]*)",([\s\S]*?)(?=\.route\(|;|\n\})/g)) {
      if (/\bget\(/.test(rest)) found.add(path);
    }
    for (const [, path] of text.matchAll(/\bpage\(\s*"(\/[^"]*)"/g)) found.add(path);
  }
  // What answers for every address that is no page.
  return [...found].filter((path) => !path.endsWith('/{*rest}')).sort();
}

/** The pages of the sandbox's gateway, at an address of its own; its API is not for people. */
export function pagesOfGateway() {
  const text = readFileSync(join(EDGES, '../adapters/sandbox/src/http/mod.rs'), 'utf8');
  const pages = text.slice(text.indexOf('.nest("/v1"')).matchAll(/\.route\("(\/[^"]*)", get\(/g);
  return [...pages].map(([, path]) => path).sort();
}

/** The template that a path is of, the most literal one that fits; nothing if it is none's. */
export function templateOf(path, templates) {
  const fits = templates.filter((template) => matcher(template).test(path));
  const holes = (template) => template.split('{').length;
  return fits.sort((a, b) => holes(a) - holes(b) || b.length - a.length)[0];
}

function matcher(template) {
  const parts = template.split(/(\{[^}]*\})/).map((part) => {
    if (part.startsWith('{*')) return '.+';
    if (part.startsWith('{')) return '[^/]+';
    return part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${parts.join('')}$`);
}
