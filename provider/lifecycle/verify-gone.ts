import { sameEndpoint } from "../account/endpoint";
import { explain, Failure, MAY_STILL_RUN } from "../base/errors";
import { knowsNoSuchSession } from "../live/errors";
import type { LiveStreamMonitor } from "../live/types";
import { isSealIntact, type MonitorRecord } from "../model/record";
import type { MonitorState } from "../model/state";
import type { Access } from "./look";

/** A list filtered by id may lag by some seconds, so a second look comes this much later. */
const BETWEEN_LOOKS_MS = 5_000;
/** A session leaves the state only after this many reads, over half a minute. */
const READS = { count: 3, apartMs: 15_000 };

/** The second look of an `adopt` or a `get`. "Not found" loses nothing there, so two looks are enough. */
export async function fetchAgain(
  monitorId: string,
  { service, operation }: Access,
): Promise<LiveStreamMonitor | undefined> {
  operation.enter("looking once more for the session");
  await operation.sleep(BETWEEN_LOOKS_MS);
  return service.roster.fetch(monitorId, operation);
}

/**
 * Whether a session is gone, after a first read has missed it: `read` and `update` have no call that says so. Returns the
 * session when a later read shows it, and `undefined` when it is certainly gone. A failed read starts the count again.
 */
export async function confirmAbsent(old: MonitorState, access: Access): Promise<LiveStreamMonitor | undefined> {
  const { service, operation } = access;
  // After each read, because each must come from the account that owns the session.
  await expectOwnerAsked(old, access);
  for (let misses = 1; misses < READS.count; ) {
    operation.enter("making sure that the session is gone");
    await operation.sleep(READS.apartMs);
    let isClean = true;
    const context = operation.context(({ error }) => {
      isClean &&= error === undefined || error.verdict === "throttled" || knowsNoSuchSession(error);
    });
    const seen = await service.roster.fetch(old.monitorId, context);
    if (seen !== undefined) {
      return seen;
    }
    await expectOwnerAsked(old, access);
    misses = isClean ? misses + 1 : 1;
  }
  await refuseOutage(old, access);
  return undefined;
}

/** A running session does not vanish together with all others: an empty list counts as an outage until the user says otherwise. */
async function refuseOutage(old: MonitorState, access: Access): Promise<void> {
  const { service, operation } = access;
  const { monitorId, status, running } = old;
  // An unfinished create records no status: then the declared one counts.
  const mayRun = status === "running" || (status !== "stopped" && running === true);
  if (!mayRun || service.trustsEmptyList) {
    return;
  }
  operation.enter("looking whether the account shows any session");
  const { monitors, unreadable } = await service.roster.list(operation);
  await expectOwnerAsked(old, access);
  if (monitors.size > 0 || unreadable.length > 0) {
    return;
  }
  throw new Failure(
    `The cloud shows no session ${monitorId} and no other session of this account in region ${service.region}, but this one was running when last seen. That may be an outage of the list. ${MAY_STILL_RUN} Look for it in the console. If it is gone, set ALICLOUD_LIVE_TRUST_EMPTY_LIST=1 and run the command again, or run \`pulumi destroy\` without \`--refresh\`: it asks the cloud to delete it.`,
    "list-fails",
  );
}

/**
 * The verdict of read, update and delete, once the cloud says that there is no such session. It counts only from the account,
 * region and endpoint that own the session. Otherwise throws, and the state keeps the session.
 */
export async function expectOwnerAsked(record: MonitorRecord, { service, operation }: Access): Promise<void> {
  const { monitorId, region, endpoint, accountId } = record;
  if (!isSealIntact(record)) {
    throw new Failure(
      `The cloud knows no session ${monitorId} in region ${region}. But since the provider last saved the state, this resource's region, account, endpoint or id was edited there, so the answer may come from the wrong place. ${MAY_STILL_RUN} Restore the recorded values (\`pulumi stack history\` and \`pulumi stack export --version\` have them), then run the command again. If you are sure that it is gone, remove it with \`pulumi state delete\`.`,
      "edited-state",
    );
  }
  if (endpoint !== undefined && !sameEndpoint(service.region, endpoint, service.endpoint)) {
    throw new Failure(
      `The cloud at ${service.endpoint} knows no session ${monitorId}, but the session was made at ${endpoint}. ${MAY_STILL_RUN} Set the endpoint back (\`alicloud:endpoints\` or ALIBABA_CLOUD_ENDPOINT_LIVE), then run the command again.`,
      "settings",
    );
  }
  if (service.skipsAccountCheck) {
    return;
  }
  if (accountId === undefined) {
    operation.warn(
      `Treating session ${monitorId} as deleted. The state records no account, so ownership was not verified.`,
    );
    return;
  }
  const asked = await service.whoami(operation, operation.askedAs).catch((error: unknown) => {
    operation.signal.throwIfAborted();
    throw new Failure(
      `The cloud says that session ${monitorId} does not exist, but the account that answered is unknown: ${explain(error)} The session belongs to account ${accountId}. ${MAY_STILL_RUN} Run the command again when STS is reachable, or set ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1 to trust the credentials.`,
      "wrong-account",
    );
  });
  if (asked !== accountId) {
    throw new Failure(
      `The cloud says that session ${monitorId} does not exist, but account ${asked} was asked, and the session belongs to account ${accountId}. ${MAY_STILL_RUN} Use credentials of account ${accountId}, then run the command again. On destroy and refresh Pulumi uses the configuration saved by the last \`pulumi up\` unless \`--run-program\` is given; the environment is always read.`,
      "wrong-account",
    );
  }
}
