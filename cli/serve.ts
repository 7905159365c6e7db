import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { parseAccounts, parseFaults, parseSwitches, startCloud } from "../sandbox/cloud";

interface ServeOptions {
  port?: number;
  json?: boolean;
  switches?: string;
  faults?: string;
  accounts?: string;
}

/** `sandbox serve`: the emulated cloud, until it is told to stop. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("run an emulated ApsaraVideo Live on this machine, until Ctrl-C or SIGTERM")
    .option("--port <number>", "port on 127.0.0.1 (default: any free one)", parsePort)
    .option("--json", "say where it is, and the accounts, as one line of JSON")
    .option("--switches <file>", "JSON file that sets switches; GET /_sandbox/switches lists them")
    .option("--faults <file>", "JSON file with a list of faults")
    .option("--accounts <file>", "JSON file with a list of accounts and access keys (default: two with full rights)")
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const server = await startCloud({
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.switches === undefined ? {} : { switches: parseSwitches(readJson(options.switches)) }),
    ...(options.faults === undefined ? {} : { faults: parseFaults(readJson(options.faults)) }),
    ...(options.accounts === undefined ? {} : { accounts: parseAccounts(readJson(options.accounts)) }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE"
      ? new Error(`Port ${options.port} is in use. Choose another with --port, or leave it out for any free one.`)
      : error;
  });
  const { endpoint, accounts } = server;
  const [account] = accounts;
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ endpoint, accounts })}\n`
      : `ApsaraVideo Live is emulated at ${endpoint}. Point a stack at it:
  export ALIBABA_CLOUD_ENDPOINT_LIVE=${endpoint} ALIBABA_CLOUD_ENDPOINT_STS=${endpoint}
  export ALIBABA_CLOUD_ACCESS_KEY_ID=${account?.accessKeyId} ALIBABA_CLOUD_ACCESS_KEY_SECRET=${account?.accessKeySecret}
  export ALIBABA_CLOUD_REGION=cn-shanghai
Sessions: ${endpoint}/_sandbox/sessions   Calls: ${endpoint}/_sandbox/calls   Ctrl-C stops it.\n`,
  );
  await new Promise<void>((resolve) => {
    process.once("SIGINT", () => resolve());
    process.once("SIGTERM", () => resolve());
  });
  await server.close();
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  }
  return port;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
