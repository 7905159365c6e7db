import type { Clock } from "../base/clock";
import { MAY_STILL_RUN, NoCredentials } from "../base/errors";
import type { CallContext } from "../live/client";
import { type LiveError, saysOutdated } from "../live/errors";
import type { Credential } from "../live/request";
import { EXPLICIT_PROVIDER_KEY } from "../model/setting-names";
import type { Sources } from "./config";
import { type Credentials, credentialsFor, sameCredential } from "./credentials";
import { environmentIdentity, type Identity, readIdentity } from "./identity";
import type { SourceTransport } from "./source-request";

/**
 * The one exception to "the nearest identity is used". On destroy and refresh Pulumi passes the configuration that the last `up`
 * saved. If its access key was rotated since, credentials from the environment replace it, but only for sessions of their own
 * account, as STS confirms it.
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

  /** The credential from the environment, if it has replaced the saved one. */
  async credentialFor(context: CallContext): Promise<Credential | undefined> {
    return this.isActiveFor(context) ? this.active?.credentials.get(context.signal) : undefined;
  }

  /** After a refusal of the saved key: whether the environment replaces it. */
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
        `${refused.message} This is the access key of the saved configuration. The credentials of the environment (${identity.named}) belong to account ${accountId}, and the session belongs to account ${standInFor.accountId}, so they were not used. Nothing was changed. ${MAY_STILL_RUN} Put credentials of account ${standInFor.accountId} into the environment, then run the command again.`,
        "wrong-account",
      );
    }
    this.active = { accountId, credentials };
    standInFor.warn(
      `The access key of the saved configuration was refused (${refused.code}). The credentials of the environment (${identity.named}) are used instead: STS confirms that they belong to the same account ${accountId}. To save the new key, set it in the configuration and run \`pulumi up\`.`,
    );
    return true;
  }
}

/** Whether the credentials are an access key from the stack's configuration, which names no other identity. */
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
