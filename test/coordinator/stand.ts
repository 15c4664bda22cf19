// What the tests of the coordinator's shell have in common: an agent's end of a stream over real gRPC, a log to look
// into, and waiting for a condition.

import { type ClientDuplexStream, Metadata } from '@grpc/grpc-js';
import { openSystemClock } from '../../shared/clock.ts';
import { type DialTls, openSessionClient } from '../../shared/dial.ts';
import type { AgentMessageInput } from '../../shared/gen/forehold/v1/AgentMessage.ts';
import type { CoordinatorMessage as WireMessage } from '../../shared/gen/forehold/v1/CoordinatorMessage.ts';
import { type Log, openLog } from '../../shared/log.ts';
import type { AgentMessage, CoordinatorMessage, Hello, Welcome } from '../../shared/protocol.ts';
import { messages, StatusError, toStatusError } from '../../shared/rpc.ts';
import { fromCoordinatorMessage, toAgentMessage } from '../../shared/wire.ts';

export const clock = openSystemClock();

export function helloOf(nodeName: string, nodeUid: string): Hello {
  return {
    kind: 'hello',
    protocolVersion: 1,
    nodeName,
    nodeUid,
    agentInstance: 'instance',
    platform: { os: 'linux', architecture: 'amd64' },
    kubeletVersion: 'v1.36.3',
    containerRuntimeVersion: 'containerd://2.4.2',
    inventoryHash: '',
    unseenPulls: [],
    failedPulls: [],
    newestEpoch: 0,
  };
}

export interface TlsPort {
  readonly port: number;
  readonly tls: DialTls;
}

/** The agent's end of one stream, which does what it is told and nothing else. */
export class FakeAgent {
  readonly call: ClientDuplexStream<AgentMessageInput, WireMessage>;
  readonly received: CoordinatorMessage[] = [];
  /** Resolves with what ended the stream. */
  readonly ended: Promise<StatusError>;
  readonly #close: () => void;

  /**
   * @param authorization one value of the metadata for each
   */
  constructor(to: number | TlsPort, ...authorization: readonly string[]) {
    const { port, tls } = typeof to === 'number' ? { port: to, tls: undefined } : to;
    const client = openSessionClient(`127.0.0.1:${port}`, tls);
    const metadata = new Metadata();
    for (const value of authorization) metadata.add('authorization', value);
    this.call = client.Session(metadata);
    this.call.on('error', () => undefined);
    this.#close = () => client.close();
    this.ended = this.#read();
  }

  get welcome(): Welcome | undefined {
    return this.received.find((message) => message.kind === 'welcome');
  }

  send(message: AgentMessage, sessionId = this.welcome?.sessionId ?? ''): void {
    this.call.write(toAgentMessage(message.kind === 'hello' ? '' : sessionId, message));
  }

  /** Says Hello and waits for Welcome. */
  async open(hello: Hello): Promise<Welcome> {
    this.send(hello);
    return waitUntil(() => this.welcome);
  }

  close(): void {
    this.call.cancel();
    this.#close();
  }

  async #read(): Promise<StatusError> {
    try {
      for await (const wire of messages(this.call, new AbortController().signal)) {
        const { message } = fromCoordinatorMessage(wire);
        if (message !== undefined) this.received.push(message);
      }
      return new StatusError('OK', '');
    } catch (error) {
      return toStatusError(error);
    }
  }
}

/** Asks every few milliseconds until the answer is neither undefined nor false. */
export async function waitUntil<T>(
  ask: () => T | undefined | false,
  deadlineMs = 5_000,
): Promise<T> {
  const untilMs = performance.now() + deadlineMs;
  for (;;) {
    const answer = ask();
    if (answer !== undefined && answer !== false) return answer;
    if (performance.now() > untilMs) throw new Error(`cannot wait any longer for ${ask}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A log and the lines written to it. */
export function openTestLog(): { log: Log; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line));
  return { log: openLog('test', 'debug', { write }), lines };
}
