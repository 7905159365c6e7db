import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { type CloudServer, parseAccounts, parseFaults, parseSwitches, startCloud } from "../../sandbox/cloud";
import { onSignals } from "../signals";

interface ServeOptions {
  port?: number;
  json?: boolean;
  switches?: string;
  faults?: string;
  accounts?: string;
}

/** `sandbox serve`: runs the emulated cloud until a signal stops it. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("run an emulated ApsaraVideo Live on this machine, until Ctrl-C or SIGTERM")
    .option("--port <number>", "port on 127.0.0.1, 0 to 65535 (default: any free port)", parsePort)
    .option("--json", "print the endpoint and the accounts as one line of JSON (default: text)")
    .option("--switches <file>", "JSON file with switches; GET /_sandbox/switches lists them all (default: none)")
    .option("--faults <file>", "JSON file with a list of fault rules (default: none)")
    .option("--accounts <file>", "JSON file with a list of access keys (default: two accounts with full rights)")
    .addHelpText(
      "after",
      `
Examples:
  sandbox serve
  sandbox serve --json --port 8080 &    for scripts: the first line is JSON

Exit codes: 0 stopped, 1 it could not start, 2 wrong command line.`,
    )
    .action(serve);
}

async function serve(options: ServeOptions): Promise<void> {
  const { port, switches, faults, accounts } = options;
  const server = await startCloud({
    ...(port === undefined ? {} : { port }),
    ...(switches === undefined ? {} : { switches: readFile(switches, parseSwitches) }),
    ...(faults === undefined ? {} : { faults: readFile(faults, parseFaults) }),
    ...(accounts === undefined ? {} : { accounts: readFile(accounts, parseAccounts) }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "EADDRINUSE"
      ? new Error(
          `Port ${port} is in use. The sandbox did not start. Choose another --port, or leave it out to use any free port.`,
        )
      : error;
  });
  const stopped = stopSignal();
  process.stdout.write(options.json ? `${JSON.stringify(addresses(server))}\n` : welcome(server));
  await stopped;
  await server.close();
  process.exitCode = 0;
}

function addresses({ endpoint, accounts }: CloudServer) {
  return {
    endpoint,
    accounts: accounts.map(({ accountId, accessKeyId, accessKeySecret, securityToken }) => ({
      accountId,
      accessKeyId,
      accessKeySecret,
      ...(securityToken === undefined ? {} : { securityToken }),
    })),
  };
}

/** One variable per line, because users copy them from a narrow terminal. */
function welcome({ endpoint, accounts }: CloudServer): string {
  const { accessKeyId = "", accessKeySecret = "", securityToken } = accounts[0] ?? {};
  const settings = {
    ALIBABA_CLOUD_ENDPOINT_LIVE: endpoint,
    ALIBABA_CLOUD_ENDPOINT_STS: endpoint,
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    ...(securityToken === undefined ? {} : { ALIBABA_CLOUD_SECURITY_TOKEN: securityToken }),
    ALIBABA_CLOUD_REGION: "cn-shanghai",
  };
  const exports = Object.entries(settings).map(([name, value]) => `  export ${name}=${value}\n`);
  return `ApsaraVideo Live is emulated at ${endpoint}.
In another terminal, set these variables and bring up a stack:
${exports.join("")}  npx pulumi-alicloud-live sandbox up --cwd my-stack
Sessions: ${endpoint}/_sandbox/sessions
Calls:    ${endpoint}/_sandbox/calls
Press Ctrl-C to stop it.\n`;
}

/** Resolves at the first signal. The second ends the process at once. */
function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    onSignals({ stop: resolve, kill: () => process.exit() });
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) {
    throw new InvalidArgumentError("It must be a whole number from 0 to 65535.");
  }
  return port;
}

function readFile<T>(file: string, parse: (value: unknown) => T): T {
  try {
    return parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(error instanceof SyntaxError ? `${file} is not JSON: ${why}` : `${file}: ${why}`);
  }
}
