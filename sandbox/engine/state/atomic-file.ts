import { chmod, chown, mkdir, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Replaces a file in one step: a reader sees the old content or the new one, also after a crash. There must be one writer at a
 * time. An existing file keeps its mode and owner; a new file is readable only by its owner.
 *
 * Not `write-file-atomic`: it picks a new temporary name for each process, so that every killed process leaves a file behind,
 * and its current version needs Node 22.
 */
export async function writeAtomically(path: string, content: string): Promise<void> {
  // Always the same name, so that the leftover of a killed process is overwritten.
  const temporary = `${path}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const found = await stat(path).catch(() => undefined);
    const mode = found === undefined ? 0o600 : found.mode & 0o777;
    await writeFile(temporary, content, { mode });
    await chmod(temporary, mode);
    if (found !== undefined && found.uid !== process.getuid?.()) {
      // Only root can change the owner. Others already own the file, or may only write to it.
      await chown(temporary, found.uid, found.gid).catch(() => {});
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
}
