import type { Account, Service } from "../account/account";
import { formatDuration } from "../base/duration";
import { explain, Failure, OperationAborted } from "../base/errors";
import { SESSION_KEYS } from "../model/fields";
import { type MonitorState, pick, RECORD_KEYS, recordOf, toPlain } from "../model/state";
import type { Announcements } from "./announcements";
import type { Claims } from "./claims";
import { admitSavedSettings, expectAccount, refuseMistakes } from "./config-guard";
import { type CompleteInputs, createSession, findAdoptee, tellAdoption } from "./create";
import type { Operation } from "./operation";
import { originOf, regionOf } from "./origin";
import { givenName, refuseNeighbours, TakenOver } from "./ownership";
import { changedKeys, concernsSession, type Properties } from "./plan";
import { onDeletePolicy } from "./policies";
import { reconcile, SessionGone } from "./reconcile";
import { remove } from "./session";
import { timeoutError } from "./timeout-error";
import { assertGone, confirmAbsent, expectSameCloud } from "./verify-gone";

/** What a lifecycle call works with. It knows nothing of Pulumi's wire. */
export interface Context {
  account: Account;
  operation: Operation;
  claims: Claims;
  announcements: Announcements;
}

/** The session exists, but not all that was asked for is true of it yet. */
export class Incomplete extends Failure {
  constructor(
    readonly monitorId: string,
    readonly state: Properties,
    reason: unknown,
  ) {
    const next =
      reason instanceof SessionGone
        ? "is in the state as unfinished, although the cloud says that it is gone. Run `pulumi up --refresh` to create another."
        : "exists and is in the state as unfinished. Run `pulumi up` again to finish it, or `pulumi destroy` to delete it.";
    super(`${explain(reason)} Session ${monitorId} ${next}`);
  }
}

/** Creates a session, or takes one over, and brings it to the declared state. Returns once the list shows it so. */
export async function create(inputs: Properties, context: Context): Promise<{ id: string; state: Properties }> {
  const { account, operation, claims } = context;
  const { urn } = operation.options;
  const declared = inputs as unknown as CompleteInputs;
  refuseMistakes(account.sources);
  const service = account.in(declared.region);
  const accountId = service.skipsAccountCheck ? undefined : await accountForCreate(service, operation);
  if (accountId !== undefined) {
    expectAccount(accountId, account.sources);
  }
  if (declared.adopt !== undefined) {
    claims.hasServedAdoption = true;
  }
  const adoptee = declared.adopt === undefined ? undefined : await findAdoptee(declared, service, operation);
  const monitorId = adoptee?.MonitorId ?? (await make(declared, service, context));
  if (adoptee === undefined) {
    claims.register(monitorId, [urn]);
  } else {
    if (declared.__explicit === true && !claims.known.has(monitorId)) {
      refuseNeighbours(adoptee, urn);
    }
    claims.adopt(monitorId, urn);
    tellAdoption(adoptee, declared, operation);
  }
  const session = { monitorId, service, operation };
  const origin = { region: service.region, endpoint: service.endpoint, accountId };
  try {
    const standing = adoptee === undefined ? {} : { live: adoptee };
    const live = await reconcile(session, declared, standing, () => {});
    return { id: monitorId, state: toPlain({ ...inputs, ...recordOf(monitorId, origin, live) }) };
  } catch (error) {
    const state = toPlain({
      ...inputs,
      ...recordOf(monitorId, origin, adoptee),
      __incomplete: true,
      __given: adoptee?.MonitorName,
    });
    throw new Incomplete(monitorId, state, await timeoutError(error, operation, { monitorId, service }));
  }
}

/** Makes a session, once the engine has its name. */
async function make(declared: CompleteInputs, service: Service, context: Context): Promise<string> {
  const { announcements, claims, operation } = context;
  operation.enter("telling Pulumi the name of the session");
  const announced = {
    name: operation.redacted(declared.monitorName),
    urn: operation.options.urn,
    signal: operation.signal,
  };
  return announcements.around(announced, () => createSession(declared, claims.known, service, operation));
}

/** Who we are is asked before the first thing is made, so that every session has its account on record. */
async function accountForCreate(service: Service, operation: Operation): Promise<string> {
  operation.enter("asking which account this is");
  try {
    return await service.whoami(operation);
  } catch (error) {
    const { reason } = operation.signal;
    if (!(reason instanceof OperationAborted && reason.why === "deadline")) {
      throw error;
    }
    throw new Failure(
      `No session was created: STS did not say within ${formatDuration(operation.options.timeoutMs)} which account this is. ${operation.trace.summary()} Run \`pulumi up\` again when it can be reached; where it never can, set ALICLOUD_LIVE_SKIP_ACCOUNT_CHECK=1.`,
    );
  }
}

/** Brings an existing session to the declared state, from whatever state it is in now. */
export async function update(
  monitorId: string,
  olds: Properties,
  news: Properties,
  context: Context,
): Promise<Properties> {
  const { account, operation } = context;
  expectId(monitorId, olds as unknown as MonitorState);
  refuseMistakes(account.sources);
  const old = { ...olds, monitorId } as unknown as MonitorState;
  const declared = news as unknown as CompleteInputs;
  const edited = changedKeys(olds, news);
  if (!edited.some(concernsSession) && old.__incomplete !== true) {
    // A policy is not the cloud's business; only the state must know it, because that is what a delete sees.
    return toPlain({ ...pick(olds, [...RECORD_KEYS, "region"]), ...news });
  }
  const service = account.in(old.region ?? declared.region);
  expectSameCloud(old, service);
  operation.enter("looking");
  const live = (await service.roster.get(monitorId, operation)) ?? (await confirmAbsent(old, service, operation));
  if (live === undefined) {
    return goneInUpdate(old, service, operation);
  }
  const origin = originOf(old, service);
  let touched = false;
  try {
    const standing = { live, old, edited };
    const now = await reconcile({ monitorId, service, operation }, declared, standing, () => {
      touched = true;
    });
    return toPlain({ ...news, ...recordOf(monitorId, origin, now) });
  } catch (error) {
    if (error instanceof SessionGone) {
      return goneInUpdate(old, service, operation);
    }
    const reason = await timeoutError(error, operation, { monitorId, service });
    if (!touched) {
      throw reason;
    }
    throw new Incomplete(
      monitorId,
      // What is not declared any more stays on record, so that the next run sees that it must still be taken away.
      toPlain({
        ...pick(olds, SESSION_KEYS),
        ...news,
        ...recordOf(monitorId, origin, live),
        __incomplete: true,
        __given: givenName(old),
      }),
      reason,
    );
  }
}

/** A dynamic update cannot change the id, so it cannot make a new session. */
async function goneInUpdate(old: MonitorState, service: Service, operation: Operation): Promise<never> {
  await assertGone(old, service, operation);
  throw new Failure(
    `Session ${old.monitorId} is gone: it was deleted outside of Pulumi. It stays in the state until that is refreshed. Run \`pulumi up --refresh\`: it creates a new one.`,
  );
}

/** Stops or waits for a session as the policy says, and deletes it. Returns only when it is gone. */
export async function destroy(monitorId: string, olds: Properties, context: Context): Promise<void> {
  const { account, operation, claims } = context;
  const old = olds as unknown as MonitorState;
  expectId(monitorId, old);
  const owner = claims.currentOwner(monitorId, old.__urn);
  if (owner !== undefined) {
    operation.warn(
      `Session ${monitorId} was not deleted: another entry of this stack manages it now (${owner}). Only this entry leaves the state.`,
    );
    return;
  }
  const service = account.in(regionOf(old, account));
  expectSameCloud({ ...old, monitorId }, service);
  const policy = onDeletePolicy(old, account.sources.env);
  try {
    await admitSavedSettings({ ...old, monitorId }, account.sources, service, operation);
    await remove({ monitorId, service, operation }, { ...old, monitorId }, policy, claims);
  } catch (error) {
    if (error instanceof TakenOver) {
      operation.warn(error.message);
      return;
    }
    throw await timeoutError(error, operation, { monitorId, service });
  }
}

/** The id and what is recorded beside it are saved together: where they differ, a hand has been at the state. */
function expectId(monitorId: string, old: MonitorState): void {
  if (old.monitorId !== undefined && old.monitorId !== monitorId) {
    throw new Failure(
      `The state gives this resource the id ${monitorId}, but what the provider saved in it is session ${old.monitorId}. Nothing was sent; both may exist, run and cost money. Correct the id in the state (\`pulumi stack export\`, \`pulumi stack import\`), then run the command again.`,
    );
  }
}
