import { Table, type TableProps } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props extends Omit<TableProps, 'data'> {
  /** The accessible name. */
  readonly label: string;
  /** The width in pixels below which it scrolls horizontally. */
  readonly minWidth: number;
  readonly children: ReactNode;
}

/** A table that scrolls horizontally on narrow pages, by touch, wheel and keyboard. */
export function WideTable({ label, minWidth, children, ...table }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard
    <section className="wide" aria-label={label} tabIndex={0}>
      <Table aria-label={label} miw={minWidth} verticalSpacing={6} {...table}>
        {children}
      </Table>
    </section>
  );
}
