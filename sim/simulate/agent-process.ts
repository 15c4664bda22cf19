// An agent as a process of a simulated run.

import { Agent } from '../../agent/agent.ts';
import { openLog } from '../../shared/log.ts';
import { coordinatorHosts, sessionsService } from './addresses.ts';
import { Process, type ProcessGround } from './process.ts';
import type { SessionNetwork } from './session-network.ts';

export interface AgentProcessOptions {
  readonly name: string;
  readonly node: string;
  readonly pullNamespace: string;
  readonly ground: ProcessGround;
  readonly sessions: SessionNetwork;
}

const log = openLog('agent', 'silent');

export class AgentProcess extends Process {
  readonly node: string;
  readonly #sessions: SessionNetwork;

  constructor({ name, node, pullNamespace, ground, sessions }: AgentProcessOptions) {
    super({
      name,
      userAgent: 'forehold-agent',
      ground,
      run: ({ clock, kube, random, signal }) =>
        new Agent({
          nodeName: node,
          namespace: pullNamespace,
          coordinator: sessionsService,
          kube,
          clock,
          random,
          log,
          resolve: () => Promise.resolve(coordinatorHosts),
          openStream: sessions.dialler(name, clock),
        }).run(signal),
    });
    this.node = node;
    this.#sessions = sessions;
  }

  override kill(how: 'reset' | 'silently' = 'reset'): void {
    const clock = this.life?.clock;
    super.kill();
    if (clock !== undefined) this.#sessions.drop(clock, how);
  }
}
