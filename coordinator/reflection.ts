// Server reflection, for grpcurl. What it tells is public, so anybody may ask; the package answers as fast as it is asked,
// whether its answers are read or not, a hundred bytes of memory for each byte of a question. Here the next question is
// taken when the answer before is on its way, and a reader that does not read is ended.

import { EventEmitter } from 'node:events';
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ReflectionService } from '@grpc/reflection';
import { type Clock, openSystemClock } from '../shared/clock.ts';
import { endCall, guardRequests, messages, send, toStatusError } from '../shared/rpc.ts';

type ReflectionCall = ServerDuplexStream<unknown, object>;

// The longest symbol is below a hundred bytes.
const maxQuestionBytes = 4 * 1024;
const readDeadlineMs = 10_000;
const method = 'ServerReflectionInfo';

/** @param clock real time unless given */
export function addReflection(
  server: Server,
  definition: PackageDefinition,
  clock: Clock = openSystemClock(),
): void {
  new ReflectionService(definition).addToServer({
    addService: (service, implementation) => {
      const handler = implementation[method];
      server.addService(guardRequests(service, maxQuestionBytes), {
        [method]: (call: ReflectionCall) => void answer(call, openOracle(handler), clock),
      });
    },
  });
}

/** What the package would write to a stream on which this question comes. */
type Oracle = (question: unknown) => object | undefined;

function openOracle(handler: unknown): Oracle {
  const answers: object[] = [];
  const stream = Object.assign(new EventEmitter(), {
    write: (given: object) => void answers.push(given),
    end: () => undefined,
  });
  if (handler instanceof Function) Reflect.apply(handler, undefined, [stream]);
  return (question) => {
    stream.emit('data', question);
    return answers.shift();
  };
}

async function answer(call: ReflectionCall, oracle: Oracle, clock: Clock): Promise<void> {
  // A call that ends otherwise ends both loops.
  const { signal } = new AbortController();
  try {
    for await (const question of messages(call, signal)) {
      const given = oracle(question);
      if (given !== undefined)
        await send(call, given, { signal, clock, deadlineMs: readDeadlineMs });
    }
    endCall(call, undefined, clock);
  } catch (error) {
    endCall(call, toStatusError(error), clock);
  }
}
