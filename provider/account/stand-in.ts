import type { Clock } from "../base/clock";
import { NoCredentials } from "../base/errors";
import type { CallContext } from "../live/client";
import { type LiveError, saysOutdated } from "../live/errors";
import type { Credential } from "../live/request";
import { EXPLICIT_PROVIDER_KEY } from "../model/setting-names";
import type { Sources } from "./config";
import { type Credentials, credentialsFor, sameCredential } from "./credentials";
import { environmentIdentity, type Identity, readIdentity } from "./identity";
import type { SourceTransport } from "./source-request";

/**
 * The one exception to "the nearest name is used". On destroy and refresh Pulumi passes the configuration that the last
 * `up` saved. When the access key in it was rotated since, credentials of the environment take its place, but only for
 * sessions of the account that STS confirms for them.
 */
export class StandIn {
  private active: { accountId: string; credentials: Credentials } | undefined;
  private deciding: Promise<boolean> | undefined;

  constructor(
    private readonly sources: Sources,
    private readonly clock: Clock,
    private readonly transport: SourceTransport | undefined,
  ) {}

  isActiveFor({ standInFor }: CallContext): boolean {
    return this.active !== undefined && standInFor?.accountId === this.active.accountId;
  }

  /** The credential of the environment, where it has taken the place of the saved one. */
  async credentialFor(context: CallContext): Promise<Credential | undefined> {
    return this.isActiveFor(context) ? this.active?.credentials.get(context.signal) : undefined;
  }

  /** Decides, once the saved key was refused, whether the environment takes its place, and says so. */
  async activate(
    refused: LiveError,
    context: CallContext,
    whose: (credential: Credential) => Promise<string>,
  ): Promise<boolean> {
    if (context.standInFor === undefined || !saysOutdated(refused)) {
      return false;
    }
    const identity = environmentIdentity(this.sources);
    if (!isSavedKey(this.sources) || identity.place !== "environment" || identity.way.kind === "none") {
      return false;
    }
    if (!this.isActiveFor(context)) {
      this.deciding ??= this.decide(refused, identity, context, whose).finally(() => {
        this.deciding = undefined;
      });
      await this.deciding;
    }
    return this.isActiveFor(context);
  }

  private async decide(
    refused: LiveError,
    identity: Identity,
    { signal, standInFor }: CallContext,
    whose: (credential: Credential) => Promise<string>,
  ): Promise<boolean> {
    const credentials = credentialsFor(() => identity, this.sources, this.clock, this.transport);
    const credential = await credentials.get(signal);
    const saved = readIdentity(this.sources).identity.way;
    if (standInFor === undefined || (saved.kind === "keys" && sameCredential(saved.credential, credential))) {
      return false;
    }
    const accountId = await whose(credential);
    if (accountId !== standInFor.accountId) {
      throw new NoCredentials(
        `${refused.message} This is the access key of the saved configuration. The credentials of the environment (${identity.named}) belong to account ${accountId}, and the session belongs to account ${standInFor.accountId}, so they were not used. Nothing was changed; the session stays in the state, and may run and cost money. Put credentials of account ${standInFor.accountId} into the environment, then run the command again.`,
      );
    }
    this.active = { accountId, credentials };
    standInFor.warn(
      `The access key of the saved configuration was refused (${refused.code}). The credentials of the environment (${identity.named}) are used instead: STS confirms that they belong to the same account ${accountId}. To save the new key, set it in the configuration and run \`pulumi up\`.`,
    );
    return true;
  }
}

/** Whether the credentials are an access key of the stack's own configuration, and nothing else is named there. */
function isSavedKey(sources: Sources): boolean {
  const { identity, mistakes } = readIdentity(sources);
  return (
    mistakes.length === 0 &&
    identity.place === "configuration" &&
    identity.way.kind === "keys" &&
    identity.role === undefined &&
    sources.config(EXPLICIT_PROVIDER_KEY) === undefined
  );
}
