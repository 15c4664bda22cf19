// Two coordinators and the agents of a cluster in mid-roll-out, all of them real, in virtual time: what a change of
// leaders costs. The checks of the simulation look at every step from the cluster's own record.

import { expect, onTestFinished, test } from 'vitest';
import { Checks } from '../../sim/simulate/checks/checks.ts';
import { findCold } from '../../sim/simulate/checks/warmth.ts';
import type { CoordinatorProcess } from '../../sim/simulate/coordinator-process.ts';
import { World } from '../../sim/simulate/world.ts';
import { VirtualClock } from '../../sim/virtual-clock.ts';

class Rollout {
  readonly clock = new VirtualClock();
  readonly world = new World({ clock: this.clock, seed: 7, nodes: 6, images: 5 });
  readonly #checks = new Checks(this.world);

  async begin(): Promise<void> {
    onTestFinished(() => this.world.stop());
    this.world.start();
    this.#checks.follow();
    await this.until(() => this.world.liveLeases() > 0, 60_000);
  }

  get leader(): CoordinatorProcess {
    const leader = this.world.coordinators.find((one) => one.isLeading);
    if (leader === undefined) throw new Error('nobody leads');
    return leader;
  }

  until(condition: () => boolean, deadlineMs: number): Promise<void> {
    return this.clock.runUntil(() => this.#step() || condition(), deadlineMs);
  }

  async pass(ms: number): Promise<void> {
    const untilMs = this.clock.now().monotonicMs + ms;
    await this.until(() => this.clock.now().monotonicMs >= untilMs, ms + 60_000);
  }

  /** Until everything is warm that can be, with every pair pulled once. */
  async finish(): Promise<void> {
    await this.until(() => findCold(this.world) === undefined, 30 * 60_000);
    expect(this.world.defects).toEqual([]);
    expect(this.world.cluster.record.duplicatePulls()).toBe(0);
  }

  #step(): boolean {
    this.#checks.step();
    expect(this.#checks.violation).toBeUndefined();
    return false;
  }
}

async function begin(): Promise<Rollout> {
  const rollout = new Rollout();
  await rollout.begin();
  return rollout;
}

test('a rolling restart of both coordinators in mid-roll-out costs no pull', async () => {
  const rollout = await begin();
  const { world } = rollout;
  for (const one of world.coordinators) {
    one.stop();
    await rollout.pass(3_000);
    one.start();
    await rollout.pass(25_000);
  }
  await rollout.finish();
});

test('a killed leader in mid-roll-out costs no pull', async () => {
  const rollout = await begin();
  const { leader } = rollout;
  leader.kill();
  await rollout.until(() => rollout.world.coordinators.some((one) => one.isLeading), 7_500);
  expect(rollout.leader).not.toBe(leader);
  await rollout.pass(20_000);
  leader.start();
  await rollout.finish();
});

test('a leader that was stopped for a minute offers nothing when it wakes', async () => {
  const rollout = await begin();
  const { leader, world } = rollout;
  let offers = 0;
  leader.life?.clock.pause();
  await rollout.pass(60_000);
  world.sessions.onOffer((_epoch, by) => {
    if (by === leader.name) offers += 1;
  });
  leader.life?.clock.resume();
  await rollout.pass(10_000);
  expect(offers).toBe(0);
  expect(leader.isLeading).toBe(false);
  await rollout.finish();
});

test('two leaders side by side: agents act for the newer one alone', async () => {
  const rollout = await begin();
  const { leader, world } = rollout;
  // It loses the API server and keeps its agents.
  leader.life?.link.cut();
  await rollout.until(() => world.coordinators.filter((one) => one.isLeading).length === 2, 7_500);
  await rollout.pass(30_000);
  leader.life?.link.restore();
  await rollout.pass(10_000);
  expect(leader.isLeading).toBe(false);
  await rollout.finish();
});

test('an API server that is away for two minutes costs no session', async () => {
  const rollout = await begin();
  const { leader, world } = rollout;
  for (const { life } of world.coordinators) life?.link.refuse();
  await rollout.pass(120_000);
  for (const { life } of world.coordinators) life?.link.restore();
  await rollout.pass(10_000);
  expect(rollout.leader).toBe(leader);
  await rollout.finish();
});
