import type { Service } from "../account/account";
import { Failure } from "../base/errors";
import { refusesId } from "../live/errors";
import { isRunning } from "../live/types";
import { SESSION_KEYS } from "../model/fields";
import { fromLive, outputUrls, placeOf, type SessionValues, sameJson } from "../model/mapping";
import { isAutomaticName } from "../model/names";
import { isSealIntact, type MonitorState, type Origin, omit, RECORD_KEYS, recordOf, toPlain } from "../model/state";
import { admitSavedSettings, refuseMistakes } from "./config-guard";
import type { Context } from "./monitor";
import type { Operation } from "./operation";
import { originOf, regionOf } from "./origin";
import { givenName } from "./ownership";
import type { Properties } from "./plan";
import { RECENT_MS } from "./session";
import { confirmAbsent, expectSameCloud, fetchAgain } from "./verify-gone";

/** A `get` of what is not there is an error that changes nothing, so one more look is enough; a malformed id is not there. */
async function find(monitorId: string, service: Service, operation: Operation, isGet: boolean) {
  try {
    const seen = await service.roster.get(monitorId, operation, RECENT_MS);
    return seen ?? (isGet ? await fetchAgain(monitorId, service, operation) : undefined);
  } catch (error) {
    if (isGet && refusesId(error)) {
      return undefined;
    }
    throw error;
  }
}

/**
 * Reads a session. `undefined`: it is gone for certain. The inputs that come back hold the live values of what the user had
 * declared, so that drift shows there; what nobody declared shows in the outputs alone, where secrets are kept secret.
 */
export async function read(
  monitorId: string,
  olds: Properties,
  context: Context,
): Promise<{ state: Properties; inputs?: Properties } | undefined> {
  const { account, operation } = context;
  const old = { ...olds, monitorId } as unknown as MonitorState;
  const isGet = olds.monitorId === undefined;
  if (isGet) {
    refuseMistakes(account.sources);
  }
  const service = account.in(regionOf(old, account));
  expectSameCloud(old, service);
  if (!isGet) {
    await admitSavedSettings(old, account.sources, service, operation);
  }
  operation.enter("reading");
  const found = await find(monitorId, service, operation, isGet);
  const live = found ?? (isGet ? undefined : await confirmAbsent(old, service, operation));
  if (live === undefined) {
    if (isGet) {
      throw new Failure(
        `There is no session ${monitorId} in region ${service.region} of this account, so \`StreamMonitor.get\` has nothing to read. Nothing was changed. Correct the id, the region or the credentials.`,
      );
    }
    return undefined;
  }
  const declared = declaredPart(old);
  const values = fromLive(live, declared, old.outputUrls);
  const record = recordOf(monitorId, await originForRead(old, service, operation), live);
  // Pulumi keeps the inputs of what it only reads in clear, so a refresh must not put anything there either.
  if (isGet || old.__get === true) {
    const rest = omit(
      olds,
      SESSION_KEYS.filter((key) => key !== "app" && key !== "stream"),
    );
    return { state: toPlain({ ...rest, ...placeOf(outputUrls(live)), ...values, ...record }) };
  }
  const drift = hiddenDrift(declared, values, old.__auto ?? []);
  const policies = omit(olds, [...SESSION_KEYS, "running", "__drift", "__given", ...Object.keys(record)]);
  const common = { ...policies, ...(old.running === undefined ? {} : { running: isRunning(live) }) };
  return {
    state: withGivenName(
      old,
      toPlain({ ...common, ...values, ...record, ...(Object.keys(drift).length > 0 ? { __drift: drift } : {}) }),
    ),
    inputs: toPlain({
      ...omit(common, [...RECORD_KEYS, "__incomplete"]),
      ...omit(values, Object.keys(drift)),
      ...Object.fromEntries(Object.entries(drift).filter(([, value]) => value !== null)),
      ...(old.region === undefined ? {} : { region: old.region }),
    }),
  };
}

/** Keeps the name that this resource gave the session, where a generated one that the cloud shows takes its place. */
function withGivenName(old: MonitorState, state: Properties): Properties {
  const given = givenName(old);
  const isLost = given !== undefined && given !== givenName(state as unknown as MonitorState);
  return isLost && isAutomaticName(String(state.monitorName)) ? { ...state, __given: given } : state;
}

/** The session's values as they should be, which an earlier read may have found to be otherwise. */
function declaredPart(old: MonitorState): SessionValues {
  const values = SESSION_KEYS.map((key) => [key, old.__drift?.[key] === undefined ? old[key] : old.__drift[key]]);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined && value !== null));
}

/** Drift that must not go into the inputs: secrets that nobody declared would stand there in clear. */
function hiddenDrift(declared: SessionValues, values: SessionValues, auto: string[]): Record<string, string | null> {
  const drift: Record<string, string | null> = {};
  for (const key of SESSION_KEYS) {
    if (declared[key] === undefined && values[key] !== undefined) {
      drift[key] = null;
    } else if (auto.includes(key) && !sameJson(declared[key], values[key])) {
      drift[key] = String(declared[key]);
    }
  }
  return drift;
}

/** A session that answers is this account's, so a read can put on record what an import, say, did not know. */
async function originForRead(old: MonitorState, service: Service, operation: Operation): Promise<Origin> {
  const origin = originOf(old, service);
  const isCertain = origin.accountId !== undefined && isSealIntact(old);
  if (isCertain || service.skipsAccountCheck) {
    return origin;
  }
  const accountId = await service.whoami(operation).catch(() => undefined);
  operation.signal.throwIfAborted();
  return { ...origin, accountId: accountId ?? origin.accountId };
}
