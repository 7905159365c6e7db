import * as z from "zod";
import { parseDuration } from "../base/duration";
import { pickBy, propertiesOf } from "../base/objects";
import { LONGEST_TTL_MS } from "./expiry";
import {
  type FIELDS,
  type MonitorInputs,
  ON_DELETE,
  OUTPUT_TEMPLATES,
  POSITION_REFERS,
  SESSION_KEYS,
  UNKNOWN,
} from "./fields";

/** No document states these limits; they only keep nonsense from growing without bound. */
const MOST_INPUTS = 100;
const LONGEST_TEXT = 2048;
const LONGEST_CONFIG = 8192;
/**
 * What all parameters of Create and Update may take in the request line, percent-encoded. Assumed: no document states the
 * gateway's limit. It answers long request lines with 414, as a page of HTML, and no common server or proxy takes this much;
 * shorter ones are let through, for the gateway to decide.
 */
const LONGEST_REQUEST = 128 * 1024;

const text = (longest = LONGEST_TEXT) =>
  z
    .string()
    .min(1, "must not be empty")
    .max(longest, `must have at most ${longest} characters`)
    .refine(
      (value) => !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(value),
      "must not hold control characters or broken Unicode",
    );

const webUrl = text().refine(
  (value) => /^https?:\/\//i.test(value) && URL.canParse(value),
  "must be an http:// or https:// URL",
);
const fraction = z.number().min(0, "must be between 0 and 1").max(1, "must be between 0 and 1");
const pair = z.array(fraction).length(2, "must be two numbers between 0 and 1");
const whole = (least: number) =>
  z.int(`must be a whole number, at least ${least}`).min(least, `must be at least ${least}`);
const threshold = z.number().min(0, "must not be negative").optional();
const duration = z
  .string()
  .refine(
    (value) => parseDuration(value) !== undefined,
    'must be a duration such as "90s", "10m" or "1h30m", at most a week',
  )
  .optional();

const input = z.strictObject({
  inputUrl: text().refine((value) => !/\s/.test(value), "must not hold white space"),
  streamName: text(256).optional(),
  index: whole(0).optional(),
  layoutId: whole(1).optional(),
  layoutConfig: z
    .strictObject({
      fillMode: text(64).optional(),
      positionNormalized: pair.optional(),
      positionRefer: z.enum(POSITION_REFERS).optional(),
      sizeNormalized: pair.optional(),
    })
    .optional(),
  playConfig: z
    .strictObject({
      volumeRate: fraction
        .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-9, "must have at most 2 decimals")
        .optional(),
    })
    .optional(),
});

/** One check for each argument. */
const checks = {
  domain: text(253).refine(
    // What is too long is told so already, and would take the square of its length here.
    (value) => value.length > 253 || /^[^\s/:?#@]+\.[^\s/:?#@]+$/.test(value),
    "must be a domain name, without scheme or path",
  ),
  outputTemplate: z.enum(OUTPUT_TEMPLATES),
  inputList: z
    .array(input)
    .min(1, "must hold at least one input")
    .max(MOST_INPUTS, `must hold at most ${MOST_INPUTS} inputs`),
  monitorName: text(64).optional(),
  app: text(256).optional(),
  stream: text(256).optional(),
  monitorConfig: z
    .looseObject({
      fpsLowThres: threshold,
      brLowThres: threshold,
      brHighThres: threshold,
      eofDurationThresSec: threshold,
    })
    .refine(
      (value) => JSON.stringify(value).length <= LONGEST_CONFIG,
      `must have at most ${LONGEST_CONFIG} bytes as JSON`,
    )
    .optional(),
  callbackUrl: webUrl.optional(),
  dingTalkWebHookUrl: webUrl.optional(),
  region: text(64).refine(
    (value) => /^[a-z]{2}(-[a-z0-9]+)+$/.test(value),
    'must be a region id such as "cn-shanghai"',
  ),
  running: z.boolean().optional(),
  onDelete: z.enum(ON_DELETE).optional(),
  ttl: z
    .string()
    .refine(
      (value) => (parseDuration(value, LONGEST_TTL_MS) ?? 0) >= 60_000,
      'must be a duration such as "30m", "4h" or "72h", from "1m" to "8760h"',
    )
    .optional(),
  timeouts: z.strictObject({ create: duration, update: duration, delete: duration }).optional(),
  adopt: z.union([z.strictObject({ monitorId: text(128) }), z.strictObject({ byName: z.literal(true) })]).optional(),
} satisfies Record<keyof typeof FIELDS, z.ZodType>;

/** The type ties it to the arguments that the program may give. */
const schema: z.ZodType<Omit<MonitorInputs, "monitorConfig">> = z.strictObject(checks);

export interface CheckFailure {
  property: string;
  reason: string;
}

/**
 * Finds every mistake at once. What depends on a value that is not known yet is let through: the final `check` sees it
 * again. No reason ever quotes a value, because values may be secret.
 */
export function findMistakes(inputs: Record<string, unknown>): CheckFailure[] {
  const { inputList } = inputs;
  if (Array.isArray(inputList) && inputList.length > MOST_INPUTS) {
    // Ten thousand inputs would bring ten thousand mistakes; one is enough.
    const reason = `must hold at most ${MOST_INPUTS} inputs, but holds ${inputList.length}`;
    return [{ property: "inputList", reason }];
  }
  // What the package adds for itself is not the user's: left in, it would be found, described and dropped, each time.
  const result = schema.safeParse(pickBy(inputs, (key) => !key.startsWith("__")));
  const found = result.success ? [] : result.error.issues.flatMap((issue) => flatten(issue, inputs));
  return found.length > 0 ? found.slice(0, 100) : tooLong(inputs);
}

/** All that a session is told travels in one request line. What is not known yet counts as short. */
function tooLong(inputs: Record<string, unknown>): CheckFailure[] {
  const values = SESSION_KEYS.map((key) => inputs[key]).filter((value) => value !== undefined);
  const size = values.reduce<number>((sum, value) => sum + encodeURIComponent(JSON.stringify(value)).length, 0);
  if (size <= LONGEST_REQUEST) {
    return [];
  }
  const reason = `is too long: the request to the cloud would be one line of ${Math.ceil(size / 1024)} KB, but at most ${LONGEST_REQUEST / 1024} KB can be sent. Declare fewer inputs or shorter URLs, or split the inputs over several monitors`;
  return [{ property: "inputList", reason }];
}

function flatten(issue: z.core.$ZodIssue, inputs: Record<string, unknown>): CheckFailure[] {
  const way = valuesAlong(issue.path, inputs);
  const value = way.at(-1);
  const parts = issue.code === "invalid_union" ? Object.values(propertiesOf(value)) : [];
  // A value that is unknown, or stands in something unknown, cannot be a mistake yet.
  if ([...way, ...parts].includes(UNKNOWN)) {
    return [];
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      property: z.core.toDotPath([...issue.path, key.slice(0, 64)]),
      reason: `is not a property of ${issue.path.length === 0 ? "StreamMonitor" : `\`${z.core.toDotPath(issue.path)}\``}`,
    }));
  }
  return [{ property: z.core.toDotPath(issue.path), reason: reasonFor(issue, value) }];
}

function reasonFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (issue.path[0] === "adopt" && issue.code === "invalid_union") {
    return 'must be {monitorId: "…"} or {byName: true}';
  }
  if (issue.code === "invalid_value") {
    const allowed = issue.values.map((each) => JSON.stringify(each)).join(", ");
    return value === undefined ? `is required; allowed: ${allowed}` : `must be one of ${allowed}`;
  }
  if (issue.code !== "invalid_type") {
    return issue.message;
  }
  if (value !== undefined) {
    return issue.message.startsWith("Invalid input") ? `must be of type ${issue.expected}` : issue.message;
  }
  return issue.path[0] === "region"
    ? "is required: set the argument, `alicloud:region` in the configuration, or ALIBABA_CLOUD_REGION"
    : "is required";
}

/** The inputs, the values that a path leads through, and the one that it leads to. */
function valuesAlong(path: readonly PropertyKey[], inputs: unknown): unknown[] {
  const values = [inputs];
  for (const key of path) {
    values.push(propertiesOf(values.at(-1))[key as string]);
  }
  return values;
}
