import { abortable, systemClock, untilAborted } from "../../../provider/base/clock";

test("the system's clock does not follow the time of day when that is set back", () => {
  const before = systemClock.now();
  expect(Math.abs(before - Date.now())).toBeLessThan(60_000);
  const timeOfDay = jest.spyOn(Date, "now").mockReturnValue(0);
  try {
    expect(systemClock.now()).toBeGreaterThanOrEqual(before);
  } finally {
    timeOfDay.mockRestore();
  }
});

test("a sleep ends by its time, or by the signal, which it then forgets", async () => {
  const controller = new AbortController();
  const remove = jest.spyOn(controller.signal, "removeEventListener");
  await systemClock.sleep(1, controller.signal);
  expect(remove).toHaveBeenCalledTimes(1);
  const sleeping = systemClock.sleep(60_000, controller.signal);
  const reason = new Error("enough");
  controller.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
  await expect(systemClock.sleep(60_000, controller.signal)).rejects.toBe(reason);
});

test("what is done at once is not ended by a later signal", async () => {
  const controller = new AbortController();
  const end = jest.fn();
  await abortable(controller.signal, (done) => {
    done();
    return end;
  });
  controller.abort();
  expect(end).not.toHaveBeenCalled();
});

test("who waits until a signal aborts is not told what comes later, and nothing goes unhandled", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  let fail = (_: Error) => {};
  const late = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const waiting = untilAborted(late, controller.signal);
  controller.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  await expect(untilAborted(Promise.reject(new Error("never heard")), controller.signal)).rejects.toBe(reason);
  fail(new Error("too late"));
  await new Promise((resolve) => setImmediate(resolve));
});
