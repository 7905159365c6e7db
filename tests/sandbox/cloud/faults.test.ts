import { type FaultRule, Faults, isCommitted, parseFaults } from "../../../sandbox/cloud";
import { FIELDS, Lab } from "./support/lab";

const STOP = "StopLiveStreamMonitor";

/** Which of so many calls are hit. */
function hits(rules: FaultRule[], count: number, action = STOP, monitorId?: string): number[] {
  const faults = new Faults(rules);
  return Array.from({ length: count }, (_, i) => i + 1).filter(
    () => faults.decide({ action, monitorId }) !== undefined,
  );
}

describe("which calls are hit", () => {
  test("those of the action, or all", () => {
    expect(hits([{ action: STOP, kind: "hang" }], 3)).toEqual([1, 2, 3]);
    expect(hits([{ action: STOP, kind: "hang" }], 3, "StartLiveStreamMonitor")).toEqual([]);
    expect(hits([{ action: "*", kind: "hang" }], 3, "GetCallerIdentity")).toEqual([1, 2, 3]);
  });

  test("after so many, and so many times", () => {
    expect(hits([{ action: STOP, kind: "hang", after: 2 }], 5)).toEqual([3, 4, 5]);
    expect(hits([{ action: STOP, kind: "hang", times: 2 }], 5)).toEqual([1, 2]);
    expect(hits([{ action: STOP, kind: "hang", after: 1, times: 2 }], 5)).toEqual([2, 3]);
  });

  test("those on one session", () => {
    const rules: FaultRule[] = [{ action: STOP, kind: "hang", monitorId: "a", after: 1 }];
    const faults = new Faults(rules);
    const seen = ["a", "b", "a", "a", "b"].map((monitorId) => faults.decide({ action: STOP, monitorId })?.kind);
    expect(seen).toEqual([undefined, undefined, "hang", "hang", undefined]);
  });

  test("as likely as told, and the same ones in every run", () => {
    const rule = (seed?: number): FaultRule[] => [
      { action: STOP, kind: "hang", probability: 0.3, ...(seed === undefined ? {} : { seed }) },
    ];
    const some = hits(rule(7), 1000);
    expect(some.length).toBeGreaterThan(240);
    expect(some.length).toBeLessThan(360);
    expect(hits(rule(7), 1000)).toEqual(some);
    expect(hits(rule(8), 1000)).not.toEqual(some);
    expect(hits(rule(), 1000)).toEqual(hits(rule(), 1000));
    expect(hits([{ action: STOP, kind: "hang", probability: 0 }], 100)).toEqual([]);
  });

  test("the first rule that hits wins, and the next has its turn when that is used up", () => {
    const faults = new Faults([
      { action: STOP, kind: "hang", times: 1 },
      { action: "*", kind: "html" },
    ]);
    expect([1, 2].map(() => faults.decide({ action: STOP })?.kind)).toEqual(["hang", "html"]);
    expect(faults.report()).toMatchObject([
      { kind: "hang", seen: 2, hits: 1 },
      { kind: "html", seen: 1, hits: 1 },
    ]);
  });
});

describe("what is done, what is answered, and what the journal says", () => {
  const lost = { httpStatus: 0, code: "" };
  const done = { httpStatus: 200, code: "" };
  const html = { httpStatus: 503, code: "" };
  test.each<[Omit<FaultRule, "action">, boolean, { httpStatus: number; code: string }]>([
    [{ kind: "drop-before" }, false, lost],
    [{ kind: "drop-after" }, true, done],
    [{ kind: "delay", ms: 10 }, true, done],
    [{ kind: "hang" }, false, lost],
    [{ kind: "endless" }, true, done],
    [{ kind: "malformed" }, true, done],
    [{ kind: "malformed", commit: false }, false, lost],
    [{ kind: "html" }, false, html],
    [{ kind: "html", status: 502, commit: true }, true, { httpStatus: 502, code: "" }],
    [{ kind: "error" }, false, { httpStatus: 500, code: "InternalError" }],
    [{ kind: "error", commit: true }, true, { httpStatus: 500, code: "InternalError" }],
    [{ kind: "error", status: 403, code: "UserQuotaExceed" }, false, { httpStatus: 403, code: "UserQuotaExceed" }],
  ])("%j", (fault, isDone, answered) => {
    const lab = new Lab({ faults: [{ action: "CreateLiveStreamMonitor", ...fault, times: 1 }] });
    const { committed, answer, entry, fault: hit } = lab.handle("Create", FIELDS);
    expect(committed).toBe(isDone);
    expect(lab.cloud.sessions.all()).toHaveLength(isDone ? 1 : 0);
    expect(answer.httpStatus).toBe(answered.httpStatus);
    expect(hit).toMatchObject(fault);
    expect(entry).toMatchObject({ ...answered, fault: fault.kind, committed: isDone });
    expect(lab.say("Create", FIELDS)).toBe("200");
  });

  test("a call that the cloud refuses is not committed, whatever the fault", () => {
    const lab = new Lab({ faults: [{ action: "*", kind: "error", commit: true }] });
    expect(lab.handle("Create", {})).toMatchObject({ committed: false, answer: { httpStatus: 500 } });
  });

  test("an error's words can be chosen", () => {
    const lab = new Lab({ faults: [{ action: "*", kind: "error", code: "Odd", message: "told so" }] });
    expect(lab.call("List").body).toMatchObject({ Code: "Odd", Message: "told so", RequestId: expect.any(String) });
  });

  test("a call that is lost on its way counts for no limit", () => {
    const lab = new Lab({ switches: { qps: 1 }, faults: [{ action: "*", kind: "drop-before", times: 50 }] });
    for (let i = 0; i < 50; i += 1) {
      lab.say("Create", FIELDS);
    }
    expect(lab.say("Create", FIELDS)).toBe("200");
  });
});

test("isCommitted is what the cloud goes by", () => {
  expect(isCommitted({ action: "*", kind: "drop-after" })).toBe(true);
  expect(isCommitted({ action: "*", kind: "drop-after", commit: false })).toBe(false);
  expect(isCommitted({ action: "*", kind: "hang" })).toBe(false);
});

describe("rules that make no sense", () => {
  test.each([
    ["no list", {}, "Bad faults: faults:"],
    ["an unknown action", [{ action: "Stop", kind: "hang" }], "0.action: must be one of Create"],
    ["an unknown kind", [{ action: "*", kind: "explode" }], "0.kind"],
    ["a delay of nothing", [{ action: "*", kind: "delay" }], "0.ms: a delay needs ms"],
    ["a probability of 2", [{ action: "*", kind: "hang", probability: 2 }], "0.probability"],
    ["no times", [{ action: "*", kind: "hang", times: 0 }], "0.times"],
    ["a negative after", [{ action: "*", kind: "hang", after: -1 }], "0.after"],
    ["a status of 1000", [{ action: "*", kind: "error", status: 1000 }], "0.status"],
    ["a word that is not known", [{ action: "*", kind: "hang", once: true }], 'Unrecognized key: "once"'],
  ])("%s", (_what, value, message) => {
    expect(() => parseFaults(value)).toThrow(message);
  });

  test("are all told at once", () => {
    const rules = [
      { action: "Stop", kind: "hang", times: 0 },
      { action: "*", kind: "explode" },
    ];
    expect(() => parseFaults(rules)).toThrow(/0\.action.*0\.times.*1\.kind/);
  });
});
