import { configuredRegion, environmentRegion, type Sources } from "../account/config";
import { Failure } from "../base/errors";
import { load } from "../base/loading";
import { INPUT_KEYS, SESSION_KEYS, UNKNOWN } from "../model/fields";
import { sameJson } from "../model/mapping";
import { automaticName, automaticStream, type Owner, ownerFromUrn } from "../model/names";
import type { CheckFailure, MonitorInputs } from "../model/schema";
import type { Internal, MonitorState } from "../model/state";
import { markedKeys } from "../model/state";
import { understood } from "../model/state-shape";

/** Properties as they come from Pulumi: nothing about them is certain. */
export type Properties = Record<string, unknown>;
export type CheckedInputs = Partial<MonitorInputs> & Internal;

const DEFAULT_APP = "monitor";

/**
 * Completes what was declared, and finds every mistake in it. Names are made up once and kept: `olds` are the inputs of
 * the last run, and empty for a resource, or a replacement, that does not exist yet.
 */
export function check(
  olds: Properties,
  news: Properties,
  sources: Sources,
  random: () => number,
): { inputs: Properties; failures: CheckFailure[] } {
  const region = configuredRegion(sources);
  const isKept = (key: string) => news[key] == null && (key !== "region" || region === undefined);
  const old = understood(olds, ["region", "monitorName", "stream", "app"].filter(isKept)) as CheckedInputs;
  const exists = Object.keys(olds).some((key) => !key.startsWith("__"));
  const owner = ownerOf(news);
  const auto: string[] = [];
  const inputs: Properties = Object.fromEntries(Object.entries(news).filter(([, value]) => value != null));

  inputs.region ??= region ?? old.region ?? environmentRegion(sources);
  if (inputs.monitorName === undefined) {
    auto.push("monitorName");
    const kept = old.__auto?.includes("monitorName") ? old.monitorName : undefined;
    inputs.monitorName = kept ?? automaticName(owner, random);
  }
  // An adopted session keeps the place it streams to, unless another is asked for.
  const takesOver = !exists && inputs.adopt !== undefined;
  if (inputs.stream === undefined && !takesOver) {
    auto.push("stream");
    inputs.stream = exists ? old.stream : streamFor(inputs.monitorName, auto, owner, random);
  }
  if (inputs.app === undefined && !takesOver) {
    auto.push("app");
    inputs.app = exists ? old.app : DEFAULT_APP;
  }
  inputs.__auto = auto;
  const complete = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined));
  return { inputs: complete, failures: [...mistakes().findMistakes(complete), ...namelessAdoption(news)] };
}

/** Loaded at the first `check`: the validator is large, and neither a delete nor the stack's own program needs it. */
function mistakes() {
  return load("zod", () => require("../model/schema") as typeof import("../model/schema"));
}

/** A name that was made up just now cannot be anybody's yet. */
function namelessAdoption(news: Properties): CheckFailure[] {
  const byName = (news.adopt as { byName?: unknown } | undefined)?.byName === true;
  return byName && news.monitorName === undefined
    ? [{ property: "adopt.byName", reason: "needs an explicit `monitorName` to look for" }]
    : [];
}

function streamFor(name: unknown, auto: string[], owner: Owner, random: () => number): unknown {
  if (auto.includes("monitorName")) {
    return name;
  }
  return automaticStream(typeof name === "string" && name !== UNKNOWN ? name : owner.resource, random);
}

function ownerOf(news: Properties): Owner {
  const fromUrn = typeof news.__urn === "string" ? ownerFromUrn(news.__urn) : undefined;
  return fromUrn ?? { project: "pulumi", stack: "pulumi", resource: "stream-monitor" };
}

export interface MonitorDiff {
  changes?: boolean;
  replaces?: string[];
  deleteBeforeReplace?: boolean;
}

/** Arguments whose change means something after the create; `adopt` says only how the session was come by. */
const COMPARED = INPUT_KEYS.filter((key) => key !== "adopt");

/**
 * What a run would change. Pure: Pulumi also asks it during a refresh, to show drift. `changes` stays open for ordinary
 * edits, so that the engine compares the inputs itself and the user's `replaceOnChanges` works; it is `true` only for what
 * the inputs do not show.
 */
export function diff(olds: Properties, news: Properties): MonitorDiff {
  const old = understood(olds, ["region"]) as unknown as MonitorState;
  const changed = changedKeys(olds, news);
  const replaces = changed.includes("region") && old.region !== undefined ? ["region"] : [];
  if (replaces.length > 0 && news.adopt !== undefined) {
    throw new Failure(
      "A change of `region` replaces the session, but `adopt` is still set: the replacement would adopt the old session again, and then lose it. Nothing was changed. Remove `adopt` first (it has done its work), run `pulumi up`, and then change the region.",
    );
  }
  if (replaces.length > 0) {
    return { replaces, deleteBeforeReplace: hasChosenName(news) };
  }
  if (old.__incomplete === true || changed.some((key) => old.__drift?.[key] !== undefined)) {
    return { changes: true };
  }
  const sameMarks = sameJson(markedKeys(olds), markedKeys(news));
  return changed.length > 0 || !sameMarks ? {} : { changes: false };
}

/** The arguments that differ between a state and what is declared now. What nobody declares may be as it likes. */
export function changedKeys(olds: Properties, news: Properties): (keyof MonitorInputs)[] {
  return COMPARED.filter((key) => {
    const leftToTheCloud = news[key] === undefined && (key === "app" || key === "stream" || key === "region");
    return !leftToTheCloud && !sameJson(olds[key], news[key]);
  });
}

/** Whether a session must be sent an update for this difference, or only the state must be written. */
export function concernsSession(key: keyof MonitorInputs): boolean {
  return key === "running" || SESSION_KEYS.some((each) => each === key);
}

/** A name or stream that the user chose cannot be had twice at a time. */
function hasChosenName(news: Properties): boolean {
  const auto = (understood({ __auto: news.__auto }) as CheckedInputs).__auto ?? [];
  return (["monitorName", "stream"] as const).some((key) => news[key] !== undefined && !auto.includes(key));
}
