import { stripVTControlCharacters } from "node:util";
import type { RawResource, RawState } from "./raw-state";
import type { Step } from "./scenario";
import type { Stage } from "./stage";

/**
 * What stays of a state when all that differs from run to run is given the same name: ids of provider resources, times (which
 * become the step that they first appeared in), ciphertexts, and folders.
 */
export class NormalForm {
  private readonly ids = new Map<string, string>();
  private readonly times = new Map<string, string>();

  state({ version, deployment }: RawState, step: number, stage: Stage): unknown {
    const { manifest: _when, secrets_providers: secrets, resources = [], ...rest } = deployment;
    const isProvider = ({ type }: RawResource) => type.startsWith("pulumi:providers:");
    for (const { id } of resources.filter(isProvider)) {
      if (id && !this.ids.has(id)) {
        this.ids.set(id, `<provider ${this.ids.size + 1}>`);
      }
    }
    const text = JSON.stringify({ version, secrets: typeOf(secrets), resources, ...rest }, (key, value) => {
      if (key === "created" || key === "modified") {
        return this.time(value, step);
      }
      if (key === "stackTrace") {
        return framesOf(value);
      }
      if (key === "sourcePosition" && String(value).includes("@pulumi")) {
        // The sandbox does not keep what lies outside of the project.
        return undefined;
      }
      return key === "__provider" && typeof value === "string" ? "<provider text>" : value;
    });
    return JSON.parse(this.text(text, stage));
  }

  /** Texts without folders, ids and times; of an error, without its stack. */
  text(given: string, stage: Stage): string {
    // Where the SDK is installed, and in which line a call stands, is of no interest.
    let text = given.replaceAll(stage.root, "<root>").replaceAll(/(project:\/\/\/[\w.]+)#\d+,\d+/g, "$1");
    for (const [id, name] of this.ids) {
      text = text.replaceAll(id, name);
    }
    return stripVTControlCharacters(text)
      .replaceAll(/(\n {4}at .*)+/g, "")
      .trimEnd();
  }

  private time(value: string, step: number): string {
    const name = this.times.get(value) ?? `<step ${step + 1}>`;
    this.times.set(value, name);
    return name;
  }
}

/** The provider's calls, by kind: how calls of different kinds interleave is up to chance. */
export function callsOf(stage: Stage, form: NormalForm): Record<string, unknown[]> {
  const calls: Record<string, unknown[]> = {};
  for (const { call, ...rest } of stage.calls()) {
    calls[call] = [...(calls[call] ?? []), JSON.parse(form.text(JSON.stringify(rest), stage))];
  }
  // Deletes and reads that do not depend on one another come in any order.
  const sorted = (list: unknown[]) =>
    list
      .map((each) => JSON.stringify(each))
      .sort()
      .map((each) => JSON.parse(each));
  return {
    ...calls,
    ...(calls.delete ? { delete: sorted(calls.delete) } : {}),
    ...(calls.read ? { read: sorted(calls.read) } : {}),
  };
}

/** What a run that was cut off leaves in the state. */
export function pendingOperations(resources: RawResource[], pending: NonNullable<Step["pending"]>): unknown[] {
  const type = "pulumi-nodejs:dynamic:Resource";
  return pending.map(({ name, type: doing }) => {
    const known = resources.find((each) => each.urn.endsWith(`::${name}`));
    const ghost = { urn: `urn:pulumi:dev::widgets::${type}::${name}`, custom: true, type, inputs: { value: name } };
    return { resource: known ?? ghost, type: doing };
  });
}

/** Of a stack trace, what is the project's own: the rest depends on the versions of Node and SDK. */
function framesOf(frames: { sourcePosition?: string }[]): string[] {
  return frames.flatMap(({ sourcePosition = "" }) => (sourcePosition.includes("@pulumi") ? [] : sourcePosition || []));
}

function typeOf(secrets: unknown): unknown {
  return (secrets as { type?: string } | undefined)?.type;
}
