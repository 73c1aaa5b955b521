import { Table, type TableProps } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props extends Omit<TableProps, 'data'> {
  /** What the table lists. */
  readonly label: string;
  /** The width in pixels below which it scrolls to the side. */
  readonly minWidth: number;
  readonly children: ReactNode;
}

/** A table that scrolls by itself where the page is too narrow for it, by finger, wheel and keyboard. */
export function WideTable({ label, minWidth, children, ...table }: Props) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="wide" aria-label={label} tabIndex={0}>
      <Table aria-label={label} miw={minWidth} verticalSpacing={6} {...table}>
        {children}
      </Table>
    </section>
  );
}
