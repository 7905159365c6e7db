import { createRequire } from "node:module";

interface Request {
  getId(): string;
  getUrn(): string;
}

const REQUESTS = ["ReadRequest", "UpdateRequest", "DeleteRequest"] as const;

/**
 * The resources' URNs in this run. Each request holds one, but the SDK's plugin host does not pass it to the hooks, and the URN in
 * the state is older than the last `pulumi stack rename` or `pulumi state move`. So the URN is recorded when the host reads the id
 * of a request. It stays unknown for another host, and for the read that loads this package.
 */
export class RequestUrns {
  private readonly urns = new Map<string, string>();

  /** `host`: the file of the plugin host. It uses the messages of its own copy of the SDK. */
  static of(host: string | undefined): RequestUrns {
    const recorded = new RequestUrns();
    try {
      const messages = createRequire(host ?? "")("../../proto/provider_pb.js");
      for (const name of REQUESTS) {
        recorded.listenTo(messages[name].prototype);
      }
    } catch {
      // Not the SDK's plugin host.
    }
    return recorded;
  }

  /** Records the URN of every request of this kind from now on. */
  listenTo(prototype: Request): void {
    const { getId } = prototype;
    const { urns } = this;
    prototype.getId = function (this: Request) {
      const id = getId.call(this);
      urns.set(id, this.getUrn());
      return id;
    };
  }

  /** The URN in the last request for this session. */
  urnOf(monitorId: string): string | undefined {
    return this.urns.get(monitorId) || undefined;
  }
}
