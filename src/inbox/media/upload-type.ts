import { typeOfName } from './file-name.ts';
import { fitsType, typeOfContent } from './magic-number.ts';
import { baseType, safeType, UNKNOWN_TYPE } from './mime-type.ts';

/** What an upload says of itself. */
export interface UploadClaim {
  /** Empty where it says nothing. */
  declaredType: string;
  filename: string | undefined;
}

/**
 * Returns the type that an upload is stored with: the declared one, else the one that its first bytes
 * or its name tell. Undefined where `head`, its first bytes, are not what the declared type begins with.
 */
export function uploadType(
  { declaredType, filename }: UploadClaim,
  head: Uint8Array,
): string | undefined {
  const declared = baseType(declaredType);
  if (declared !== UNKNOWN_TYPE)
    return fitsType(declared, head) ? safeType(declaredType) : undefined;
  const byContent = typeOfContent(head);
  if (byContent !== undefined) return byContent;
  const byName = typeOfName(filename ?? '');
  return byName !== undefined && fitsType(byName, head) ? byName : UNKNOWN_TYPE;
}
