import type { KeyboardEvent } from 'react';

/** Moves the focus from card to card: up and down a column, left and right between columns. */
export function followArrows(event: KeyboardEvent<HTMLElement>): void {
  const from = (event.target as HTMLElement).closest<HTMLElement>('[data-card]');
  if (from === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const column = from.closest<HTMLElement>('.column');
  const place = Number(from.dataset.card);
  const next =
    event.key === 'ArrowDown'
      ? cardAt(column, place + 1)
      : event.key === 'ArrowUp'
        ? cardAt(column, place - 1)
        : event.key === 'ArrowRight'
          ? beside(column, place, 'nextElementSibling')
          : event.key === 'ArrowLeft'
            ? beside(column, place, 'previousElementSibling')
            : null;
  if (next === null) return;
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
}

function cardAt(column: Element | null, place: number): HTMLElement | null {
  return column?.querySelector<HTMLElement>(`[data-card="${place}"]`) ?? null;
}

/** The card at the same position of the nearest column with cards, or its last rendered one. */
function beside(
  column: Element | null,
  place: number,
  direction: 'nextElementSibling' | 'previousElementSibling',
): HTMLElement | null {
  for (let other = column?.[direction] ?? null; other !== null; other = other[direction]) {
    const cards = [...other.querySelectorAll<HTMLElement>('[data-card]')];
    if (cards.length > 0) return cardAt(other, place) ?? (cards.at(-1) as HTMLElement);
  }
  return null;
}
