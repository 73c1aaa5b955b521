import { Button, Modal, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { OrderResponse } from '../../../contract/responses.ts';
import type { OrderCommandType } from '../../../domain/order/commands.ts';
import { isTaken, LIFECYCLE, ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import { words } from '../format.ts';

/** What every action of the order page is given. */
export interface ActionProps {
  readonly order: OrderResponse;
  /** The order's address in the API. */
  readonly path: string;
}

interface ButtonProps {
  readonly order: OrderResponse;
  readonly command: OrderCommandType;
  readonly label: string;
  readonly onClick: () => void;
  readonly danger?: boolean;
  /** Why it cannot be done although the state takes it. */
  readonly blocker?: string | undefined;
}

/** A button for a command; where the order does not take it, it can still be reached and says why. */
export function ActionButton({ order, command, label, onClick, danger = false, blocker }: ButtonProps) {
  const why = isTaken(order.state, command) ? blocker : whyNot(order.state, command);
  return (
    <Tooltip label={why} disabled={why === undefined} events={{ hover: true, focus: true, touch: true }}>
      <Button
        size="xs"
        variant={danger ? 'outline' : 'default'}
        {...(danger && { color: 'red' })}
        {...(why !== undefined && { 'data-disabled': true, 'aria-disabled': true })}
        onClick={(event) => {
          if (why === undefined) onClick();
          else event.preventDefault();
        }}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

/** Which states a command needs, for the order that is in another. */
function whyNot(state: OrderResponse['state'], command: OrderCommandType): string {
  const takers = ORDER_STATES.filter((each) => LIFECYCLE[each].includes(command)).map(words);
  const list = new Intl.ListFormat('en', { type: 'disjunction' }).format(takers);
  return `The order is ${words(state)}; this needs it to be ${list}.`;
}

interface DialogProps extends Omit<ButtonProps, 'onClick'> {
  /** By which the address names it, so that a link can open it. */
  readonly name: string;
  readonly title: string;
  children(close: () => void): ReactNode;
}

/** An action that asks before it acts. The address says which one is open. */
export function ActionDialog({ name, title, children, ...button }: DialogProps) {
  const [given, setGiven] = useSearchParams();
  const isOpen = given.get('do') === name && isTaken(button.order.state, button.command);
  const set = (value: string | null) =>
    setGiven(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === null) next.delete('do');
        else next.set('do', value);
        return next;
      },
      { replace: true },
    );
  const close = () => set(null);
  return (
    <>
      <ActionButton {...button} onClick={() => set(name)} />
      <Modal
        opened={isOpen}
        onClose={close}
        title={title}
        closeButtonProps={{ 'aria-label': 'Close' }}
        size="lg"
      >
        {children(close)}
      </Modal>
    </>
  );
}
