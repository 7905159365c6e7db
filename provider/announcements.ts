import type { Clock } from "./clock";
import type { EngineLink } from "./engine-link";
import { redact } from "./redact";

/** Names that come together are told together: a line for each would cost more than the rest of a create does here. */
const GATHER_MS = 20;

/**
 * The names of sessions that are about to be made. The engine has each before anything is sent to the cloud: where this
 * process is killed just then, nothing else will ever have named what it may have made.
 */
export class Announcements {
  private gathered: { name: string; urn: string | undefined }[] = [];
  private told: Promise<void> | undefined;

  constructor(
    private readonly engine: EngineLink,
    private readonly clock: Clock,
  ) {}

  /** Returns when the engine has the name, or will not take it. */
  tell(name: string, urn: string | undefined): Promise<void> {
    this.gathered.push({ name: redact(name), urn });
    this.told ??= this.tellGathered();
    return this.told;
  }

  /** On the resource's own row, or, where it is one of several, on the stack's: its own will name it from the first second on. */
  private async tellGathered(): Promise<void> {
    await this.clock.sleep(GATHER_MS);
    const names = this.gathered.map(({ name }) => name);
    const urn = names.length === 1 ? this.gathered[0]?.urn : undefined;
    this.gathered = [];
    this.told = undefined;
    const text = `session${names.length === 1 ? "" : "s"} ${names.join(", ")}`;
    await this.engine.log({ urn, text, severity: "info", ephemeral: true });
  }
}
