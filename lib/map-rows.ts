/** @returns what is made of each row of a table, under the name of the row. */
export function mapRows<Name extends string, Row, Made>(
  rows: Readonly<Record<Name, Row>>,
  make: (name: Name, row: Row) => Made,
): Record<Name, Made> {
  const made = {} as Record<Name, Made>;
  for (const name in rows) made[name] = make(name, rows[name]);
  return made;
}
