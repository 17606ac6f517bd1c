const SPECIAL = /["\\]/;
const EACH_SPECIAL = /["\\]/g;

// Arrays as Postgres reads them. The driver's own conversion looks at each value's type and searches it twice for what is
// to be escaped, and a journalled hold has thirteen values.

export function numberArray(values: readonly number[]): string {
  return `{${values.join(',')}}`;
}

export function textArray(values: readonly (string | null)[]): string {
  return `{${values.map(quoted).join(',')}}`;
}

function quoted(value: string | null): string {
  if (value === null) return 'NULL';
  return SPECIAL.test(value) ? `"${value.replace(EACH_SPECIAL, '\\$&')}"` : `"${value}"`;
}
