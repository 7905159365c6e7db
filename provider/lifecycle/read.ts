import { Failure } from "../base/errors";
import { fromKeys, pickBy } from "../base/objects";
import { refusesId } from "../live/errors";
import { isRunning, type LiveStreamMonitor } from "../live/types";
import { SESSION_KEYS } from "../model/fields";
import { configOf, fromLive, outputUrls, placeOf, type SessionValues, sameJson } from "../model/mapping";
import { isAutomaticName } from "../model/names";
import { isSealIntact, type MonitorRecord, type Origin, omit, RECORD_KEYS, recordOf, toPlain } from "../model/record";
import {
  generatedNames,
  givenName,
  hiddenDrift,
  isFromGet,
  type MonitorState,
  OUTPUT_ONLY,
  type Properties,
  READ_ANEW,
  type Understood,
  withGivenName,
  withHiddenDrift,
} from "../model/state";
import { type Access, RECENT_MS } from "./look";
import type { Context } from "./operation";
import { admitSavedSettings, originOf, refuseMistakes, serviceOf } from "./origin";
import { confirmAbsent, fetchAgain } from "./verify-gone";

export interface ReadResult {
  state: Properties;
  /** Absent for what the dynamic `get` reads: Pulumi would keep the inputs in clear. */
  inputs?: Properties;
}

/**
 * Reads a session. `undefined`: it is certainly gone. The inputs hold the live values of what the program declared, so that
 * drift shows there. What nobody declared shows in the outputs alone, where secrets are kept secret.
 */
export async function read(
  monitorId: string,
  olds: Understood,
  { account, operation }: Context,
): Promise<ReadResult | undefined> {
  const old = { ...olds, monitorId };
  const isFirstGet = olds.monitorId === undefined;
  if (isFirstGet) {
    refuseMistakes(account.sources);
  }
  const access = { service: serviceOf(old, account), operation };
  if (!isFirstGet) {
    await admitSavedSettings(old, account.sources, access);
  }
  operation.enter("reading");
  const live = await (isFirstGet ? lookUp(monitorId, access) : find(old, access));
  if (live === undefined) {
    if (isFirstGet && isFromGet(old)) {
      refuseUnknown(monitorId, access);
    }
    return undefined;
  }
  const record = recordOf(monitorId, await certainOrigin(old, access), live);
  if (isFromGet(old)) {
    return { state: foreignState(olds, old, live, record) };
  }
  return isFirstGet ? imported(live, record) : ownState(olds, old, live, record);
}

async function find(old: MonitorState, access: Access): Promise<LiveStreamMonitor | undefined> {
  const { service, operation } = access;
  return (await service.roster.get(old.monitorId, operation, RECENT_MS)) ?? (await confirmAbsent(old, access));
}

/** Treats a malformed id as not found. Not found changes nothing here, so two looks are enough. */
async function lookUp(monitorId: string, access: Access): Promise<LiveStreamMonitor | undefined> {
  const { service, operation } = access;
  try {
    return (await service.roster.get(monitorId, operation, RECENT_MS)) ?? (await fetchAgain(monitorId, access));
  } catch (error) {
    if (refusesId(error)) {
      return undefined;
    }
    throw error;
  }
}

function refuseUnknown(monitorId: string, { service }: Access): never {
  throw new Failure(
    `There is no session ${monitorId} in region ${service.region} of this account, so \`StreamMonitor.get\` has nothing to read. Nothing was changed. Correct the id, the region or the credentials.`,
    "not-found",
  );
}

/** An import, or the `get` of another language: nothing is declared yet, so all that a program could declare is told. */
function imported(live: LiveStreamMonitor, record: MonitorRecord): ReadResult {
  const values = { ...fromLive(live, {}), monitorConfig: configOf(live), ...placeOf(outputUrls(live)) };
  const { region } = record;
  return { state: toPlain({ ...values, ...record }), inputs: toPlain({ ...values, region }) };
}

/** What `StreamMonitor.get` reads: everything that the cloud shows, and no inputs. */
function foreignState(olds: Understood, old: MonitorState, live: LiveStreamMonitor, record: MonitorRecord): Properties {
  const urls = outputUrls(live);
  const rest = omit(
    olds,
    SESSION_KEYS.filter((key) => key !== "app" && key !== "stream"),
  );
  return toPlain({ ...rest, ...placeOf(urls), ...fromLive(live, declaredPart(old), old.outputUrls), ...record });
}

function ownState(olds: Understood, old: MonitorState, live: LiveStreamMonitor, record: MonitorRecord): ReadResult {
  const declared = declaredPart(old);
  const values = fromLive(live, declared, old.outputUrls);
  const drift = driftOf(declared, values, generatedNames(old));
  const policies = omit(olds, [...SESSION_KEYS, "running", ...READ_ANEW, ...Object.keys(record)]);
  const common = { ...policies, ...(old.running === undefined ? {} : { running: isRunning(live) }) };
  const state = withHiddenDrift({ ...common, ...values, ...record }, drift);
  return {
    state: toPlain(keepGivenName(old, state)),
    inputs: toPlain({
      ...omit(common, [...RECORD_KEYS, ...OUTPUT_ONLY]),
      ...omit(values, Object.keys(drift)),
      ...pickBy(drift, (_key, value) => value !== null),
      ...(old.region === undefined ? {} : { region: old.region }),
    }),
  };
}

/** Keeps the name that this resource gave the session, where the cloud shows another generated one. */
function keepGivenName(old: MonitorState, state: Properties): Properties {
  const given = givenName(old);
  const isLost = given !== undefined && given !== givenName(state);
  return isLost && isAutomaticName(String(state.monitorName)) ? withGivenName(state, given) : state;
}

/** The session's values as declared, where an earlier read found others. */
function declaredPart(old: MonitorState): SessionValues {
  const drift = hiddenDrift(old);
  const values = fromKeys(SESSION_KEYS, (key) => (drift[key] === undefined ? old[key] : drift[key]));
  return pickBy(values, (_key, value) => value != null);
}

/** Drift that must not show in the inputs: a secret that nobody declared would stand there in clear. */
function driftOf(
  declared: SessionValues,
  values: SessionValues,
  generated: readonly string[],
): Record<string, string | null> {
  const drift: Record<string, string | null> = {};
  for (const key of SESSION_KEYS) {
    if (declared[key] === undefined && values[key] !== undefined) {
      drift[key] = null;
    } else if (generated.includes(key) && !sameJson(declared[key], values[key])) {
      drift[key] = String(declared[key]);
    }
  }
  return drift;
}

/** A session that answers belongs to this account, so a read can record what an import, for example, did not know. */
async function certainOrigin(old: MonitorState, { service, operation }: Access): Promise<Origin> {
  const origin = originOf(old, service);
  const isCertain = origin.accountId !== undefined && isSealIntact(old);
  if (isCertain || service.skipsAccountCheck) {
    return origin;
  }
  const accountId = await service.whoami(operation).catch(() => undefined);
  operation.signal.throwIfAborted();
  return { ...origin, accountId: accountId ?? origin.accountId };
}
