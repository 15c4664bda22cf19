import { describe, expect, test } from 'vitest';
import { Core } from '../../coordinator/core/core.ts';
import type { Effect, Event } from '../../coordinator/core/events.ts';
import { Loop } from '../../coordinator/loop.ts';
import type { Instant } from '../../shared/clock.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';

const ticked: Event = { kind: 'ticked' };

/** A core that writes down what it is told and answers as it is scripted. */
class ScriptedCore extends Core {
  readonly told: { kind: string; atMs: number }[] = [];
  deadlineMs: number | undefined;
  answer: (event: Event) => readonly Effect[] = () => [];

  constructor(clock: VirtualClock) {
    super({ epoch: 1, firstEpoch: true, startedAt: clock.now(), random: () => 0 });
  }

  override apply(event: Event, now: Instant): readonly Effect[] {
    this.told.push({ kind: event.kind, atMs: now.monotonicMs });
    return this.answer(event);
  }

  override nextDeadlineMs(): number | undefined {
    return this.deadlineMs;
  }
}

function start() {
  const clock = new VirtualClock();
  const core = new ScriptedCore(clock);
  const executed: Effect[] = [];
  const faults: unknown[] = [];
  const hooks: { onEffect: (effect: Effect) => void } = { onEffect: () => undefined };
  const loop = new Loop({
    core,
    clock,
    execute: (effect) => {
      executed.push(effect);
      hooks.onEffect(effect);
    },
    onFault: (error) => faults.push(error),
  });
  return { clock, core, executed, faults, hooks, loop };
}

const lookUp: Effect = { kind: 'lookUpPod', leaseId: '1-1', podName: 'p' };
const remove: Effect = { kind: 'deletePod', podName: 'p', podUid: 'u' };

describe('Loop', () => {
  test('an event that an effect brings about waits until the other effects are carried out', () => {
    const { core, executed, hooks, loop } = start();
    core.answer = ({ kind }) => (kind === 'ticked' ? [lookUp, remove] : []);
    const order: string[] = [];
    hooks.onEffect = (effect) => {
      order.push(effect.kind);
      if (effect.kind === 'lookUpPod') loop.post({ kind: 'sessionEnded', sessionId: 's' });
      order.push(`told ${core.told.length}`);
    };
    loop.post(ticked);
    expect(order).toEqual(['lookUpPod', 'told 1', 'deletePod', 'told 1']);
    expect(core.told.map(({ kind }) => kind)).toEqual(['ticked', 'sessionEnded']);
    expect(executed).toEqual([lookUp, remove]);
  });

  test('the core is told when its deadline is there, and only the newest counts', async () => {
    const { clock, core, loop } = start();
    core.deadlineMs = 500;
    loop.post({ kind: 'nodesListed', nodes: [] });
    core.deadlineMs = 800;
    loop.post({ kind: 'nodesListed', nodes: [] });
    core.answer = () => {
      core.deadlineMs = undefined;
      return [];
    };
    await clock.advance(5_000);
    expect(core.told.at(-1)).toEqual({ kind: 'ticked', atMs: 800 });
    expect(core.told).toHaveLength(3);
  });

  test('a deadline that the core keeps naming does not stop everything else', async () => {
    const { clock, core, loop } = start();
    core.deadlineMs = 0;
    loop.post(ticked);
    await clock.advance(10);
    expect(core.told.length).toBeLessThanOrEqual(11);
  });

  test('a fault is told once, and nothing is done after it', async () => {
    const { clock, core, faults, loop } = start();
    core.deadlineMs = 100;
    core.answer = () => {
      throw new Error('broken');
    };
    loop.post(ticked);
    loop.post(ticked);
    await clock.advance(1_000);
    expect(faults).toEqual([new Error('broken')]);
    expect(core.told).toHaveLength(1);
  });

  test('after stop nothing goes in', async () => {
    const { clock, core, loop } = start();
    core.deadlineMs = 100;
    loop.post(ticked);
    loop.stop();
    loop.stop();
    loop.post(ticked);
    await clock.advance(1_000);
    expect(core.told).toHaveLength(1);
  });
});
