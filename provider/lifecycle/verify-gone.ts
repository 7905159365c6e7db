import type { Service } from "../account/account";
import { sameEndpoint } from "../account/endpoint";
import { explain, Failure } from "../base/errors";
import { knowsNoSuchSession } from "../live/errors";
import type { LiveStreamMonitor } from "../live/types";
import { isSealIntact, type MonitorRecord } from "../model/record";
import type { Operation } from "./operation";

/** A list filtered by id may lag behind by some seconds, so a second look comes this much later. */
const BETWEEN_LOOKS_MS = 5_000;
/** What is dropped from the state is looked for harder: so many reads, this far apart, so that they span half a minute. */
const READS = { count: 3, apartMs: 15_000 };

/** The second look of an `adopt` or a `get`: for them absence is an error that loses nothing, so two looks are enough. */
export async function fetchAgain(
  monitorId: string,
  service: Service,
  operation: Operation,
): Promise<LiveStreamMonitor | undefined> {
  operation.enter("looking once more for the session");
  await operation.sleep(BETWEEN_LOOKS_MS);
  return service.roster.fetch(monitorId, operation);
}

/**
 * Whether a session is gone, for `read` and `update`, which have no call that says it: after a first read filtered by its id
 * has missed it. Returns the session when a later read shows it; `undefined` when it is gone for certain. What contradicts
 * itself is asked again until the deadline (see `onlyIn`), and then the count begins anew.
 */
export async function confirmAbsent(
  record: MonitorRecord & { running?: unknown },
  service: Service,
  operation: Operation,
): Promise<LiveStreamMonitor | undefined> {
  // After each read, because each must come from the account that owns the session.
  await assertGone(record, service, operation);
  for (let misses = 1; misses < READS.count; ) {
    operation.enter("making sure that the session is gone");
    await operation.sleep(READS.apartMs);
    let isClean = true;
    const context = operation.context(({ error }) => {
      isClean &&= error === undefined || error.verdict === "throttled" || knowsNoSuchSession(error);
    });
    const seen = await service.roster.fetch(record.monitorId, context);
    if (seen !== undefined) {
      return seen;
    }
    await assertGone(record, service, operation);
    misses = isClean ? misses + 1 : 1;
  }
  await refuseOutage(record, service, operation);
  return undefined;
}

/**
 * A session that ran does not vanish together with everything else in the account: an empty list is an outage until somebody
 * says otherwise. Each session is judged alone, so the order in which several are read does not matter.
 */
async function refuseOutage(
  record: MonitorRecord & { running?: unknown },
  service: Service,
  operation: Operation,
): Promise<void> {
  const { monitorId, status, running } = record;
  // A create that failed half-way records no status: then what was asked for counts.
  const mayRun = status === "running" || (status !== "stopped" && running === true);
  if (!mayRun || service.trustsEmptyList) {
    return;
  }
  operation.enter("looking whether the account shows any session");
  const { monitors, unreadable } = await service.roster.list(operation);
  await assertGone(record, service, operation);
  if (monitors.size > 0 || unreadable.length > 0) {
    return;
  }
  throw new Failure(
    `The cloud shows no session ${monitorId}, and no other session of this account in region ${service.region} either, although this one was running when last seen. That may be an outage of the list. The session may still run and cost money; it stays in the state. Look for it in the console. If it is gone, set ALICLOUD_LIVE_TRUST_EMPTY_LIST=1 and run the command again, or run \`pulumi destroy\` without \`--refresh\`, which asks the cloud to delete it.`,
  );
}

/**
 * The verdict that read, update and delete share, once the cloud says that there is no such session: it is believed only
 * from the account, region and endpoint that own the session. Throws otherwise, and the state keeps the session.
 */
export async function assertGone(record: MonitorRecord, service: Service, operation: Operation): Promise<void> {
  const { monitorId, region, endpoint, accountId } = record;
  if (!isSealIntact(record)) {
    throw new Failure(
      `The cloud knows no session ${monitorId} in region ${region}, but region, account, endpoint or id of this resource were edited in the state since it was last saved by the provider, so the answer may come from the wrong place. The session may still run and cost money; it stays in the state. Restore the recorded values (\`pulumi stack history\` and \`pulumi stack export --version\` have them), then run the command again; or, when you are sure that it is gone, remove it with \`pulumi state delete\`.`,
    );
  }
  if (endpoint !== undefined && !sameEndpoint(service.region, endpoint, service.endpoint)) {
    throw new Failure(
      `The cloud at ${service.endpoint} knows no session ${monitorId}, but the session was made at ${endpoint}. It may still run and cost money; it stays in the state. Set the endpoint back (\`alicloud:endpoints\` or ALIBABA_CLOUD_ENDPOINT_LIVE), then run the command again.`,
    );
  }
  if (service.skipsAccountCheck) {
    return;
  }
  if (accountId === undefined) {
    operation.warn(
      `Session ${monitorId} is taken for gone because the cloud says so; the state does not record the account it belonged to, so that could not be checked.`,
    );
    return;
  }
  const asked = await service.whoami(operation, operation.askedAs).catch((error: unknown) => {
    operation.signal.throwIfAborted();
    throw new Failure(
      `The cloud says that session ${monitorId} does not exist, but which account was asked could not be found out: ${explain(error)} The session belongs to account ${accountId} and may still run and cost money; it stays in the state. Run the command again when STS is reachable, or set ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1 to trust the credentials.`,
    );
  });
  if (asked !== accountId) {
    throw new Failure(
      `The cloud says that session ${monitorId} does not exist, but it was asked as account ${asked}, and the session belongs to account ${accountId}. It may still run and cost money; it stays in the state. Use credentials of account ${accountId}, then run the command again. On destroy and refresh Pulumi uses the configuration saved by the last \`pulumi up\` unless \`--run-program\` is given; the environment is always read.`,
    );
  }
}
