import { type FileHandle, mkdir, open, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * A file that is replaced in one stroke: a reader sees the old content or the new one, also after a failure. There is one writer
 * at a time. An existing file keeps its mode and its owner; a new one is readable by its owner only.
 */
export class AtomicFile {
  private ready: Promise<{ mode: number; uid?: number; gid?: number }> | undefined;

  constructor(readonly path: string) {}

  async write(pieces: Buffer[]): Promise<void> {
    // Always the same name: what a process that died has left there is written over.
    const temporary = `${this.path}.tmp`;
    try {
      this.ready ??= this.prepare();
      const { mode, uid, gid } = await this.ready;
      const file = await open(temporary, "w", mode);
      try {
        await writeAll(file, pieces);
        await file.chmod(mode);
        if (uid !== undefined && gid !== undefined && uid !== process.getuid?.()) {
          // Only root may give a file away; nobody else needs to.
          await file.chown(uid, gid).catch(() => {});
        }
      } finally {
        await file.close();
      }
      await rename(temporary, this.path);
    } catch (error) {
      // The folder may be gone, or come back, before the next attempt.
      this.ready = undefined;
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
  }

  private async prepare(): Promise<{ mode: number; uid?: number; gid?: number }> {
    await mkdir(dirname(this.path), { recursive: true });
    const found = await stat(this.path).catch(() => undefined);
    return found === undefined ? { mode: 0o600 } : { mode: found.mode & 0o777, uid: found.uid, gid: found.gid };
  }
}

/** Without putting the pieces together first, which copies the whole state of a large stack once more. */
async function writeAll(file: FileHandle, pieces: Buffer[]): Promise<void> {
  for (let rest = pieces; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest);
    if (bytesWritten === 0) {
      throw new Error("nothing more can be written");
    }
    rest = after(bytesWritten, rest);
  }
}

/** What is left of pieces when so many bytes have been written. */
function after(bytes: number, pieces: Buffer[]): Buffer[] {
  let left = bytes;
  return pieces.flatMap((piece) => {
    const written = Math.min(left, piece.length);
    left -= written;
    return written === piece.length ? [] : [piece.subarray(written)];
  });
}
