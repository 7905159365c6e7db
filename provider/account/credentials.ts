import { type Clock, untilAborted } from "../base/clock";
import { Failure, NoCredentials } from "../base/errors";
import { retry } from "../base/retry";
import type { Credential } from "../live/request";
import { endpointOverride, type Sources } from "./config";
import { readSource } from "./credential-sources";
import { parseEndpoint } from "./endpoint";
import { type Identity, readIdentity } from "./identity";
import { SourceFailure, type SourceTransport, sourceTransport } from "./source-request";

/** How long a credential is used: the library does not tell when it expires. */
const MAX_AGE_MS = 10 * 60_000;
/** The longest read of a source; the library gives a helper program 60 s. */
const LONGEST_MS = 75_000;

/** How often a failed helper program is run again. */
const BRIEF_TRIES = 2;

/** Called before a source is asked again. */
export type OnWait = (failure: SourceFailure, waitMs: number) => void;

/**
 * The credential of an account: held until it is refused or ten minutes old, and fetched once for all who ask.
 *
 * @example
 * ```typescript
 * const credential = await credentials.get(signal);
 * // refused by the cloud:
 * const another = await credentials.renew(credential, signal);
 * ```
 */
export class Credentials {
  private held: { credential: Credential; since: number } | undefined;
  private fetch: Fetch | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly read: () => Promise<Credential>,
    /** Turns the final failure into the error for the user. */
    private readonly present: (error: unknown) => unknown = (error) => error,
  ) {}

  /** The held credential, or a new one. Waits for a source that cannot be reached until the signal aborts. */
  get(signal: AbortSignal, onWait?: OnWait): Promise<Credential> {
    const { held } = this;
    if (held !== undefined && this.clock.now() - held.since < MAX_AGE_MS) {
      return Promise.resolve(held.credential);
    }
    this.held = undefined;
    this.fetch ??= this.begin();
    return this.fetch.join(signal, onWait).catch((error: unknown) => {
      throw this.present(error);
    });
  }

  /** Drops a refused credential and asks its source again: `undefined` when that returns the same. */
  async renew(refused: Credential, signal: AbortSignal, onWait?: OnWait): Promise<Credential | undefined> {
    if (this.held !== undefined && sameCredential(this.held.credential, refused)) {
      this.held = undefined;
    }
    const credential = await this.get(signal, onWait);
    return sameCredential(credential, refused) ? undefined : credential;
  }

  private begin(): Fetch {
    const fetch = new Fetch(this.clock, this.read, (credential) => {
      if (this.fetch === fetch) {
        this.fetch = undefined;
      }
      if (credential !== undefined) {
        this.held = { credential, since: this.clock.now() };
      }
    });
    return fetch;
  }
}

/** One fetch for all who wait; it ends when nobody waits any more. */
class Fetch {
  private readonly controller = new AbortController();
  private readonly listeners = new Set<OnWait>();
  private readonly result: Promise<Credential>;
  private waiting = 0;

  constructor(
    private readonly clock: Clock,
    private readonly read: () => Promise<Credential>,
    private readonly done: (credential: Credential | undefined) => void,
  ) {
    this.result = this.run();
    this.result.then(done, () => done(undefined));
  }

  async join(signal: AbortSignal, onWait: OnWait = () => {}): Promise<Credential> {
    this.waiting += 1;
    this.listeners.add(onWait);
    try {
      return await untilAborted(this.result, signal);
    } finally {
      this.waiting -= 1;
      this.listeners.delete(onWait);
      if (this.waiting === 0) {
        // The next question begins a new fetch.
        this.done(undefined);
        this.controller.abort(signal.reason ?? "nobody waits");
      }
    }
  }

  private run(): Promise<Credential> {
    const { clock, controller } = this;
    let brief = 0;
    return retry(() => this.withinLimit(this.read()), {
      clock,
      signal: controller.signal,
      worth: (error) =>
        error instanceof SourceFailure &&
        (error.kind === "again" || (error.kind === "briefly" && ++brief <= BRIEF_TRIES)),
      onRetry: (error, waitMs) => {
        for (const listener of this.listeners) {
          listener(error as SourceFailure, waitMs);
        }
      },
    });
  }

  /** A silent source must not use up the whole deadline. A late result is ignored. */
  private async withinLimit(reading: Promise<Credential>): Promise<Credential> {
    const over = new AbortController();
    const limit = this.clock.sleep(LONGEST_MS, over.signal).then(() => {
      throw new SourceFailure("again", `there was no answer within ${LONGEST_MS / 1000} s`);
    });
    limit.catch(() => {});
    try {
      return await untilAborted(Promise.race([reading, limit]), this.controller.signal);
    } finally {
      over.abort("done");
    }
  }
}

/** The credentials that the settings name. Nothing is read before the first call. */
export function credentialsOf(sources: Sources, clock: Clock, transport = sourceTransport): Credentials {
  return credentialsFor(() => readIdentity(sources).identity, sources, clock, transport);
}

/** The credentials of one identity. A final failure is an error for the user; others are tried again. */
export function credentialsFor(
  identity: () => Identity,
  sources: Sources,
  clock: Clock,
  transport: SourceTransport = sourceTransport,
): Credentials {
  const read = async () => {
    const sts = endpointOverride(sources, "sts");
    const stsEndpoint = sts === undefined ? undefined : parseEndpoint(sts);
    try {
      return await readSource(identity(), { env: sources.env, stsEndpoint, transport });
    } catch (error) {
      // An error of a library may quote anything.
      throw error instanceof SourceFailure || error instanceof Failure
        ? error
        : new SourceFailure("final", "the source gave no usable answer");
    }
  };
  return new Credentials(clock, read, (error) =>
    error instanceof SourceFailure ? unusable(error.message, identity(), sources) : error,
  );
}

function unusable(why: string, { named }: Identity, { isCommand }: Sources): NoCredentials {
  const what =
    named === ""
      ? `No Alibaba Cloud credentials were found: none in the configuration or the environment; ${why}.`
      : `Could not load credentials from ${named}: ${why}.`;
  if (isCommand === true) {
    return new NoCredentials(
      `${what} Nothing was sent. Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET in the environment.`,
      "credentials",
    );
  }
  return new NoCredentials(
    `${what} Nothing was sent, and the state is unchanged. Correct that, or set \`alicloud:accessKey\` and \`alicloud:secretKey\` with \`pulumi config set --secret\`, or ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET in the environment. On destroy and refresh Pulumi uses the configuration saved by the last \`pulumi up\` unless \`--run-program\` is given; the environment is always read.`,
    "credentials",
  );
}

export function sameCredential(one: Credential, other: Credential): boolean {
  const parts = ["accessKeyId", "accessKeySecret", "securityToken"] as const;
  return parts.every((part) => one[part] === other[part]);
}
