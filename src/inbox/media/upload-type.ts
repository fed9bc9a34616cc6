import { typeOfName } from './file-name.ts';
import { fitsType, typeOfContent } from './magic-number.ts';
import { baseType, safeType, UNKNOWN_TYPE } from './mime-type.ts';

/** What an upload says of itself. */
export interface UploadClaim {
  /** Empty where it says nothing. */
  declaredType: string;
  filename: string | undefined;
}

/** What documents of an office are packed in; programs that look inside call them so. */
const PACKED: ReadonlySet<string> = new Set([
  'application/zip',
  'application/x-zip-compressed',
  'application/x-ole-storage',
]);

const OFFICE = /^application\/(?:msword|vnd\.(?:ms-|openxmlformats-))/;

/**
 * Returns the type that an upload is stored with: the declared one, else the one that its first bytes
 * or its name tell. Undefined where `head`, its first bytes, are not what the declared type begins with.
 */
export function uploadType(
  { declaredType, filename }: UploadClaim,
  head: Uint8Array,
): string | undefined {
  const declared = baseType(declaredType);
  const byName = typeOfName(filename ?? '');
  if (PACKED.has(declared) && OFFICE.test(byName ?? '')) return byName;
  if (declared !== UNKNOWN_TYPE)
    return fitsType(declared, head) ? safeType(declaredType) : undefined;
  const byContent = typeOfContent(head);
  if (byContent !== undefined) return byContent;
  return byName !== undefined && fitsType(byName, head) ? byName : UNKNOWN_TYPE;
}
