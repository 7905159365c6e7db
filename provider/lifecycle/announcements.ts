import { type Clock, untilAborted } from "../base/clock";
import { redact } from "../base/redact";
import type { EngineClient } from "./progress";

/** Names that come within this time share one line: a line for each would cost more than the rest of a create. */
const GATHER_MS = 20;

interface Announced {
  name: string;
  urn: string | undefined;
  signal: AbortSignal;
}

/**
 * Shows the name of each session before Create is sent: if this process is killed just then, nothing else names the session
 * that it may have created.
 */
export class Announcements {
  private gathered: { name: string; urn: string | undefined }[] = [];
  private told: Promise<void> | undefined;
  private inTheMaking = 0;
  private standsOnStack = false;

  constructor(
    private readonly engine: EngineClient,
    private readonly clock: Clock,
  ) {}

  /** Creates a session once the engine has its name, or refuses it. */
  async around<T>({ name, urn, signal }: Announced, make: () => Promise<T>): Promise<T> {
    this.inTheMaking += 1;
    try {
      await untilAborted(this.tell(name, urn), signal);
      return await make();
    } finally {
      this.inTheMaking -= 1;
      if (this.inTheMaking === 0 && this.standsOnStack) {
        this.standsOnStack = false;
        void this.show(undefined, "");
      }
    }
  }

  private tell(name: string, urn: string | undefined): Promise<void> {
    this.gathered.push({ name: redact(name), urn });
    this.told ??= this.tellGathered();
    return this.told;
  }

  /** One name stands on its resource's row, several on the stack's. */
  private async tellGathered(): Promise<void> {
    await this.clock.sleep(GATHER_MS);
    const names = this.gathered.map(({ name }) => name);
    const [first] = this.gathered;
    this.gathered = [];
    this.told = undefined;
    if (names.length === 1) {
      await this.show(first?.urn, `session ${names[0]}`);
    } else {
      this.standsOnStack = true;
      await this.show(undefined, `sessions ${names.join(", ")}`);
    }
  }

  private show(urn: string | undefined, text: string): Promise<void> {
    return this.engine.log({ urn, text, severity: "info", ephemeral: true });
  }
}
