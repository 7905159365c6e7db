import { z } from "zod";
import { checked } from "../validation";

const STATUS = ["active", "expired", "disabled"] as const;

/** One access key and its account. An account may have several keys. */
export interface AccountKey {
  accountId: string;
  accessKeyId: string;
  accessKeySecret: string;
  /** For a temporary key: the token that must be sent with it. */
  securityToken?: string | undefined;
  /** The gateway refuses `expired` and `disabled` keys. Default `active`. */
  status?: (typeof STATUS)[number] | undefined;
  /** When it expires: milliseconds since the epoch, or in JSON a string such as `2026-01-01T00:00:00Z`. */
  expiresAt?: number | undefined;
  /** Allowed RAM actions, such as `live:DeleteLiveStreamMonitor`; `*` matches any text. Default: all. */
  actions?: string[] | undefined;
}

/** A change to a key while a stack uses it. */
export type KeyChange = Pick<AccountKey, "status" | "expiresAt" | "actions">;

const status = z.enum(STATUS);
const time = z.union([z.int().min(0), z.iso.datetime().transform((text) => Date.parse(text))]);
const actions = z.array(z.string().min(1));

const key = z.strictObject({
  accountId: z.string().regex(/^\d{1,20}$/, "must be digits"),
  accessKeyId: z.string().regex(/^[^\s,]+$/, "must not be empty or contain spaces or commas"),
  accessKeySecret: z.string().min(1),
  securityToken: z.string().min(1).optional(),
  status: status.optional(),
  expiresAt: time.optional(),
  actions: actions.optional(),
} satisfies Record<keyof AccountKey, z.ZodType>);

const keys = z
  .array(key)
  .min(1)
  .superRefine((list, context) => {
    const ids = list.map((each) => each.accessKeyId);
    for (const [i, id] of ids.entries()) {
      if (ids.indexOf(id) !== i) {
        context.addIssue({ code: "custom", path: [i, "accessKeyId"], message: `${id} occurs twice` });
      }
    }
  });

const change = z.strictObject({ status, expiresAt: time, actions }).partial();

/** Dummy keys, which work only with this emulator. */
export const DEFAULT_ACCOUNTS: readonly AccountKey[] = [
  { accountId: "1000000000000001", accessKeyId: "sandbox-key-one", accessKeySecret: "sandbox-secret-one" },
  { accountId: "1000000000000002", accessKeyId: "sandbox-key-two", accessKeySecret: "sandbox-secret-two" },
];

/** Checks a list of keys, and reports every mistake at once. */
export function parseAccounts(value: unknown): AccountKey[] {
  return checked(keys, value, "accounts");
}

export function parseKeyChange(value: unknown): KeyChange {
  return checked(change, value, "key");
}

/** Whether a key is allowed a RAM action. */
export function isAllowed({ actions: allowed }: AccountKey, action: string): boolean {
  return allowed === undefined || allowed.some((each) => matches(each, action));
}

function matches(pattern: string, action: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[^\w:]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(action);
}
