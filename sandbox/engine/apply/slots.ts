/** Limits how many tasks run at the same time; those that wait start in the order in which they came. */
export class Slots {
  private readonly waiting: (() => void)[] = [];
  private readonly idlers: (() => void)[] = [];
  private free: number;

  constructor(private readonly size: number) {
    this.free = size;
  }

  /** Waits until all slots are free. */
  idle(): Promise<void> {
    return this.free === this.size ? Promise.resolve() : new Promise((resolve) => this.idlers.push(resolve));
  }

  /** Waits for a slot, and returns the function that releases it. */
  async take(): Promise<() => void> {
    if (this.free > 0) {
      this.free -= 1;
    } else {
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    return () => {
      const next = this.waiting.shift();
      if (next !== undefined) {
        next();
        return;
      }
      this.free += 1;
      if (this.free === this.size) {
        for (const idler of this.idlers.splice(0)) {
          idler();
        }
      }
    };
  }
}

/** Runs one task after the other, in the order in which they came. */
export class Queue {
  private last: Promise<unknown> = Promise.resolve();

  run<T>(body: () => Promise<T>): Promise<T> {
    const result = this.last.then(body, body);
    this.last = result.catch(() => {});
    return result;
  }
}
