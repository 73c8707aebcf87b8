/** Collects bytes, however small the pieces, in one memory that doubles as it fills. */
export function createAccumulator() {
  let memory = Buffer.alloc(0);
  let length = 0;
  return {
    length: (): number => length,

    /** Copies the bytes. */
    add(bytes: Buffer): void {
      const needed = length + bytes.length;
      if (memory.length < needed) {
        const larger = Buffer.allocUnsafe(Math.max(needed, 2 * memory.length));
        memory.copy(larger, 0, 0, length);
        memory = larger;
      }
      bytes.copy(memory, length);
      length = needed;
    },

    /** All of them; good until more are added. */
    bytes: (): Buffer => memory.subarray(0, length),
  };
}
