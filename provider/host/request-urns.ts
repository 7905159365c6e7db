import { createRequire } from "node:module";

/** As much as is used of the SDK's request messages. */
interface Request {
  getId(): string;
  getUrn(): string;
}

const REQUESTS = ["ReadRequest", "UpdateRequest", "DeleteRequest"] as const;

/**
 * The URNs by which the engine knows resources *now*. Each request holds the URN, but the SDK's plugin host does not pass it to
 * the hooks, and what the state holds is older than the last `pulumi stack rename` or `pulumi state move`: a line sent to such
 * a URN makes a row that stands for nothing. So the URN is noted when the host takes the id out of a request. A host that does
 * otherwise, and the read that loads this package, leave it unknown.
 */
export class RequestUrns {
  private readonly urns = new Map<string, string>();

  /** `host`: the file of the plugin host, because its messages are those of its own copy of the SDK. */
  static of(host: string | undefined): RequestUrns {
    const noted = new RequestUrns();
    try {
      const messages = createRequire(host ?? "")("../../proto/provider_pb.js");
      for (const name of REQUESTS) {
        noted.listenTo(messages[name].prototype);
      }
    } catch {
      // Not the SDK's plugin host: nothing is known then.
    }
    return noted;
  }

  /** Notes the URN of every request of this kind from now on. */
  listenTo(prototype: Request): void {
    const { getId } = prototype;
    const { urns } = this;
    prototype.getId = function (this: Request) {
      const id = getId.call(this);
      urns.set(id, this.getUrn());
      return id;
    };
  }

  /** The URN of the resource that the last request for this session was about. */
  urnOf(monitorId: string): string | undefined {
    return this.urns.get(monitorId) || undefined;
  }
}
