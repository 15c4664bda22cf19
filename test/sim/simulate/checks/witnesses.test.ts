import { beforeEach, describe, expect, test } from 'vitest';
import type { Pod } from '../../../../shared/kube-types.ts';
import { Witnesses } from '../../../../sim/simulate/checks/witnesses.ts';

const agent = { life: 1 };
const restarted = { life: 2 };
const pod: Pod = {
  metadata: { name: 'p', uid: 'u' },
  spec: { nodeName: 'n', containers: [] },
  status: { phase: 'Pending' },
};

let running: object | undefined;
let isBlind: boolean;
let witnesses: Witnesses;

beforeEach(() => {
  running = agent;
  isBlind = false;
  witnesses = new Witnesses({
    runningAgent: () => running,
    seeingAgent: () => (isBlind ? undefined : running),
  });
  witnesses.epochWritten(1);
});

function tell(type: 'ADDED' | 'MODIFIED' | 'DELETED', phase = 'Pending'): void {
  witnesses.podEvent({ type, object: { ...pod, status: { phase } } });
}

describe('Witnesses', () => {
  test('the agent that saw the pod knows, whoever reigns', () => {
    tell('ADDED');
    tell('DELETED');
    witnesses.epochWritten(2);
    expect(witnesses.isForgotten('p')).toBe(false);
  });

  test('the coordinator that reigned knows, whatever becomes of the agent', () => {
    tell('ADDED');
    tell('DELETED');
    running = restarted;
    expect(witnesses.isForgotten('p')).toBe(false);
    witnesses.epochWritten(2);
    expect(witnesses.isForgotten('p')).toBe(true);
  });

  test('an agent that restarted in an outage and never saw the pod does not know', () => {
    tell('ADDED');
    running = restarted;
    isBlind = true;
    witnesses.sample(60_000);
    tell('DELETED');
    witnesses.epochWritten(2);
    expect(witnesses.isForgotten('p')).toBe(true);
  });

  test('an agent that restarted and had the time to look knows', () => {
    tell('ADDED');
    running = restarted;
    witnesses.sample(60_000);
    tell('DELETED');
    witnesses.epochWritten(2);
    expect(witnesses.isForgotten('p')).toBe(false);
  });

  test('nobody knows of a pull that its kubelet said had failed, and tries again', () => {
    tell('ADDED');
    const waiting = { reason: 'ImagePullBackOff' };
    const containerStatuses = [{ name: 'pull', state: { waiting } }];
    const failing = { ...pod, status: { phase: 'Pending', containerStatuses } };
    witnesses.podEvent({ type: 'MODIFIED', object: failing });
    expect(witnesses.isForgotten('p')).toBe(false);
    witnesses.podEvent({ type: 'DELETED', object: failing });
    expect(witnesses.isForgotten('p')).toBe(true);
  });

  test('a pod that is there, or has ended, is not forgotten', () => {
    tell('ADDED');
    running = undefined;
    witnesses.epochWritten(2);
    expect(witnesses.isForgotten('p')).toBe(false);
    tell('MODIFIED', 'Succeeded');
    tell('DELETED', 'Succeeded');
    expect(witnesses.isForgotten('p')).toBe(false);
  });
});
