import { setMaxListeners } from "node:events";
import { Account } from "../../../provider/account/account";
import { Pacer } from "../../../provider/live/pacing";
import type { TransportRequest } from "../../../provider/live/transport";
import { mostWithinASecond } from "../../support/rates";
import { VirtualClock } from "../../support/virtual-clock";

let key = "first";
jest.mock("../../../provider/account/credentials", () => ({
  credentialsOf: () => ({ get: async () => ({ accessKeyId: key, accessKeySecret: "secret" }) }),
}));

const { signal } = new AbortController();
// Many calls wait with one context, more than Node expects of one signal.
setMaxListeners(0, signal);
const context = { signal, beforeWrite: async () => {}, observe: () => {} };

/** An account, and when its calls were sent. */
function stage() {
  const clock = new VirtualClock();
  const sent: (TransportRequest & { time: number })[] = [];
  const transport = async (request: TransportRequest) => {
    sent.push({ ...request, time: clock.now() });
    return { httpStatus: 200, body: { RequestId: "r" } };
  };
  const account = new Account({ env: {}, config: () => undefined }, { clock, pacer: new Pacer(clock), transport });
  const deletes = (region: string, count: number) =>
    Array.from({ length: count }, (_, i) => account.in(region).client.delete(`m${i}`, context));
  return { clock, sent, deletes };
}

test("neither another region nor a renewed key opens a second queue on the account", async () => {
  const { clock, sent, deletes } = stage();
  void clock.sleep(1_000).then(() => {
    key = "second";
  });
  const later = clock.sleep(1_500).then(() => Promise.all(deletes("cn-shanghai", 20)));
  await clock.run(Promise.all([...deletes("cn-shanghai", 20), ...deletes("ap-southeast-1", 20), later]));
  expect(new Set(sent.map(({ endpoint }) => endpoint.host)).size).toBe(2);
  expect(new Set(sent.map(({ credential }) => credential.accessKeyId))).toEqual(new Set(["first", "second"]));
  expect(mostWithinASecond(sent.map(({ time }) => time))).toBeLessThanOrEqual(10);
});
