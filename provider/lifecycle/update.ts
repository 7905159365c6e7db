import { Failure } from "../base/errors";
import { SESSION_KEYS } from "../model/fields";
import { pick, RECORD_KEYS, recordOf, toPlain } from "../model/record";
import {
  asDeclared,
  givenName,
  isUnfinished,
  type MonitorState,
  type Properties,
  type Understood,
  unfinished,
} from "../model/state";
import { changedKeys, concernsSession } from "./diff";
import { Incomplete } from "./final-error";
import type { Access } from "./look";
import type { Context } from "./operation";
import { expectId, originOf, refuseMistakes, serviceOf } from "./origin";
import { reconcile, SessionGone } from "./reconcile";
import { confirmAbsent, expectOwnerAsked } from "./verify-gone";

/** Brings an existing session to the declared state, from whatever state it is in now. */
export async function update(
  monitorId: string,
  olds: Understood,
  news: Understood,
  { account, operation }: Context,
): Promise<Properties> {
  expectId(monitorId, olds);
  refuseMistakes(account.sources);
  const old = { ...olds, monitorId };
  const declared = asDeclared(news);
  const edited = changedKeys(olds, news);
  if (!edited.some(concernsSession) && !isUnfinished(old)) {
    // A policy is not sent anywhere; a delete reads it from the state.
    return toPlain({ ...pick(olds, [...RECORD_KEYS, "region"]), ...news });
  }
  const service = serviceOf({ ...old, region: old.region ?? declared.region }, account);
  const session = { monitorId, service, operation };
  operation.session = session;
  operation.enter("looking");
  const live = (await service.roster.get(monitorId, operation)) ?? (await confirmAbsent(old, session));
  if (live === undefined) {
    return refuseGone(old, session);
  }
  const origin = originOf(old, service);
  try {
    const now = await reconcile(session, declared, { live, old, edited });
    return toPlain({ ...news, ...recordOf(monitorId, origin, now) });
  } catch (error) {
    if (error instanceof SessionGone) {
      return refuseGone(old, session);
    }
    if (!operation.trace.hasWritten) {
      throw error;
    }
    // What is no longer declared stays recorded, so that the next run sees that it must still be removed.
    // So is an expiry that the session may not have yet.
    const { ttl: _asked, ...others } = news;
    const state = { ...pick(olds, [...SESSION_KEYS, "ttl"]), ...others, ...recordOf(monitorId, origin, live) };
    throw new Incomplete(monitorId, unfinished(state, givenName(old)), error);
  }
}

/** An update cannot change the id, so it cannot create another session. */
async function refuseGone(old: MonitorState, access: Access): Promise<never> {
  await expectOwnerAsked(old, access);
  throw new Failure(
    `Session ${old.monitorId} is gone: it was deleted outside of Pulumi. It stays in the state until the next refresh. Run \`pulumi up --refresh\`: it creates a new one.`,
    "gone",
  );
}
