/** Three significant digits and thousands set apart: more would claim what the machine's noise does not give. */
export function figure(value: number): string {
  if (Number.isNaN(value)) return '–';
  const rounded = value === 0 ? 0 : Number(value.toPrecision(3));
  return Math.abs(rounded) >= 1_000 ? rounded.toLocaleString('en-GB') : String(rounded);
}
