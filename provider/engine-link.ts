import { connect } from "node:net";

/** The engine that this plugin process works for. */
export interface EngineLink {
  /** Whether the engine's address still takes connections. */
  alive(): Promise<boolean>;
  /**
   * Shows a line on the row of a resource; `ephemeral` lines are gone when the operation ends. Best effort: settles when the
   * engine has the line, or will not take it, and never rejects.
   */
  log(line: EngineLine): Promise<void>;
}

export interface EngineLine {
  urn: string | undefined;
  text: string;
  severity: "info" | "warning";
  ephemeral: boolean;
}

/** For a process that no engine started, such as a unit test. */
export const noEngine: EngineLink = { alive: async () => true, log: async () => {} };

/** A connection over loopback is made at once or not at all. */
const PROBE_MS = 1_000;
/** How long a line may take to the engine. One that is gone is noticed sooner. */
const LINE_MS = 5_000;
/** Who asks so soon after another is given the same answer: an engine may die just after any answer. */
const SAME_ANSWER_MS = 100;

/**
 * The engine hands its address to the plugin as the first argument. The SDK keeps it to itself, so this opens a second
 * connection: the only way to write on the resource's own row, and to notice that the CLI has died.
 */
export function engineLink(argument: string | undefined): EngineLink {
  const address = /^(127\.0\.0\.1|localhost|\[::1\]):(\d{1,5})$/.exec(argument ?? "");
  if (address === null) {
    return noEngine;
  }
  const host = (address[1] as string).replace(/[[\]]/g, "");
  const port = Number(address[2]);
  let send: ((line: EngineLine) => Promise<void>) | undefined;
  let last = { askedAt: Number.NEGATIVE_INFINITY, answer: Promise.resolve(true) };
  return {
    alive: () => {
      const now = performance.now();
      if (now - last.askedAt > SAME_ANSWER_MS) {
        last = { askedAt: now, answer: probe(host, port) };
      }
      return last.answer;
    },
    log: async (line) => {
      try {
        send ??= logClient(argument as string);
        await send(line);
      } catch {
        // A line that cannot be shown must not cost a session.
      }
    },
  };
}

function probe(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PROBE_MS });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    // Where this process itself was held up, the connection may have been made meanwhile: let that be told first.
    socket.once("timeout", () => setImmediate(() => settle(!socket.connecting)));
    socket.once("error", (error: NodeJS.ErrnoException) => settle(error.code === "EMFILE" || error.code === "ENFILE"));
  });
}

/** Loaded at the first line: most operations end before they have anything to say. */
function logClient(address: string): (line: EngineLine) => Promise<void> {
  const grpc = require("@grpc/grpc-js") as typeof import("@grpc/grpc-js");
  const { EngineClient } = require("@pulumi/pulumi/proto/engine_grpc_pb");
  const proto = require("@pulumi/pulumi/proto/engine_pb");
  // One short call at a time to this very machine: nothing to try again, to look up or to keep statistics of.
  const plain = { "grpc.enable_retries": 0, "grpc.service_config_disable_resolution": 1, "grpc.enable_channelz": 0 };
  const waiting = new grpc.Metadata({ waitForReady: true });
  const client = new EngineClient(address, grpc.credentials.createInsecure(), plain);
  return (line) => {
    const request = new proto.LogRequest();
    request.setSeverity(line.severity === "warning" ? proto.LogSeverity.WARNING : proto.LogSeverity.INFO);
    request.setMessage(line.text);
    request.setUrn(line.urn ?? "");
    request.setEphemeral(line.ephemeral);
    // Zero: lines that share another number would be joined into one.
    request.setStreamid(0);
    // A connection that is not there yet, or broke, is waited for: a line that counts as shown must have arrived.
    const patience = { deadline: Date.now() + LINE_MS };
    return new Promise((resolve) => client.log(request, waiting, patience, () => resolve()));
  };
}
