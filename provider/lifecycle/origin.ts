import type { Account, Service } from "../account/account";
import { configuredRegion, environmentRegion, type Sources } from "../account/config";
import { isOtherCloud } from "../account/endpoint";
import { type Mistake, readIdentity } from "../account/identity";
import { explain, Failure, MAY_STILL_RUN } from "../base/errors";
import { isSealIntact, type Origin } from "../model/record";
import type { MonitorState, Properties } from "../model/state";
import type { Access } from "./look";

/**
 * The service that a recorded session is asked at. Refuses to ask an emulator for a session of the real cloud, or the other
 * way round: no answer would count. A new terminal without the sandbox's variables is enough for that.
 */
export function serviceOf(old: MonitorState, account: Account): Service {
  const { monitorId, endpoint } = old;
  const service = account.in(regionOf(old.region, account.sources));
  if (endpoint !== undefined && isOtherCloud(endpoint, service.endpoint)) {
    throw new Failure(
      `Session ${monitorId} was made at ${endpoint}, but the calls would go to ${service.endpoint}. Nothing was sent. ${MAY_STILL_RUN} Set the endpoint back (\`alicloud:endpoints\` or ALIBABA_CLOUD_ENDPOINT_LIVE, and ALIBABA_CLOUD_ENDPOINT_STS), then run the command again.`,
      "settings",
    );
  }
  return service;
}

/** The recorded region comes first: the session is there, whatever the configuration says now. */
export function regionOf(recorded: string | undefined, sources: Sources): string {
  const region = recorded ?? configuredRegion(sources) ?? environmentRegion(sources);
  if (region === undefined) {
    throw new Failure(
      "The region of the session is not known. Nothing was sent, and the state is unchanged. Set `alicloud:region` in the configuration, or ALIBABA_CLOUD_REGION, then run the command again.",
      "settings",
    );
  }
  return region;
}

/** The recorded origin of a session; what is not recorded comes from the service that answered. */
export function originOf(old: MonitorState, service: Service): Origin {
  return { region: service.region, endpoint: old.endpoint ?? service.endpoint, accountId: old.accountId };
}

/** The id and the record beside it are saved together: where they differ, the state was edited by hand. */
export function expectId(monitorId: string, olds: Properties): void {
  if (typeof olds.monitorId === "string" && olds.monitorId !== monitorId) {
    throw new Failure(
      `In the state, this resource has the id ${monitorId}, but the provider saved session ${olds.monitorId} there. Nothing was sent; both may exist, run and cost money. Correct the id in the state (\`pulumi stack export\`, \`pulumi stack import\`), then run the command again.`,
      "edited-state",
    );
  }
}

/** The mistakes in the settings, as `check` reports them. */
export function settingMistakes(sources: Sources): string[] {
  return readIdentity(sources).mistakes.map(told);
}

function told({ setting, reason }: Mistake): string {
  return `${setting.includes("`") ? setting : `\`${setting}\``} ${reason}`;
}

/** Before anything is created or changed: a setting that cannot be used might name another account. */
export function refuseMistakes(sources: Sources): void {
  const mistakes = settingMistakes(sources);
  if (mistakes.length > 0) {
    throw new Failure(
      `The credentials cannot be chosen: ${mistakes.join("; ")}. Nothing was sent, and the state is unchanged. Correct the settings (of the stack's configuration, or of the explicit \`Provider\`), then run the command again.`,
      "settings",
    );
  }
}

/**
 * A read or a delete gets the settings of an earlier `up`, perhaps saved by a version that ignored unknown ones. It warns, and
 * continues only when STS confirms that the credentials belong to the account in the state. If the saved access key was rotated
 * since, credentials from the environment for that account may replace it.
 */
export async function admitSavedSettings(
  old: MonitorState,
  sources: Sources,
  { service, operation }: Access,
): Promise<void> {
  const { accountId: recorded } = old;
  if (recorded !== undefined && isSealIntact(old)) {
    operation.standInFor = { accountId: recorded, warn: (text) => operation.warn(text) };
  }
  const mistakes = settingMistakes(sources);
  if (mistakes.length === 0) {
    return;
  }
  const what = `These settings cannot be used and are ignored: ${mistakes.join("; ")}.`;
  const then = `Nothing was changed. ${MAY_STILL_RUN} Correct the settings and run the command with \`--run-program\`, or run \`pulumi up\` first.`;
  if (operation.standInFor === undefined) {
    throw new Failure(
      `${what} The state does not reliably record which account owns the session, so the credentials cannot be verified. ${then}`,
      "settings",
    );
  }
  operation.warn(`${what} Correct them, then run \`pulumi up\`.`);
  operation.enter("asking which account this is");
  const accountId = await service.whoami(operation).catch((error: unknown) => {
    operation.signal.throwIfAborted();
    throw new Failure(`${what} The credentials could not be verified: ${explain(error)} ${then}`, "credentials");
  });
  if (accountId !== recorded) {
    throw new Failure(
      `${what} Without these settings, the credentials are of account ${accountId}, and the session is of account ${recorded}. ${then}`,
      "wrong-account",
    );
  }
}

/**
 * The account of the credentials, asked before a session is created, so that every session has its account recorded. Not
 * the one that `alicloud:accountId` names: an error.
 */
export async function accountForCreate(sources: Sources, { service, operation }: Access): Promise<string | undefined> {
  if (service.skipsAccountCheck) {
    return undefined;
  }
  operation.enter("asking which account this is");
  operation.noteIfEnded =
    "No session was created. Where STS can never be reached, set ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1.";
  const accountId = await service.whoami(operation);
  operation.noteIfEnded = undefined;
  const expected = sources.config("alicloud:accountId")?.trim();
  if (expected !== undefined && expected !== accountId) {
    throw new Failure(
      `The credentials belong to account ${accountId}, but \`alicloud:accountId\` names account ${expected}. No session was created. Use credentials of account ${expected}, or correct \`alicloud:accountId\`, then run the command again.`,
      "wrong-account",
    );
  }
  return accountId;
}
