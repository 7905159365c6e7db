// Makes plugin/plugin.js, which needs nothing but Node; puts the validator into dist/zod.js; and writes plugin/LICENSES.txt, the
// licences of all that is in these two.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";

const root = dirname(dirname(import.meta.dirname));
const require = createRequire(import.meta.url);

/** The provider asks for the very copy that the SDK has, through a path that only exists where both are installed. */
const oneCopy = {
  name: "one-copy",
  setup({ onLoad, resolve }) {
    onLoad({ filter: /[\\/]live[\\/]sdk-request\.ts$/ }, async ({ path }) => {
      const found =
        /createRequire\(require\.resolve\("(@alicloud\/openapi-client)"\)\)\("(@alicloud\/tea-typescript)"\)/;
      const source = readFileSync(path, "utf8");
      const [text, sdk, name] = found.exec(source) ?? [];
      if (text === undefined) {
        throw new Error(`${path} no longer asks for the SDK's copy of tea-typescript: mend plugin/build/bundle.mjs.`);
      }
      const copy = await resolve(name, { kind: "require-call", resolveDir: dirname(require.resolve(sdk)) });
      return { contents: source.replace(text, `require(${JSON.stringify(copy.path)})`), loader: "ts" };
    });
  },
};

/** The validator's messages in fifty languages are a third of its code; all that a user sees is written by this package. */
const oneLanguage = {
  name: "one-language",
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.c?js$/ }, () => ({ contents: "export {};" }));
  },
};

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ["provider/host/plugin-main.ts"],
  outfile: "plugin/plugin.js",
  bundle: true,
  minify: true,
  keepNames: true,
  platform: "node",
  target: "node20",
  metafile: true,
  plugins: [oneCopy, oneLanguage],
});
/** The validator is 9 MB as a package and a third of one as code, so the package brings the code alone. */
const { metafile: validator } = await build({
  absWorkingDir: root,
  stdin: { contents: 'export * from "zod";', resolveDir: root },
  outfile: "dist/zod.js",
  bundle: true,
  minifySyntax: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  metafile: true,
  plugins: [oneLanguage],
});
for (const file of readdirSync(join(root, "dist"), { recursive: true }).filter((each) => each.endsWith(".js"))) {
  const path = join(root, "dist", file);
  const source = readFileSync(path, "utf8");
  if (source.includes('require("zod")')) {
    const own = relative(dirname(path), join(root, "dist", "zod.js")).replaceAll("\\", "/");
    writeFileSync(path, source.replaceAll('require("zod")', `require("${own}")`));
  }
}
const packaged = [...Object.keys(metafile.inputs), ...Object.keys(validator.inputs)];
writeFileSync(join(root, "plugin", "LICENSES.txt"), licences(packaged));

function licences(files) {
  const folders = new Set(files.flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  const parts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8"));
    const [file] = readdirSync(join(root, folder)).filter((each) => /^(licen[cs]e|copying)/i.test(each));
    const text = file === undefined ? `Licence: ${license}` : readFileSync(join(root, folder, file), "utf8").trim();
    return `${name} ${version}\n\n${text}\n`;
  });
  const own = existsSync(join(root, "LICENSE")) ? "pulumi-alicloud-live itself: see LICENSE of the package.\n\n" : "";
  return `${own}plugin.js and dist/zod.js hold these packages:\n\n${parts.join(`\n${"-".repeat(80)}\n\n`)}`;
}
