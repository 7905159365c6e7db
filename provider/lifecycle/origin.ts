import type { Account, Service } from "../account/account";
import { configuredRegion, environmentRegion } from "../account/config";
import { Failure } from "../base/errors";
import type { MonitorState, Origin } from "../model/state";

/** The recorded region comes first: the session is there, wherever the configuration points now. */
export function regionOf(old: MonitorState, { sources }: Account): string {
  const region = old.region ?? configuredRegion(sources) ?? environmentRegion(sources);
  if (region === undefined) {
    throw new Failure(
      "The region of the session is not known. Nothing was sent, and the state is as it was. Set `alicloud:region` in the configuration, or ALIBABA_CLOUD_REGION.",
    );
  }
  return region;
}

/** Where the session is on record; what is not on record is taken from what answered. */
export function originOf(old: MonitorState, service: Service): Origin {
  return { region: service.region, endpoint: old.endpoint ?? service.endpoint, accountId: old.accountId };
}
