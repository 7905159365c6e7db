import { configuredRegion, environmentRegion, type Sources } from "../account/config";
import { load } from "../base/loading";
import { pickBy, withoutUndefined } from "../base/objects";
import { UNKNOWN } from "../model/fields";
import { automaticName, automaticStream, type Owner, ownerFromUrn } from "../model/names";
import type { CheckFailure } from "../model/schema";
import { generatedNames, isOfExisting, type Properties, understood, urnIn, withGeneratedNames } from "../model/state";

const DEFAULT_APP = "monitor";

/**
 * Completes the declared arguments, and finds every mistake in them. Names are generated once and kept: `olds` are the inputs
 * of the last run, and empty for a resource, or a replacement, that does not exist yet.
 */
export function check(
  olds: Properties,
  news: Properties,
  sources: Sources,
  random: () => number,
): { inputs: Properties; failures: CheckFailure[] } {
  const region = configuredRegion(sources);
  const isKept = (key: string) => news[key] == null && (key !== "region" || region === undefined);
  const old = understood(olds, ["region", "monitorName", "stream", "app"].filter(isKept));
  const exists = isOfExisting(olds);
  const owner = ownerOf(news);
  const generated: string[] = [];
  const inputs: Properties = pickBy(news, (_key, value) => value != null);

  inputs.region ??= region ?? old.region ?? environmentRegion(sources);
  if (inputs.monitorName === undefined) {
    generated.push("monitorName");
    const kept = generatedNames(old).includes("monitorName") ? old.monitorName : undefined;
    inputs.monitorName = kept ?? automaticName(owner, random);
  }
  // An adopted session keeps its app and stream, unless the program says otherwise.
  const adopts = !exists && inputs.adopt !== undefined;
  if (inputs.stream === undefined && !adopts) {
    generated.push("stream");
    inputs.stream = exists ? old.stream : streamFor(inputs.monitorName, generated, owner, random);
  }
  if (inputs.app === undefined && !adopts) {
    generated.push("app");
    inputs.app = exists ? old.app : DEFAULT_APP;
  }
  const complete = withoutUndefined(inputs);
  return {
    inputs: withGeneratedNames(complete, generated),
    failures: [...schema().findMistakes(complete), ...namelessAdoption(news), ...namedExpiry(news)],
  };
}

/** Loaded at the first `check`: the validator is large, and neither a delete nor the user's program needs it. */
function schema() {
  return load("zod", () => require("../model/schema") as typeof import("../model/schema"));
}

/** A name that was generated just now cannot belong to a session yet. */
function namelessAdoption(news: Properties): CheckFailure[] {
  const byName = (news.adopt as { byName?: unknown } | undefined)?.byName === true;
  return byName && news.monitorName === undefined
    ? [{ property: "adopt.byName", reason: "needs an explicit `monitorName` to look for" }]
    : [];
}

/** The expiry stands in the generated name. */
function namedExpiry(news: Properties): CheckFailure[] {
  return news.ttl != null && news.monitorName != null
    ? [
        {
          property: "ttl",
          reason: "cannot be used with `monitorName`: the generated name carries the expiry. Remove one of them",
        },
      ]
    : [];
}

function streamFor(name: unknown, generated: string[], owner: Owner, random: () => number): unknown {
  if (generated.includes("monitorName")) {
    return name;
  }
  return automaticStream(typeof name === "string" && name !== UNKNOWN ? name : owner.resource, random);
}

function ownerOf(news: Properties): Owner {
  const owner = ownerFromUrn(urnIn(news) ?? "");
  return owner ?? { project: "pulumi", stack: "pulumi", resource: "stream-monitor" };
}
