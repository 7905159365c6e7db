import { z } from "zod";
import { parseAccounts, parseKeyChange } from "../api/accounts";
import type { Cloud } from "../api/cloud";
import { Refusal } from "../api/refusal";
import { HOME_REGION } from "../api/sessions";
import { parseFaults } from "../faults";
import { describeSwitches, parseSwitches } from "../switches";
import { checked } from "../validation";

interface ControlAnswer {
  status: number;
  body: unknown;
}

type Route = (cloud: Cloud, body: unknown, name: string) => unknown;

/** Parameters may be JSON values here; in the API they are strings. */
const parameter = z.union([z.string(), z.number().transform(String), z.looseObject({}), z.array(z.unknown())]);
const act = z
  .object({
    action: z.enum(["create", "update", "start", "stop", "delete"]),
    accountId: z.string().optional(),
    region: z.string().optional(),
  })
  .catchall(parameter.transform((value) => (typeof value === "string" ? value : JSON.stringify(value))));

/** What a test can see and change beside the API. `<name>` is one part of a path. */
const ROUTES: ReadonlyMap<string, Route> = new Map<string, Route>([
  ["GET sessions", (cloud) => cloud.sessions.all()],
  ["GET calls", (cloud) => cloud.journal],
  ["GET switches", (cloud) => describeSwitches(cloud.switches)],
  [
    "PUT switches",
    (cloud, body) => {
      cloud.setSwitches(parseSwitches(body));
      return cloud.switches;
    },
  ],
  ["GET faults", (cloud) => cloud.faultReport()],
  [
    "PUT faults",
    (cloud, body) => {
      cloud.setFaults(parseFaults(body));
      return cloud.faultReport();
    },
  ],
  ["GET accounts", (cloud) => cloud.accounts.map(withoutSecrets)],
  [
    "PUT accounts",
    (cloud, body) => {
      cloud.accounts = parseAccounts(body);
      return cloud.accounts.map(withoutSecrets);
    },
  ],
  ["PUT accounts/<name>", (cloud, body, name) => withoutSecrets(cloud.changeKey(name, parseKeyChange(body)))],
  [
    "POST reset",
    (cloud) => {
      cloud.reset();
      return {};
    },
  ],
  ["POST act", actOutOfBand],
]);

/** The control plane under `/_sandbox/`. */
export function control(cloud: Cloud, method: string, path: string, text: string): ControlAnswer {
  const [first = "", name, ...rest] = path.replace(/\/$/, "").split("/");
  const route = ROUTES.get(`${method} ${[first, ...(name === undefined ? [] : ["<name>"]), ...rest].join("/")}`);
  if (route === undefined) {
    return {
      status: 404,
      body: { error: `There is no ${method} ${path}. Requests: ${[...ROUTES.keys()].join(", ")}.` },
    };
  }
  try {
    return {
      status: 200,
      body: route(cloud, text === "" ? undefined : JSON.parse(text), decodeURIComponent(name ?? "")),
    };
  } catch (error) {
    return error instanceof Refusal
      ? { status: error.status, body: { error: error.message, Code: error.code } }
      : { status: 400, body: { error: error instanceof Error ? error.message : String(error) } };
  }
}

/** Acts as another user of the account, without limits, rights, faults or a journal entry. */
function actOutOfBand(cloud: Cloud, body: unknown): unknown {
  const { action, accountId, region, ...parameters } = checked(act, body, "act");
  const texts = parameters as Record<string, string>;
  const session = cloud.sessions.get(texts.MonitorId ?? "");
  const asker = {
    accountId: accountId ?? session?.accountId ?? cloud.accounts[0]?.accountId ?? "",
    region: region ?? session?.region ?? HOME_REGION,
  };
  if (action === "create") {
    return cloud.sessions.get(cloud.sessions.create(asker, texts));
  }
  cloud.sessions[action](asker, texts);
  return cloud.sessions.get(texts.MonitorId ?? "") ?? {};
}

function withoutSecrets<T extends { accessKeySecret: string; securityToken?: string | undefined }>(key: T) {
  const { accessKeySecret: _secret, securityToken: _token, ...told } = key;
  return told;
}
