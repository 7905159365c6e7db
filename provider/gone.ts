import { sameEndpoint } from "./endpoint";
import { explain, Failure } from "./failure";
import type { LiveStreamMonitor } from "./live/types";
import type { Operation } from "./operation";
import type { Service } from "./service";
import { isSealIntact, type MonitorRecord } from "./state";

/** Two looks that both miss a session must lie this far apart: a list filtered by id may lag behind by some seconds. */
const BETWEEN_LOOKS_MS = 5_000;

/**
 * The second look of those who have no call that says "gone", after a first question for this very id has missed it: what
 * it shows ends the matter, and a second miss is as good as the code.
 */
export async function lookAgain(
  monitorId: string,
  service: Service,
  operation: Operation,
): Promise<LiveStreamMonitor | undefined> {
  operation.enter("looking once more for the session");
  await operation.sleep(BETWEEN_LOOKS_MS);
  return service.roster.lookById(monitorId, operation);
}

/**
 * The verdict that read, update and delete share, once the cloud says that there is no such session: it is believed only
 * from the account, region and endpoint that own the session. Throws otherwise, and the state keeps the session.
 */
export async function believeGone(record: MonitorRecord, service: Service, operation: Operation): Promise<void> {
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
  const key = operation.askedAs;
  const whose = key === undefined ? service.whoami(operation) : service.whoseKey(key, operation);
  const asked = await whose.catch((error: unknown) => {
    operation.signal.throwIfAborted();
    throw new Failure(
      `The cloud says that session ${monitorId} does not exist, but which account was asked could not be found out: ${explain(error)} The session belongs to account ${accountId} and may still run and cost money; it stays in the state. Run the command again when STS is reachable, or set ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1 to trust the credentials.`,
    );
  });
  if (asked === undefined) {
    throw new Failure(
      `The cloud says that session ${monitorId} does not exist, but the credentials have changed since it was asked, so it is not known as which account. The session belongs to account ${accountId} and may still run and cost money; it stays in the state. Run the command again.`,
    );
  }
  if (asked !== accountId) {
    throw new Failure(
      `The cloud says that session ${monitorId} does not exist, but it was asked as account ${asked}, and the session belongs to account ${accountId}. It may still run and cost money; it stays in the state. Use credentials of account ${accountId}, then run the command again. On destroy and refresh Pulumi uses the configuration saved by the last \`pulumi up\` unless \`--run-program\` is given; the environment is always read.`,
    );
  }
}
