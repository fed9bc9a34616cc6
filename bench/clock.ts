/**
 * Milliseconds of a clock that only goes forward. All processes of a machine share it, so that one may
 * note when it sent what another receives.
 */
export function clockMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
