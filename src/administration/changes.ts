import { z } from 'zod';

/**
 * The schema of a change to what `fields` describes: every field may be left out, and what is left out stays,
 * so defaults do not apply.
 */
export function changesOf<Shape extends z.ZodRawShape>(
  fields: z.ZodObject<Shape>,
): z.ZodType<Partial<z.infer<z.ZodObject<Shape>>>> {
  const shape = Object.fromEntries(
    Object.entries(fields.shape).map(([name, schema]) => [
      name,
      (schema instanceof z.ZodDefault
        ? (schema.unwrap() as z.ZodType)
        : (schema as unknown as z.ZodType)
      ).optional(),
    ]),
  );
  return z.strictObject(shape) as unknown as z.ZodType<Partial<z.infer<z.ZodObject<Shape>>>>;
}
