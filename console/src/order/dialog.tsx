import { Button, Modal, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { useSearchParams } from 'wouter';
import type { OrderResponse } from '../../../contract/responses.ts';
import type { OrderCommandType } from '../../../domain/order/commands.ts';
import { isTaken, LIFECYCLE, ORDER_STATES } from '../../../domain/order/lifecycle.ts';
import { words } from '../format.ts';
import { useMay } from '../session.ts';

/** Props of every action of the order page. */
export interface ActionProps {
  readonly order: OrderResponse;
  /** The API path of the order. */
  readonly path: string;
}

interface ButtonProps {
  readonly order: OrderResponse;
  readonly command: OrderCommandType;
  readonly label: string;
  readonly onClick: () => void;
  readonly danger?: boolean;
  /** Why the command is disabled although the state allows it. */
  readonly blocker?: string | undefined;
}

/** The button of a command, hidden where the role does not allow it. When it is disabled it can still be focused and says why. */
export function ActionButton({ order, command, label, onClick, danger = false, blocker }: ButtonProps) {
  const may = useMay();
  if (!may('orders/write')) return null;
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

/** @returns why a state does not allow a command. */
function whyNot(state: OrderResponse['state'], command: OrderCommandType): string {
  const states = ORDER_STATES.filter((each) => LIFECYCLE[each].includes(command)).map(words);
  const list = new Intl.ListFormat('en', { type: 'disjunction' }).format(states);
  return `The order is ${words(state)}; this is possible while it is ${list}.`;
}

interface DialogProps extends Omit<ButtonProps, 'onClick'> {
  /** Its name in the URL, so a link can open it. */
  readonly name: string;
  readonly title: string;
  children(close: () => void): ReactNode;
}

/** A command with a dialog. The URL holds the open one. */
export function ActionDialog({ name, title, children, ...button }: DialogProps) {
  const [given, setGiven] = useSearchParams();
  const may = useMay();
  const isOpen =
    may('orders/write') && given.get('do') === name && isTaken(button.order.state, button.command);
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
