// The agent's part in the invariants (ARCHITECTURE.md), under any order of events: I2 (one pod per offer), I3 (no expired and
// no foreign offer), I7 (a terminal pod stays until its outcome is recorded).

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action, Event, OwnPod } from '../../../agent/core/events.ts';
import type { InventoryEntry, Offer } from '../../../shared/protocol.ts';
import {
  failing,
  makeNode,
  makeOffer,
  makePod,
  makeWelcome,
  pulled,
  pulling,
  World,
} from './world.ts';

interface Step {
  readonly waitMs: number;
  readonly event: Event;
}

// One in eight.
const rarely = fc.integer({ min: 0, max: 7 }).map((drawn) => drawn === 0);
const number = fc.integer({ min: 1, max: 4 });
const epoch = fc.integer({ min: 1, max: 3 });
const readings = fc.constantFrom(pulling, pulled, failing, { ...pulled, terminal: false });

const offers = fc
  .record({ number, epoch, heartbeatSequence: fc.integer({ min: 1, max: 5 }) })
  .map(({ number: which, ...part }) => makeOffer(which, part));

const pods = fc
  .record({ number, reading: readings, deleting: rarely })
  .map(({ number: which, ...part }) => makePod(makeOffer(which), part));

const acks = number.map((which) => {
  const { lease, uid: podUid } = makePod(makeOffer(which));
  return { kind: 'outcomeAck', leaseId: lease?.leaseId ?? '', podUid } as const;
});

const revokes = number.map((which) => {
  const { lease, uid: podUid } = makePod(makeOffer(which));
  const leaseId = lease?.leaseId ?? '';
  return { kind: 'revoke', leaseId, podUid, reason: 'NoLongerDesired' } as const;
});

const messages = fc.oneof(
  { weight: 4, arbitrary: offers },
  { weight: 4, arbitrary: acks },
  revokes,
  fc.constantFrom({ kind: 'drain' } as const, { kind: 'resync' } as const),
);

const createAnswers = pods.chain((pod) =>
  fc.constantFrom(
    { kind: 'created', pod } as const,
    { kind: 'exists' } as const,
    { kind: 'refused', message: 'no' } as const,
    { kind: 'failed', message: 'no answer' } as const,
  ),
);

const lookUpAnswers = pods.chain((pod) =>
  fc.constantFrom(
    { kind: 'found', pod } as const,
    { kind: 'missing' } as const,
    { kind: 'failed', message: 'no answer' } as const,
  ),
);

const leaseId = number.map((which) => `1-${which}`);

const events: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 8,
    arbitrary: messages.map((message) => ({ kind: 'messageReceived', message }) as const),
  },
  { weight: 6, arbitrary: pods.map((pod) => ({ kind: 'podSeen', pod }) as const) },
  pods.map((pod) => ({ kind: 'podGone', pod }) as const),
  fc
    .array(pods, { maxLength: 3 })
    .map((list) => ({ kind: 'podsListed', pods: list, askedAtMs: 0 }) as const),
  fc.record({ kind: fc.constant('createAnswered' as const), leaseId, answer: createAnswers }),
  fc.record({ kind: fc.constant('lookUpAnswered' as const), leaseId, answer: lookUpAnswers }),
  fc.constant({ kind: 'nodeSeen', node: makeNode() } as const),
  fc.constant({ kind: 'sessionEnded' } as const),
  epoch.map((which) => ({
    kind: 'sessionOpened' as const,
    welcome: makeWelcome({ sessionId: `s${which}`, epoch: which }),
  })),
  fc.constant({ kind: 'ticked' } as const),
);

const waits = fc.oneof(fc.integer({ min: 0, max: 2_000 }), fc.integer({ min: 0, max: 40_000 }));
const steps = fc.record({ waitMs: waits, event: events });
const runs = fc.array(steps, { minLength: 10, maxLength: 60 });

interface Watcher {
  before?(event: Event, world: World): void;
  after(event: Event, actions: readonly Action[], world: World): unknown;
}

function play(steps: readonly Step[], watcher: Watcher): World {
  const world = new World();
  world.connect();
  for (const { waitMs, event } of steps) {
    watcher.after({ kind: 'ticked' }, world.pass(waitMs), world);
    watcher.before?.(event, world);
    watcher.after(event, world.take(event), world);
  }
  return world;
}

/** Which offers a pod may be created for, by the rules and not by the agent's reckoning. */
class LivingOffers implements Watcher {
  readonly #deadlinesMs = new Map<Offer, number>();
  readonly #leaseIds = new Set<string>();
  #sentAtMs = new Map([[1, 1_000]]);
  #newestEpoch = 1;
  created = 0;

  before(event: Event, world: World): void {
    if (event.kind === 'sessionOpened') {
      this.#sentAtMs = new Map();
      this.#newestEpoch = Math.max(this.#newestEpoch, event.welcome.epoch);
    }
    if (event.kind === 'messageReceived' && event.message.kind === 'offer')
      this.#take(event.message, world);
  }

  after(_event: Event, actions: readonly Action[], world: World): void {
    for (const action of actions) {
      if (action.kind === 'send' && action.message.kind === 'heartbeat')
        this.#sentAtMs.set(action.message.sequence, world.now.monotonicMs);
      if (action.kind === 'createPod') this.#check(action.offer, world);
    }
  }

  #take(offer: Offer, world: World): void {
    const anchorMs = this.#sentAtMs.get(offer.heartbeatSequence);
    if (anchorMs === undefined || offer.epoch !== this.#newestEpoch) return;
    const deadlineMs = anchorMs + 15_000;
    if (deadlineMs <= world.now.monotonicMs || this.#leaseIds.has(offer.leaseId)) return;
    this.#leaseIds.add(offer.leaseId);
    this.#deadlinesMs.set(offer, deadlineMs);
  }

  #check(offer: Offer, world: World): void {
    this.created += 1;
    expect(this.#deadlinesMs.get(offer)).toBeGreaterThan(world.now.monotonicMs);
  }
}

/** Terminal pods as last shown, and which of them may go. */
class TerminalPods implements Watcher {
  readonly #shown = new Map<string, OwnPod>();
  readonly #acknowledged = new Set<string>();
  deleted = 0;

  before(event: Event): void {
    // An answer may be older than what the watch has shown.
    const isAnswer = event.kind === 'createAnswered' || event.kind === 'lookUpAnswered';
    for (const pod of podsIn(event))
      if (!isAnswer || !this.#shown.has(pod.uid)) this.#shown.set(pod.uid, pod);
    if (event.kind === 'messageReceived' && event.message.kind === 'outcomeAck')
      this.#acknowledged.add(event.message.podUid);
  }

  after(_event: Event, actions: readonly Action[]): void {
    for (const action of actions) {
      if (action.kind !== 'deletePod' || !this.#isTerminal(action.podUid)) continue;
      this.deleted += 1;
      expect(this.#acknowledged).toContain(action.podUid);
    }
  }

  #isTerminal(podUid: string): boolean {
    const reading = this.#shown.get(podUid)?.reading;
    return reading !== undefined && reading.kind !== 'pulling' && reading.terminal;
  }
}

/** What the coordinator is told to be on the node, against what pods have shown. */
class Observations implements Watcher {
  readonly #observed = new Set<string>();
  told = 0;

  before(event: Event): void {
    for (const { reading, image } of podsIn(event))
      if (reading.kind === 'pulled' && image !== undefined) this.#observed.add(image);
  }

  after(_event: Event, actions: readonly Action[]): void {
    for (const { reference } of addedIn(actions)) {
      this.told += 1;
      if (!reference.includes('@')) expect(this.#observed).toContain(reference);
    }
  }
}

describe('AgentCore', () => {
  test('creates pods only for living offers of the newest epoch and its own session', () => {
    let created = 0;
    const check = (steps: readonly Step[]): void => {
      const offers = new LivingOffers();
      play(steps, offers);
      created += offers.created;
    };
    fc.assert(fc.property(runs, check), { numRuns: 300 });

    expect(created).toBeGreaterThan(0);
  });

  test('never deletes a terminal pod before its outcome was acknowledged', () => {
    let deleted = 0;
    const check = (steps: readonly Step[]): void => {
      const terminal = new TerminalPods();
      play(steps, terminal);
      deleted += terminal.deleted;
    };
    fc.assert(fc.property(runs, check), { numRuns: 300 });

    expect(deleted).toBeGreaterThan(0);
  });

  test('says "cached" only of what was observed', () => {
    let told = 0;
    const check = (steps: readonly Step[]): void => {
      const observations = new Observations();
      play(steps, observations);
      told += observations.told;
    };
    fc.assert(fc.property(runs, check), { numRuns: 300 });
    expect(told).toBeGreaterThan(0);
  });

  test('comes to rest: what is due is done when its time comes', () => {
    const check = (steps: readonly Step[]): void => {
      play(steps, {
        after: (_event, _actions, world) =>
          expect(world.core.nextDeadlineMs()).toBeGreaterThan(world.now.monotonicMs),
      });
    };
    fc.assert(fc.property(runs, check));
  });

  test('does the same for the same events', () => {
    const check = (steps: readonly Step[]): void => {
      const record = (): readonly Action[] => {
        const all: Action[] = [];
        play(steps, { after: (_event, actions) => all.push(...actions) });
        return all;
      };
      expect(record()).toEqual(record());
    };
    fc.assert(fc.property(runs, check));
  });
});

function addedIn(actions: readonly Action[]): readonly InventoryEntry[] {
  return actions.flatMap((action) =>
    action.kind === 'send' && action.message.kind === 'inventoryDelta' ? action.message.added : [],
  );
}

function podsIn(event: Event): readonly OwnPod[] {
  switch (event.kind) {
    case 'podsListed':
      return event.pods;
    case 'podSeen':
    case 'podGone':
      return [event.pod];
    case 'createAnswered':
      return event.answer.kind === 'created' ? [event.answer.pod] : [];
    case 'lookUpAnswered':
      return event.answer.kind === 'found' ? [event.answer.pod] : [];
    default:
      return [];
  }
}
