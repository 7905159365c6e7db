import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { TOPICS } from "../../../provider/base/errors";

const root = join(__dirname, "../../..");
/** For what no error says. */
const OTHERS = ["hangs", "success-but-sessions-run"];

const slugOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-");

test("each section of the runbook is what errors point at, and each topic of an error has a section", () => {
  const text = readFileSync(join(root, "docs/runbook.md"), "utf8");
  const sections = [...text.matchAll(/^## (.+)$/gm)].map(([, heading]) => slugOf(heading as string));
  expect(sections.filter((each) => !OTHERS.includes(each)).sort()).toEqual([...TOPICS].sort());
});

test("no topic is without an error", () => {
  const folders = readdirSync(join(root, "provider"), { recursive: true, encoding: "utf8" });
  const files = folders.filter((file) => file.endsWith(".ts") && !file.endsWith("base/errors.ts"));
  const code = files.map((file) => readFileSync(join(root, "provider", file), "utf8")).join("\n");
  const inErrors = ["deadline", "killed", "defect"];
  const unused = TOPICS.filter((topic) => !inErrors.includes(topic) && !code.includes(`"${topic}"`));
  expect(unused).toEqual([]);
});
