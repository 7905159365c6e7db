// Line and branch coverage of provider/ by the whole suite, what runs in Pulumi's plugin processes included.
// Usage: npm run coverage [-- <jest arguments>]
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const LEAST = { lines: "95", branches: "95" };
const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const raw = join(root, "coverage", "raw");

rmSync(join(root, "coverage"), { recursive: true, force: true });
run("typescript/bin/tsc", ["-p", "tsconfig.build.json", "--sourceMap"]);
const jest = ["--config", "tests/coverage/jest.config.js", ...process.argv.slice(2)];
run("jest/bin/jest", jest, { NODE_V8_COVERAGE: raw });
unwrap();
const least = Object.entries(LEAST).flatMap(([what, percent]) => [`--${what}`, percent]);
const what = ["--include", "dist/provider/**", "--temp-directory", raw];
const how = ["--reporter", "text", "--reporter", "html", "--reporter", "json", "--reports-dir", "coverage"];
run("c8/bin/c8.js", ["report", ...what, ...how, "--check-coverage", ...least]);

/** Jest puts each module into a function, which moves everything in it by so many characters. */
function unwrap() {
  const wrapper = '({"Object.<anonymous>":function(module,exports,require,__dirname,__filename,jest){'.length;
  for (const name of readdirSync(raw)) {
    const path = join(raw, name);
    const coverage = JSON.parse(readFileSync(path, "utf8"));
    coverage.result = coverage.result.flatMap((script) => {
      if (!/[/\\]dist[/\\]provider[/\\]/.test(script.url)) {
        return [];
      }
      const isJests = !script.url.startsWith("file:");
      return [isJests ? moved(script, wrapper) : script];
    });
    writeFileSync(path, JSON.stringify(coverage));
  }
}

function moved({ url, scriptId, functions }, by) {
  const back = (offset) => Math.max(0, offset - by);
  return {
    scriptId,
    url: `file://${url}`,
    functions: functions.map((each) => ({
      ...each,
      ranges: each.ranges.map(({ startOffset, endOffset, count }) => ({
        startOffset: back(startOffset),
        endOffset: back(endOffset),
        count,
      })),
    })),
  };
}

function run(script, args, env = {}) {
  const { status } = spawnSync(process.execPath, [join(root, "node_modules", script), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: "inherit",
  });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}
