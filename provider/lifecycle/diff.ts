import { Failure } from "../base/errors";
import { COMPARED_KEYS, isKeptIfAbsent, type MonitorInputs, SESSION_KEYS } from "../model/fields";
import { sameJson } from "../model/mapping";
import { markedKeys } from "../model/secrets";
import { generatedNames, hiddenDrift, isUnfinished, type Properties, understood } from "../model/state";

export interface MonitorDiff {
  changes?: boolean;
  replaces?: string[];
  deleteBeforeReplace?: boolean;
  /** The arguments that differ. */
  changed: readonly string[];
}

/**
 * What a run would change. Pure: Pulumi also asks it during a refresh, to show drift. `changes` stays open for ordinary
 * edits, so that the engine compares the inputs itself and the user's `replaceOnChanges` works; it is `true` only for what
 * the inputs do not show.
 */
export function diff(olds: Properties, news: Properties): MonitorDiff {
  const old = understood(olds, ["region"]);
  const changed = changedKeys(olds, news);
  if (changed.includes("region") && old.region !== undefined) {
    if (news.adopt !== undefined) {
      throw new Failure(
        "A change of `region` replaces the session, but `adopt` is still set: the replacement would adopt the old session again, and then lose it. Nothing was changed. Remove `adopt` first (it has done its work), run `pulumi up`, and then change the region.",
        "adopt",
      );
    }
    return { replaces: ["region"], deleteBeforeReplace: hasChosenName(news), changed };
  }
  if (isUnfinished(old) || changed.some((key) => hiddenDrift(old)[key] !== undefined)) {
    return { changes: true, changed };
  }
  const sameMarks = sameJson(markedKeys(olds), markedKeys(news));
  return changed.length > 0 || !sameMarks ? { changed } : { changes: false, changed };
}

/** The arguments that differ between a state and what is declared now. */
export function changedKeys(olds: Properties, news: Properties): (keyof MonitorInputs)[] {
  return COMPARED_KEYS.filter(
    (key) => !(news[key] === undefined && isKeptIfAbsent(key)) && !sameJson(olds[key], news[key]),
  );
}

/** Whether a session must be sent an update for this difference, or only the state must be written. */
export function concernsSession(key: keyof MonitorInputs): boolean {
  return key === "running" || key === "ttl" || SESSION_KEYS.some((each) => each === key);
}

/** Two sessions cannot have the same chosen name or stream at a time. */
function hasChosenName(news: Properties): boolean {
  const generated = generatedNames(news);
  return (["monitorName", "stream"] as const).some((key) => news[key] !== undefined && !generated.includes(key));
}
