import { Tracer } from '@aws-lambda-powertools/tracer';
import type { Outcome, Recorded, RecordedInvocation } from './recorded.ts';

/**
 * What writes traces down, and the one module of the layer that brings it (`lib/constructs/tracer-layer.ts`). Functions
 * load it when first they are asked for a trace.
 */
const tracer = new Tracer({
  // It would send the trace's id to shops and partners, and keep the addresses that are asked.
  captureHTTPsRequests: false,
});

/**
 * Annotates the trace of the running invocation, in addition to what Lambda records.
 */
export function record({ parts, ...whole }: RecordedInvocation): void {
  const invocation = tracer.getSegment();
  if (invocation === undefined) return;
  const segment = fill(invocation.addNewSubsegment(`## ${whole.name}`), whole);
  for (const part of parts) fill(segment.addNewSubsegment(part.name), part);
  segment.flush();
  invocation.removeSubsegment(segment);
}

type Subsegment = ReturnType<NonNullable<ReturnType<Tracer['getSegment']>>['addNewSubsegment']>;

/** All of it is over already, so that its times are those given and not those of a segment that is closed now. */
function fill(segment: Subsegment, { beganAt, endedAt, annotations, outcome }: Recorded): Subsegment {
  segment.start_time = beganAt / 1000;
  segment.addAttribute('end_time', endedAt / 1000);
  delete segment.in_progress;
  for (const [key, value] of Object.entries(annotations)) segment.addAnnotation(key, value);
  mark(segment, outcome);
  return segment;
}

function mark(segment: Subsegment, { status = 200, error }: Outcome): void {
  if (status === 429 || status === 503) segment.addThrottleFlag();
  if (error !== undefined || status >= 500) segment.addFaultFlag();
  else if (status >= 400) segment.addErrorFlag();
  // Its message may quote what somebody sent; the log has it, under the same correlation id.
  if (error !== undefined) segment.addMetadata('error', { name: error.name });
}
