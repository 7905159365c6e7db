import { z } from "zod";
import { parseAccounts } from "./accounts";
import type { Cloud } from "./cloud";
import { parseFaults } from "./faults";
import { Refusal } from "./refusal";
import { DEFAULT_SWITCHES, parseSwitches, SWITCHES, type SwitchName } from "./switches";

interface ControlAnswer {
  status: number;
  body: unknown;
}

/** Somebody else who works on the same account, past all limits and faults, and not in the journal. */
const act = z.strictObject({
  action: z.enum(["create", "update", "start", "stop", "delete"]),
  accountId: z.string().optional(),
  region: z.string().optional(),
  parameters: z.record(z.string(), z.string()),
});

/** The control plane under `/_sandbox/`: what a test may see and do behind the provider's back. */
export function control(cloud: Cloud, method: string, path: string, text: string): ControlAnswer {
  try {
    const handler = routes(cloud)[`${method} ${path.replace(/^\/_sandbox\//, "").replace(/\/$/, "")}`];
    return handler === undefined
      ? { status: 404, body: { error: `no ${method} ${path}; there are ${Object.keys(routes(cloud)).join(", ")}` } }
      : { status: 200, body: handler(text === "" ? undefined : JSON.parse(text)) };
  } catch (error) {
    const status = error instanceof Refusal ? error.status : 400;
    return { status, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

function routes(cloud: Cloud): Record<string, (body: unknown) => unknown> {
  return {
    "GET sessions": () => cloud.sessions.all(),
    "GET calls": () => cloud.journal,
    "GET switches": () =>
      (Object.keys(SWITCHES) as SwitchName[]).map((name) => ({
        name,
        value: cloud.switches[name],
        default: DEFAULT_SWITCHES[name],
        ...SWITCHES[name],
      })),
    "PUT switches": (body) => {
      cloud.setSwitches(parseSwitches(body));
      return cloud.switches;
    },
    "PUT faults": (body) => {
      const rules = parseFaults(body);
      cloud.setFaults(rules);
      return rules;
    },
    "GET accounts": () =>
      cloud.accounts.map(({ accessKeySecret: _secret, securityToken: _token, ...account }) => account),
    "PUT accounts": (body) => {
      cloud.accounts = parseAccounts(body);
      return { accounts: cloud.accounts.length };
    },
    "POST reset": () => {
      cloud.reset();
      return {};
    },
    "POST act": (body) => perform(cloud, body),
  };
}

function perform(cloud: Cloud, body: unknown): unknown {
  const { action, accountId, region, parameters } = act.parse(body);
  const session = cloud.sessions.get(parameters.MonitorId ?? "");
  const asker = {
    accountId: accountId ?? session?.accountId ?? cloud.accounts[0]?.accountId ?? "",
    region: region ?? session?.region ?? "cn-shanghai",
  };
  return action === "create"
    ? { MonitorId: cloud.sessions.create(asker, parameters) }
    : (cloud.sessions[action](asker, parameters) ?? {});
}
