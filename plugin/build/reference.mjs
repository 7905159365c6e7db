// Makes docs/reference/*.md, a page for each language, from plugin/schema.json.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const root = dirname(dirname(import.meta.dirname));
const out = join(root, "docs", "reference");
const schema = JSON.parse(readFileSync(join(root, "plugin", "schema.json"), "utf8"));

const same = (name) => name;
const snake = (name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
const pascal = (name) => name.charAt(0).toUpperCase() + name.slice(1);

/** How each language spells names and types, and what it calls the resource. */
const LANGUAGES = {
  yaml: { title: "YAML", name: same, resource: "alicloud-live:StreamMonitor", example: "plugin-yaml" },
  typescript: {
    title: "TypeScript",
    name: same,
    resource: 'StreamMonitor of "pulumi-alicloud-live/plugin"',
    example: "plugin-typescript",
  },
  python: { title: "Python", name: snake, resource: "pulumi_alicloud_live.StreamMonitor", example: "plugin-python" },
  go: { title: "Go", name: pascal, resource: "alicloudlive.StreamMonitor", example: "plugin-go" },
};

mkdirSync(out, { recursive: true });
for (const [file, language] of Object.entries(LANGUAGES)) {
  writeFileSync(join(out, `${file}.md`), page(language));
}

function page({ title, name, resource, example }) {
  const monitor = schema.resources["alicloud-live:index:StreamMonitor"];
  const outputs = Object.fromEntries(
    Object.entries(monitor.properties).filter(([key]) => monitor.inputProperties[key] === undefined),
  );
  const parts = [
    `# ${title}: the plugin alicloud-live`,
    `This page is made from the schema of the plugin. [faces.md](../faces.md) says how to install it; \`examples/${example}\` is a program.`,
    `## Resource ${resource}`,
    monitor.description,
    "### Arguments",
    table(monitor.inputProperties, monitor.requiredInputs, name),
    "### Outputs",
    "All arguments, with their values in the cloud, and:",
    table(outputs, [], name),
    "## Types",
    ...Object.entries(schema.types).flatMap(([token, type]) => [
      `### ${token.split(":").at(-1)}`,
      ...(type.description ? [type.description] : []),
      table(type.properties, type.required ?? [], name),
    ]),
    "## Settings",
    "In the configuration, or as arguments of an explicit provider. The environment variables are those of [configuration.md](../configuration.md).",
    table(schema.config.variables, [], (key) => (name === same ? `alicloud-live:${key}` : key)),
    "## Functions",
    ...Object.entries(schema.functions).flatMap(([token, call]) => [
      `### ${name(token.split(":").at(-1))}`,
      call.description,
      table(call.inputs.properties, call.inputs.required ?? [], name),
      "It returns:",
      table(call.outputs.properties, [], name),
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}

function table(properties, required, name) {
  const rows = Object.entries(properties).map(([key, property]) => {
    const marks = [required.includes(key) ? "required" : "", property.secret ? "secret" : ""].filter(
      (mark) => mark !== "",
    );
    const text = property.description.replace(/\s*\n+\s*/g, " ").replaceAll("|", "\\|");
    return `| \`${name(key)}\` | ${typeText(property)} | ${marks.length > 0 ? `**${marks.join(", ")}**. ` : ""}${text} |`;
  });
  return ["| name | type | meaning |", "|---|---|---|", ...rows].join("\n");
}

function typeText({ type, items, $ref, additionalProperties }) {
  if ($ref !== undefined) {
    const name = $ref.split(":").at(-1);
    return $ref.startsWith("pulumi.json") ? "any" : `[${name}](#${name.toLowerCase()})`;
  }
  if (type === "array") {
    return `list of ${typeText(items)}`;
  }
  return type === "object" && additionalProperties !== undefined ? "map" : type;
}
