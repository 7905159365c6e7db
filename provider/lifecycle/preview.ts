import { fromKeys } from "../base/objects";
import { DERIVING_KEYS, RECORDED, UNKNOWN } from "../model/fields";
import { pick, RECORD_KEYS } from "../model/record";
import { isUnfinished, type Properties } from "../model/state";
import { changedKeys } from "./diff";

/** The outputs of a create as a preview can know them. */
export function previewCreate(inputs: Properties): Properties {
  return { ...unknown(RECORDED.filter((key) => key !== "expiresAt" || inputs.ttl !== undefined)), ...inputs };
}

/** The outputs of an update as a preview can know them: what it may change is unknown. */
export function previewUpdate(olds: Properties, news: Properties): Properties {
  const changed: readonly string[] = changedKeys(olds, news);
  const moves = isUnfinished(olds) || changed.includes("running");
  const open = [
    ...(moves ? ["status", "startTime", "stopTime"] : []),
    ...(DERIVING_KEYS.some((key) => changed.includes(key)) ? ["outputUrls"] : []),
    ...(changed.includes("ttl") ? ["expiresAt"] : []),
  ];
  return { ...pick(olds, [...RECORD_KEYS, "region"]), ...unknown(open), ...news };
}

function unknown(keys: readonly string[]): Properties {
  return fromKeys(keys, () => UNKNOWN);
}
