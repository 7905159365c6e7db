import * as fc from "fast-check";
import { formatDuration, parseDuration } from "../../../provider/base/duration";
import { explain, Failure, OperationAborted } from "../../../provider/base/errors";
import { redact } from "../../../provider/base/redact";
import { secretSpellings } from "../../../provider/base/url-secrets";
import { Trace } from "../../../provider/lifecycle/trace";
import { LiveError } from "../../../provider/live/errors";
import { VirtualClock } from "../../support/virtual-clock";

describe("durations", () => {
  test.each([
    ["1ms", 1],
    ["90s", 90_000],
    ["10m", 600_000],
    ["1h30m", 5_400_000],
    ["1.5h", 5_400_000],
    ["168h", 604_800_000],
    ["1m1m", 120_000],
  ])("%s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each([
    "",
    "0s",
    "0.0m",
    "10",
    "m",
    "-1m",
    "+1m",
    "1 m",
    "1M",
    "1d",
    "1e3s",
    "169h",
    "1m\n",
    ".5h",
    "1.h",
    "1s".repeat(21),
  ])("%j is none", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test.each([
    [0, "0s"],
    [-5, "0s"],
    [499, "0s"],
    [3_000, "3s"],
    [125_000, "2m5s"],
    [600_000, "10m"],
    [3_600_000, "1h"],
    [5_400_000, "1h30m"],
    [3_601_000, "1h1s"],
  ])("%s ms for people", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  test("what is written can be read again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 604_800 }), (seconds) => {
        expect(parseDuration(formatDuration(seconds * 1000))).toBe(seconds * 1000);
      }),
    );
  });
});

describe("what is shown", () => {
  test.each([
    ["rtmp://a.example.com/b/c?auth_key=hush-1", "rtmp://a.example.com/b/c?***"],
    ["https://x.example.com/?a=1&token=hush b", "https://x.example.com/?*** b"],
    ["(https://x.example.com/?a=hush)", "(https://x.example.com/?***"],
    ['"https://x/?a=hush" and "https://y/?b=hush"', '"https://x/?***" and "https://y/?***"'],
    ["access_token=hush", "access_token=***"],
    ["rtmp://a.example.com/b/c?hush", "rtmp://a.example.com/b/c?***"],
    ["rtmp%3A%2F%2Fa%2Fb%3Fauth_key%3Dhush", "rtmp://a/b?***"],
    ["rtmp%253a%252F%252Fa%252Fb%253Fauth_key%253Dhush", "rtmp://a/b?***"],
    ["https://x.example.com/c#hush", "https://x.example.com/c?***"],
    ["https%3A%2F%2Fme%3Ahush%40example.com%2F", "https://***@example.com/"],
    ["https:\\/\\/me:hush@example.com\\/", "https://***@example.com/"],
    ["rtmp://a/b%23hush", "rtmp://a/b?***"],
    ["auth%5Fkey%3Dhush", "auth_key=***"],
    ["/app/cam?hush", "/app/cam?***"],
    ["<SecurityToken>hush</SecurityToken>", "<SecurityToken>***</SecurityToken>"],
    ["secretKey=hush secret_key: hush pwd=hush", "secretKey=*** secret_key: *** pwd=***"],
    ["Set-Cookie: a=hush; b=hush, x", "Set-Cookie: ***, x"],
    ["rtmp://a/b\\u003fauth_key\\u003dhush", "rtmp://a/b?***"],
    ["auth-key=hush txSecret=hush Bearer hush", "auth-key=*** txSecret=*** Bearer ***"],
    ["auth_key\u200b=hush", "auth_key=***"],
    ["https://me:pa@hush@example.com/", "https://***@example.com/"],
    ["SecurityToken: 'hush'", "SecurityToken: '***'"],
    ['{"AccessKeySecret":"hush"}', '{"AccessKeySecret":"***"}'],
    ["PASSWORD = hush", "PASSWORD = ***"],
    ["https://me:hush@example.com/", "https://***@example.com/"],
    ["a\u001b[31mb\r\nc\u0000d\u2028e\u202ef", "a [31mb c d e f"],
    ["the token was fine", "the token was fine"],
  ])("%j", (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  test("given secrets go wherever they stand; very short ones would take words apart", () => {
    expect(redact("s3c\u200br3t s\u00ad3cr3t", ["s3cr3t"])).toBe("*** ***");
    expect(redact("key s3cr3t, s3cr3ts3cr3t", ["s3cr3t", undefined, "key"])).toBe("key ***, ******");
  });

  test.each([
    [undefined, "undefined"],
    [42, "42"],
    [null, "null"],
  ])("%s is no trouble", (value, shown) => {
    expect(redact(value)).toBe(shown);
  });

  test("nothing is longer than anybody wants to read, and nothing takes long", () => {
    expect(redact("x ".repeat(100_000)).length).toBeLessThanOrEqual(500);
    expect(redact("?a".repeat(10_000)).length).toBeLessThanOrEqual(500);
    // Each of these took ten seconds when a pattern was let look at all of it.
    for (let i = 0; i < 20; i += 1) {
      for (const unit of ["a", "?", "/", "a://", "&a=", "token"]) {
        expect(redact(unit.repeat(100_000 / unit.length)).length).toBeLessThanOrEqual(500);
      }
    }
  });

  test("a secret that the cut goes through leaves no part of it", () => {
    const secret = "hush-hush-hush-hush";
    for (let before = 15_970; before < 16_010; before += 1) {
      const text = `${"#".repeat(before)}${secret}`;
      expect(redact(text, ["####", secret])).not.toMatch(/hush/);
    }
  });

  test("no query of any URL survives, whatever stands around it", () => {
    const url = fc.webUrl({ withQueryParameters: false });
    fc.assert(
      fc.property(
        fc.string(),
        url,
        fc.constantFrom("auth_key", "x", "access_token"),
        fc.string(),
        (before, base, key, after) => {
          const shown = redact(`${before} ${base}?a=b&${key}=hush-hush ${after}`);
          expect(shown).not.toContain("hush-hush");
          expect(shown).not.toMatch(/\p{Cc}/u);
        },
      ),
    );
  });
});

describe("errors", () => {
  const live = new LiveError({ action: "DeleteLiveStreamMonitor", code: "Forbidden", httpStatus: 403, message: "no." });

  test("are explained with the advice there is", () => {
    expect(explain(live)).toBe(
      "DeleteLiveStreamMonitor answered Forbidden (HTTP 403): no. Grant the RAM user or role this action on resource `*`; SECURITY.md of this package has the whole policy.",
    );
    expect(explain(new Failure("in our words."))).toBe("in our words.");
    expect(explain("text")).toBe("text");
    expect(explain(undefined)).toBe("undefined");
    expect(explain({ message: 7 })).toBe("[object Object]");
  });

  test("carry nothing that Pulumi's plugin host would misread", () => {
    for (const error of [live, new Failure("x"), new OperationAborted("deadline", "y")]) {
      expect(error).not.toHaveProperty("id");
      expect(error).not.toHaveProperty("details");
      expect(typeof (error as { code?: unknown }).code).not.toBe("number");
    }
  });
});

test("a trail tells seconds per phase, attempts per call, and the last answer", async () => {
  const clock = new VirtualClock();
  const trail = new Trace(clock);
  expect(new Trace(clock).summary()).toBe("Time spent: preparing 0s. Calls sent: none. Last answer: none.");
  const pass = (ms: number) => clock.run(clock.sleep(ms));
  const action = "StopLiveStreamMonitor" as const;
  trail.enter("stopping");
  trail.observe({ action, what: "waiting" });
  await pass(2_000);
  expect(trail.now(600_000)).toBe("stopping, waiting for its turn to call StopLiveStreamMonitor … 2s (2s of 10m)");
  expect(trail.hasWritten).toBe(false);
  trail.observe({ action: "DescribeLiveStreamMonitorList", what: "sent" });
  expect(trail.hasWritten).toBe(false);
  trail.observe({ action, what: "sent" });
  expect(trail.hasWritten).toBe(true);
  const error = new LiveError({ action, code: "Throttling", httpStatus: 503, requestId: "R-1", message: "slow" });
  trail.observe({ action, what: "failed", error });
  expect(trail.summary()).toMatch(/Last answer: StopLiveStreamMonitor Throttling \(HTTP 503, request id R-1\)\.$/);
  trail.observe({ action, what: "failed", error, retryInMs: 500 });
  expect(trail.now(600_000)).toContain("waiting to repeat StopLiveStreamMonitor after Throttling");
  trail.observe({ action, what: "sent" });
  trail.observe({ action, what: "failed", error: new LiveError({ action, code: "NoAnswer", message: "" }) });
  expect(trail.summary()).toMatch(/Last answer: StopLiveStreamMonitor no answer\.$/);
  trail.observe({ action, what: "failed" });
  trail.observe({ action, what: "answered", requestId: "R-2" });
  trail.enter("waiting");
  await pass(60_000);
  trail.enter("waiting");
  await pass(1_000);
  expect(trail.now(600_000)).toMatch(/^waiting … 1m1s /);
  trail.enter("stopping");
  await pass(1_000);
  expect(trail.summary()).toBe(
    "Time spent: preparing 0s, stopping 3s, waiting 1m1s. Calls sent: DescribeLiveStreamMonitorList 1, StopLiveStreamMonitor 2. Last answer: StopLiveStreamMonitor OK (request id R-2).",
  );
  expect(trail.elapsedMs).toBe(64_000);
});

test("a secret that is broken Unicode keeps no other from being found", () => {
  const [broken, whole] = ["rtmp://a.example.com/a?key=half-\ud83d", "rtmp://a.example.com/a?key=whole-key"];
  expect(secretSpellings([broken, whole])).toEqual(expect.arrayContaining([broken, "whole-key"]));
});
