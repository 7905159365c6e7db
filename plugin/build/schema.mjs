// Makes plugin/schema.json from the doc comments of the arguments, the outputs and the settings.
// `--check` fails if the file is not what it would make.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, members, readDeclarations } from "./declarations.mjs";

const root = dirname(dirname(import.meta.dirname));
const require = createRequire(import.meta.url);
const { SECRET_KEYS } = require("../../dist/provider/model/fields.js");
const { SECRET_PARTS } = require("../../dist/provider/model/secrets.js");
const { PLAIN_SETTINGS } = require("../../dist/provider/model/setting-names.js");
const out = join(root, "plugin", "schema.json");
const { version, license, description } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

const PACKAGE = "alicloud-live";
const MONITOR = `${PACKAGE}:index:StreamMonitor`;
/** Numbers that are whole; TypeScript has one type for both. */
const WHOLE = ["index", "layoutId", "sessionExpiration"];
/** Pulumi itself gives every resource `customTimeouts`. */
const NOT_IN_SCHEMA = ["timeouts"];

const declarations = readDeclarations(
  ["model/args", "resource/monitor-outputs", "resource/stream-monitor", "resource/provider", "resource/functions"].map(
    (each) => join(root, "provider", `${each}.ts`),
  ),
);
const types = {};

const args = members(declarations.get("StreamMonitorArgs")).filter(({ name }) => !NOT_IN_SCHEMA.includes(name));
const outputs = members(declarations.get("MonitorOutputs")).map((output) => {
  const arg = args.find(({ name }) => name === output.name);
  const isReference = /^See \{@link/.test(output.doc);
  const isOptional = output.type.kind === "argument" ? arg.isOptional : output.isOptional;
  return { ...output, isOptional, ...(arg && { type: arg.type }), text: isReference ? arg.text : output.text };
});
const settings = members(declarations.get("ProviderArgs"));
const isSecretArg = (name) => SECRET_KEYS.includes(name) && SECRET_PARTS[name] === undefined;
const isSecretSetting = (name) => !PLAIN_SETTINGS.includes(name);

const schema = {
  name: PACKAGE,
  displayName: "ApsaraVideo Live stream monitors",
  version,
  description,
  keywords: ["pulumi", "alicloud", "apsaravideo", "live", "category/cloud", "kind/native"],
  license,
  meta: { moduleFormat: "(.*)" },
  config: { variables: properties(settings, isSecretSetting) },
  provider: {
    description: "Settings of the provider; what is not set comes from the environment.",
    inputProperties: properties(settings, isSecretSetting),
  },
  resources: {
    [MONITOR]: {
      description: describe(declarations.get("StreamMonitor")),
      aliases: [{ type: "pulumi-nodejs:dynamic/live:StreamMonitor" }],
      inputProperties: properties(args, isSecretArg),
      requiredInputs: required(args),
      properties: properties(outputs, isSecretArg),
      required: required(outputs),
    },
  },
  functions: {
    [`${PACKAGE}:index:getStreamMonitors`]: lookup("getStreamMonitors", "GetStreamMonitors"),
    [`${PACKAGE}:index:getStreamMonitor`]: lookup("getStreamMonitor", "GetStreamMonitor"),
  },
  types,
  language: {
    nodejs: { packageName: "pulumi-alicloud-live/plugin", respectSchemaVersion: true },
    python: { packageName: "pulumi_alicloud_live", respectSchemaVersion: true, pyproject: { enabled: true } },
    go: {
      importBasePath: "example.com/pulumi-alicloud-live/sdk/go/alicloudlive",
      rootPackageName: "alicloudlive",
      respectSchemaVersion: true,
    },
    csharp: { namespaces: { "alicloud-live": "AlicloudLive" }, respectSchemaVersion: true },
  },
};

// The settings have the same names under this package's own prefix.
const text = `${JSON.stringify({ ...schema, types: sorted(types) }, undefined, 2)}\n`.replaceAll(
  "alicloud:",
  "alicloud-live:",
);
if (process.argv.includes("--check")) {
  if (readFileSync(out, "utf8") !== text) {
    console.error("plugin/schema.json is stale: run `npm run build`, and commit it.");
    process.exit(1);
  }
} else {
  writeFileSync(out, text);
}

function lookup(name, prefix) {
  const objectOf = (interfaceName) => {
    const fields = members(declarations.get(interfaceName));
    return { properties: properties(fields), required: required(fields) };
  };
  return {
    description: describe(declarations.get(name)),
    inputs: { type: "object", ...objectOf(`${prefix}Args`) },
    outputs: { type: "object", ...objectOf(`${prefix}Result`) },
  };
}

function properties(fields, isSecret = () => false) {
  return Object.fromEntries(
    fields.map(({ name, type, text }) => [
      name,
      { ...typeSpec(type, name), description: text, ...(isSecret(name) ? { secret: true } : {}) },
    ]),
  );
}

function required(fields) {
  return fields.filter(({ isOptional }) => !isOptional).map(({ name }) => name);
}

function typeSpec(type, name) {
  switch (type.kind) {
    case "number":
      return { type: WHOLE.includes(name) ? "integer" : "number" };
    case "string":
    case "boolean":
      return { type: type.kind };
    case "array":
      return { type: "array", items: typeSpec(type.of, name) };
    case "any-map":
      return { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } };
    case "object":
      return reference(type.name ?? name.charAt(0).toUpperCase() + name.slice(1), type.members, type.doc);
    case "named": {
      const declared = declarations.get(type.name);
      const fields = members(declared);
      return fields.some(({ isIndex }) => isIndex)
        ? { type: "object", additionalProperties: { $ref: "pulumi.json#/Any" } }
        : reference(type.name, fields, describe(declared));
    }
    default:
      throw new Error(`${name}: no schema for ${JSON.stringify(type)}`);
  }
}

function reference(name, fields, doc) {
  const token = `${PACKAGE}:index:${name}`;
  types[token] ??= {
    type: "object",
    ...(doc ? { description: doc } : {}),
    properties: properties(fields),
    required: required(fields),
  };
  return { $ref: `#/types/${token}` };
}

function sorted(values) {
  return Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));
}
