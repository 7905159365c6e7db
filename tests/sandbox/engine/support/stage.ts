import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { RawState } from "./raw-state";
import type { Program, Step } from "./scenario";

const FIXTURE = resolve(__dirname, "..", "fixtures", "widgets");
const MODULES = resolve(__dirname, "..", "..", "..", "..", "node_modules");
export const PASSPHRASE = "correct horse";
/** A salt of it. To make a key takes half a second, so all stages share one. */
export const SALT = "v1:1M9XMK6qoiE=:v1:891klaPZYror/oM9:5Yfov/JpHO8hpGH6aLXGywEhJpyjxA==";

/** A copy of the fixture project in a folder of its own, with its widgets beside it. */
export class Stage {
  readonly root = mkdtempSync(join(tmpdir(), "widgets-"));
  readonly project = join(this.root, "project");
  readonly cloud = join(this.root, "cloud");
  readonly stateFile = join(this.root, "state.json");
  readonly env: Record<string, string | undefined>;
  /** The stack's configuration, by full key. */
  config: NonNullable<Step["config"]> = {};

  constructor() {
    cpSync(FIXTURE, this.project, { recursive: true });
    symlinkSync(MODULES, join(this.root, "node_modules"));
    mkdirSync(this.cloud);
    this.env = {
      ...process.env,
      WIDGETS_CLOUD: this.cloud,
      WIDGETS_PROGRAM: join(this.root, "program.json"),
      PULUMI_CONFIG_PASSPHRASE: PASSPHRASE,
    };
    this.declare({ resources: [] });
    this.writeState({ secrets_providers: { type: "passphrase", state: { salt: SALT } }, resources: [], metadata: {} });
  }

  /** What is done by hand before a step. */
  prepare({ program, cloud, config }: Step): void {
    if (program) {
      this.declare(program);
    }
    for (const [id, changes] of Object.entries(cloud ?? {})) {
      this.drift(id, changes);
    }
    for (const [key, value] of Object.entries(config ?? {})) {
      this.config[key.includes(":") ? key : `widgets:${key}`] = value;
    }
  }

  declare(program: Program): void {
    writeFileSync(join(this.root, "program.json"), JSON.stringify(program));
  }

  /** Changes a widget behind everybody's back; `null` deletes it. */
  drift(id: string, changes: Record<string, unknown> | null): void {
    const path = join(this.cloud, `${id}.json`);
    if (changes === null) {
      rmSync(path);
    } else {
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...changes }));
    }
  }

  writeState(deployment: Record<string, unknown>): void {
    writeFileSync(this.stateFile, JSON.stringify({ version: 3, deployment }));
  }

  readState(): RawState {
    return JSON.parse(readFileSync(this.stateFile, "utf8"));
  }

  open(gate: string): void {
    appendFileSync(join(this.cloud, gate), "");
  }

  widget(id: string): Record<string, unknown> | undefined {
    const path = join(this.cloud, `${id}.json`);
    return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
  }

  /** The provider's calls since this was last asked. */
  calls(): { call: string; [key: string]: unknown }[] {
    const path = join(this.cloud, "calls.log");
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    rmSync(path, { force: true });
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
