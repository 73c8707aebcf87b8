/**
 * Joins what was left of one piece to the next, in memory that is used again for each: the result is good until
 * the next call. New memory for every piece of a large source would pile up faster than it is collected.
 */
export function createJoint(): (rest: Buffer, next: Buffer) => Buffer {
  let memory = Buffer.alloc(0);
  return (rest, next) => {
    if (rest.length === 0) return next;
    const length = rest.length + next.length;
    if (memory.length < length) memory = Buffer.allocUnsafe(length);
    rest.copy(memory);
    next.copy(memory, rest.length);
    return memory.subarray(0, length);
  };
}

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
