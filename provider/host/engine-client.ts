import { type ClientHttp2Session, connect } from "node:http2";
import { once } from "../base/objects";
import { type EngineClient, type EngineLine, noEngine } from "../lifecycle/progress";

/** The wait for a connection. Loopback refuses at once; a paused engine may not answer. */
const CONNECT_MS = 1_000;
/** The longest call of a line. A dead engine is noticed sooner. */
const LINE_MS = 5_000;

/**
 * The engine passes its address to the plugin as the first argument, and the SDK does not share its connection. A second one is the
 * only way to write on a resource's row, and to notice that the CLI has died.
 */
export function engineClient(argument: string | undefined): EngineClient {
  const address = /^(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/.exec(argument ?? "");
  if (address === null || Number(address[2]) > 65_535) {
    return noEngine;
  }
  const connection = new HeldConnection(`http://${address[0]}`);
  const engine = once(() => engineCalls(argument as string));
  return {
    alive: () => connection.holds(),
    log: async (line) => {
      try {
        await engine().log(line);
      } catch {
        // A failed line must not fail the operation.
      }
    },
    runsProgram: once(() => (async () => (await engine().rootUrn()) !== "")().catch(() => true)),
  };
}

/**
 * One connection for the life of the engine. The operating system closes it when the engine dies, and leaves it open while the
 * engine is paused (Ctrl-Z, SIGSTOP, a frozen container). New connections for each question would fill a paused engine's queue,
 * and then look like a dead engine.
 *
 * It speaks HTTP/2, so that the engine's gRPC server sees a client without calls and can shut down at any time. It uses no proxy.
 */
class HeldConnection {
  private session: ClientHttp2Session | undefined;
  private connecting: Promise<boolean> | undefined;

  constructor(private readonly url: string) {}

  /** `false` only if no connection is open and a new one is refused. */
  async holds(): Promise<boolean> {
    if (this.session !== undefined && !this.session.closed && !this.session.destroyed) {
      return true;
    }
    this.connecting ??= this.open().finally(() => {
      this.connecting = undefined;
    });
    return this.connecting;
  }

  private open(): Promise<boolean> {
    return new Promise((resolve) => {
      const session = connect(this.url);
      // Not refused: the connection waits in the queue of a paused engine.
      const timer = setTimeout(() => settle(true), CONNECT_MS);
      const settle = (answer: boolean) => {
        clearTimeout(timer);
        if (answer) {
          this.session = session;
        }
        resolve(answer);
      };
      session.once("connect", () => {
        session.unref();
        settle(true);
      });
      session.on("error", (error) => settle(!isRefused(error)));
      session.once("close", () => settle(true));
    });
  }
}

/** Other failures, such as too many open files in this process, tell nothing about the engine. */
function isRefused(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === "ECONNREFUSED";
}

/** Loaded at the first call: most operations end before they show anything. */
function engineCalls(address: string) {
  const grpc = require("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
  const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
  const proto = require("@pulumi/pulumi/proto/engine_pb");
  // One short call at a time to this machine: no retries, lookups, statistics or proxies.
  const plain = {
    ...{ "grpc.enable_retries": 0, "grpc.service_config_disable_resolution": 1, "grpc.enable_channelz": 0 },
    "grpc.enable_http_proxy": 0,
  };
  const waiting = new grpc.Metadata({ waitForReady: true });
  const client = new EngineClient(address, grpc.credentials.createInsecure(), plain);
  // Waits for a connection: a line that counts as shown must have arrived.
  const patience = () => ({ deadline: Date.now() + LINE_MS });
  const log = (line: EngineLine): Promise<void> => {
    const request = new proto.LogRequest();
    request.setSeverity(line.severity === "warning" ? proto.LogSeverity.WARNING : proto.LogSeverity.INFO);
    request.setMessage(line.text);
    request.setUrn(line.urn ?? "");
    request.setEphemeral(line.ephemeral);
    // Lines that share another number would be joined.
    request.setStreamid(0);
    return new Promise((resolve) => client.log(request, waiting, patience(), () => resolve()));
  };
  /** The URN of the stack, which its program registers first; empty if no program runs. */
  const rootUrn = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const answer = (error: Error | null, response: { getUrn(): string } | undefined) =>
        error === null && response !== undefined ? resolve(response.getUrn()) : reject(error);
      client.getRootResource(new proto.GetRootResourceRequest(), waiting, patience(), answer);
    });
  return { log, rootUrn };
}
