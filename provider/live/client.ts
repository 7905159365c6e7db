import { type Clock, untilAborted } from "../base/clock";
import { Failure } from "../base/errors";
import { withoutUndefined } from "../base/objects";
import { retry } from "../base/retry";
import { secretSpellings } from "../base/url-secrets";
import { LiveError, NO_ANSWER, OWN_CODES, refusesCredential } from "./errors";
import type { Pacer } from "./pacing";
import type { Environment } from "./request";
import { expectSuccess } from "./response-checks";
import { listIn, onlyIn } from "./responses";
import {
  type Credential,
  type Endpoint,
  type Transport,
  type TransportAnswer,
  TransportFailure,
  type TransportRequest,
} from "./transport";
import { type Action, API_VERSION, isWrite, type MonitorList, type MonitorParameters } from "./types";

/** Accompanies every call of one operation. */
export interface CallContext {
  /** The operation's deadline. */
  signal: AbortSignal;
  /** Called before every write; throws when nothing may be sent any more. */
  beforeWrite(): Promise<void>;
  /** Called for everything that is sent, and for every answer. */
  observe(event: CallEvent): void;
  /** Texts that no error may show, whatever an answer repeats. */
  secrets?(): readonly string[];
  /** Set where a read or a delete may use credentials from the environment instead, see `account/stand-in.ts`. */
  standInFor?: StandInFor;
}

/** The account that credentials from the environment must belong to, if the saved access key is refused. */
export interface StandInFor {
  accountId: string;
  warn(text: string): void;
}

export interface CallEvent {
  action: Action;
  /** `waiting`: for its turn under the speed limit; `sent`; `failed`; `answered`. */
  what: "waiting" | "sent" | "failed" | "answered";
  error?: LiveError;
  /** The wait before the next attempt, where there will be one. */
  retryInMs?: number;
  requestId?: string;
  /** With `sent`: the credential that asks. */
  credential?: Credential;
}

export interface ClientOptions {
  endpoint: Endpoint;
  stsEndpoint: Endpoint;
  region: string;
  /** The credential for a call. `action` is the call that waits for it. */
  credential(context: CallContext, action: Action): Promise<Credential>;
  /** Finds another credential for a refused one; `false` when there is none. */
  renew?(refused: Credential, error: LiveError, context: CallContext): Promise<boolean>;
  /** The key of the rate limits. */
  rateLimitKey(context: CallContext, action: Action): Promise<string>;
  pacer: Pacer;
  clock: Clock;
  transport: Transport;
  /** Environment with the proxy settings. */
  env?: Environment;
  /** Called before and after every call that may change a session. */
  onChange?(monitorId: string, action: Action): void;
}

/**
 * The six calls of a stream monitor, typed, and the caller's identity. A call is repeated here only where that is
 * always safe: it was throttled, never sent, or only reads. Anything else is a `LiveError` with a `verdict`.
 */
export class LiveClient {
  constructor(private readonly options: ClientOptions) {}

  /** Creates a session; it does not run yet. There is no idempotency token: after a lost answer, look for the session. */
  async create(parameters: MonitorParameters, context: CallContext): Promise<string> {
    const { body } = await this.live("CreateLiveStreamMonitor", { ...parameters }, context);
    const monitorId = body.MonitorId as string;
    this.options.onChange?.(monitorId, "CreateLiveStreamMonitor");
    return monitorId;
  }

  /** Replaces the whole configuration of a session. */
  async update(monitorId: string, parameters: Partial<MonitorParameters>, context: CallContext): Promise<void> {
    await this.change("UpdateLiveStreamMonitor", monitorId, context, parameters);
  }

  async start(monitorId: string, context: CallContext): Promise<void> {
    await this.change("StartLiveStreamMonitor", monitorId, context);
  }

  async stop(monitorId: string, context: CallContext): Promise<void> {
    await this.change("StopLiveStreamMonitor", monitorId, context);
  }

  async delete(monitorId: string, context: CallContext): Promise<void> {
    await this.change("DeleteLiveStreamMonitor", monitorId, context);
  }

  /** One page of the account's sessions, or one session by its id: a list of others is asked for again. */
  async list(
    query: { monitorId: string; size: number } | { page: number; size: number },
    context: CallContext,
  ): Promise<MonitorList> {
    const parameters: Record<string, string> =
      "monitorId" in query
        ? { MonitorId: query.monitorId, PageNum: "1", PageSize: String(query.size) }
        : { PageNum: String(query.page), PageSize: String(query.size) };
    const isAnswer = (answer: TransportAnswer) => {
      if ("monitorId" in query) {
        onlyIn(listIn(answer), query.monitorId);
      }
    };
    return listIn(await this.live("DescribeLiveStreamMonitorList", parameters, context, isAnswer));
  }

  /** The account of a credential, asked with exactly this one. */
  async callerIdentity(credential: Credential, context: CallContext): Promise<string> {
    const { stsEndpoint } = this.options;
    const call = { action: "GetCallerIdentity", version: "2015-04-01", endpoint: stsEndpoint, query: {} } as const;
    const { body } = await this.call({ ...call, given: credential }, context);
    return String(body.AccountId);
  }

  private async change(action: Action, id: string, context: CallContext, parameters: Partial<MonitorParameters> = {}) {
    const { onChange } = this.options;
    // Before, because a list may show it before the answer arrives; and after, because lists in between may not show it.
    onChange?.(id, action);
    try {
      await this.live(action, { MonitorId: id, ...parameters }, context);
    } finally {
      onChange?.(id, action);
    }
  }

  private live(action: Action, parameters: Record<string, string>, context: CallContext, check?: Call["check"]) {
    const query = { RegionId: this.options.region, ...parameters };
    return this.call({ action, version: API_VERSION, endpoint: this.options.endpoint, query, check }, context);
  }

  private call({ check, given, ...call }: Call, context: CallContext): Promise<TransportAnswer> {
    const { action } = call;
    const { clock, pacer, transport, env } = this.options;
    const { signal } = context;
    let mayRenew = given === undefined && this.options.renew !== undefined;
    let isRenewed = false;
    return retry(
      async () => {
        isRenewed = false;
        const account = given?.accessKeyId ?? (await untilAborted(this.options.rateLimitKey(context, action), signal));
        context.observe({ action, what: "waiting" });
        await pacer.take(account, action, signal);
        // After the wait, because a token may expire meanwhile.
        const credential = given ?? (await untilAborted(this.options.credential(context, action), signal));
        if (isWrite(action)) {
          await context.beforeWrite();
        }
        context.observe({ action, what: "sent", credential });
        try {
          const request = withoutUndefined({ ...call, credential, signal, env });
          const answer = await untilAborted(transport(request), signal);
          expectSuccess(action, answer);
          check?.(answer);
          context.observe({ action, what: "answered", requestId: String(answer.body.RequestId) });
          return answer;
        } catch (error) {
          // Not observed as failed: a call that was cut off counts as unanswered (`Trace.unanswered`), and may be carried out.
          signal.throwIfAborted();
          if (error instanceof Failure) {
            // The request could not even be made.
            context.observe({ action, what: "failed" });
            throw error;
          }
          const failure = toLiveError(action, error, secretsOf(context, credential));
          context.observe({ action, what: "failed", error: failure });
          if (failure.verdict === "throttled") {
            pacer.throttled(account, action, failure.retryAfterMs);
          } else if (failure.retryAfterMs !== undefined) {
            pacer.pause(account, action, failure.retryAfterMs);
          }
          if (mayRenew && refusesCredential(failure)) {
            // Refused before anything was done; a second refusal is final.
            mayRenew = false;
            isRenewed = (await this.options.renew?.(credential, failure, context)) ?? false;
          }
          throw failure;
        }
      },
      {
        clock,
        signal,
        worth: (error) =>
          isRenewed || (error instanceof LiveError && ["throttled", "transient"].includes(error.verdict)),
        isPaced: (error) => isRenewed || (error instanceof LiveError && error.verdict === "throttled"),
        onRetry: (error, retryInMs) =>
          context.observe({ action, what: "failed", error: error as LiveError, retryInMs }),
      },
    );
  }
}

interface Call extends Pick<TransportRequest, "action" | "version" | "endpoint" | "query"> {
  /** Throws for a success that does not answer what was asked. */
  check?: ((answer: TransportAnswer) => void) | undefined;
  /** The credential to ask with, if not that of the account. */
  given?: Credential;
}

/** Texts of a call that an answer may repeat, and no error may show. */
function secretsOf(context: CallContext, { accessKeySecret, securityToken = "" }: Credential): string[] {
  return [...(context.secrets?.() ?? []), ...secretSpellings([], [accessKeySecret, securityToken])];
}

/** A failure of one request, classified. */
export function toLiveError(action: Action, error: unknown, secrets: string[] = []): LiveError {
  if (!(error instanceof TransportFailure)) {
    return new LiveError({ action, code: NO_ANSWER, message: String(error), secrets });
  }
  const { kind, message, httpStatus, requestId, retryAfterMs } = error;
  const code = kind === "refusal" ? (error.code ?? "") : OWN_CODES[kind];
  return new LiveError({ action, code, message, secrets, httpStatus, requestId, retryAfterMs });
}
