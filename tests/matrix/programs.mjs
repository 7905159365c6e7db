// One program in each of TypeScript's module modes, as a project of its own.

const SOURCE = `import * as pulumi from "@pulumi/pulumi";
import { StreamMonitor } from "pulumi-alicloud-live";

const domain: string = new pulumi.Config().get("domain") ?? "play.example.com";
const wall = new StreamMonitor("wall", {
  domain,
  outputTemplate: "lp_hd",
  inputList: [{ inputUrl: \`rtmp://\${domain}/show/camera-1\`, layoutId: 1 }],
  running: true,
});
export const monitorId: pulumi.Output<string> = wall.monitorId;
export const playUrl = wall.outputUrls.flvUrl;
`;

const STRICT = { target: "ES2022", strict: true, skipLibCheck: false, types: [] };

function program(name, compilerOptions, { isModule = false, options = "" } = {}) {
  return {
    name,
    files: {
      "Pulumi.yaml": `name: matrix-${name}\nruntime:\n  name: nodejs\n${options}`,
      "package.json": { name, private: true, main: "index.ts", ...(isModule ? { type: "module" } : {}) },
      "tsconfig.json": { compilerOptions: { ...STRICT, ...compilerOptions }, files: ["index.ts"] },
      "index.ts": SOURCE,
    },
  };
}

export const programs = [
  program("commonjs", { module: "commonjs", moduleResolution: "node" }),
  // Pulumi's runner loads ts-node's ESM hooks by itself.
  program("nodenext", { module: "nodenext", moduleResolution: "nodenext" }, { isModule: true }),
  // What a bundler would resolve, run by tsx.
  program(
    "bundler",
    { module: "preserve", moduleResolution: "bundler" },
    { isModule: true, options: "  options:\n    typescript: false\n    nodeargs: --import=tsx\n" },
  ),
];
