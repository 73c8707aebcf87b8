export interface Base64Decoder {
  write(encoded: Buffer): Buffer;
  /** Throws where what was written is not a whole number of groups. */
  end(): void;
}

/** Decodes base64 (RFC 4648 4) that comes in pieces of any length. Throws an error for what is none. */
export function createBase64Decoder(): Base64Decoder {
  let carried = '';
  let padded = false;
  return {
    write(encoded) {
      let text = carried + encoded.toString('latin1');
      if (/\s/.test(text)) text = text.replace(/\s+/g, '');
      const whole = text.length - (text.length % 4);
      carried = text.slice(whole);
      if (whole === 0) return Buffer.alloc(0);
      const groups = whole === text.length ? text : text.slice(0, whole);
      const padding = groups.endsWith('==') ? 2 : groups.endsWith('=') ? 1 : 0;
      const bytes = Buffer.from(groups, 'base64');
      // Node passes over what is not base64, and ends at padding
      if (padded || bytes.length !== (whole / 4) * 3 - padding) throw new Error('this is not base64');
      padded = padding > 0;
      return bytes;
    },
    end() {
      if (carried !== '') throw new Error('this is not base64');
    },
  };
}
