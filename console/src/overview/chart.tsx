import { Paper, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Nothing } from '../components/states.tsx';

interface Props {
  readonly question: string;
  /** The answer in a sentence, also for people who do not see the chart. */
  readonly answer: string;
  readonly isEmpty: boolean;
  readonly children: ReactNode;
}

/** A chart with its question and the answer in words. */
export function Chart({ question, answer, isEmpty, children }: Props) {
  return (
    <Paper withBorder p="sm" component="section" aria-label={question}>
      <Text fw={600} component="h2" m={0} size="md">
        {question}
      </Text>
      <Text size="sm" c="dimmed" mb="xs">
        {answer}
      </Text>
      {isEmpty ? <Nothing>No data in this period.</Nothing> : children}
    </Paper>
  );
}
