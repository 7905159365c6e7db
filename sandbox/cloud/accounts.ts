import { z } from "zod";

const schema = z
  .array(
    z.strictObject({
      accountId: z.string().regex(/^\d{1,20}$/, "must be digits"),
      accessKeyId: z.string().min(1),
      accessKeySecret: z.string().min(1),
      /** For a temporary key: the token that must come with it. */
      securityToken: z.string().min(1).optional(),
      /** `expired` and `disabled` keys are refused, as the gateway does. Default `active`. */
      status: z.enum(["active", "expired", "disabled"]).optional(),
      /** Allowed RAM actions, such as `live:DeleteLiveStreamMonitor`; `live:*` for all. Default all. */
      actions: z.array(z.string()).optional(),
    }),
  )
  .min(1);

/** One access key and the account it belongs to. Several keys may belong to one account. */
export type AccountKey = z.infer<typeof schema>[number];

/** Throw-away keys: they open nothing but this emulator. */
export const DEFAULT_ACCOUNTS: readonly AccountKey[] = [
  { accountId: "1000000000000001", accessKeyId: "sandbox-key-one", accessKeySecret: "sandbox-secret-one" },
  { accountId: "1000000000000002", accessKeyId: "sandbox-key-two", accessKeySecret: "sandbox-secret-two" },
];

export function parseAccounts(value: unknown): AccountKey[] {
  const result = schema.safeParse(value);
  if (!result.success) {
    const mistakes = result.error.issues.map((issue) => `${issue.path.join(".") || "accounts"}: ${issue.message}`);
    throw new Error(`Bad accounts: ${mistakes.join("; ")}`);
  }
  return result.data;
}
