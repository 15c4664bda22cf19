import { describe, expect, test } from 'vitest';
import { LeaseRequests } from '../../../coordinator/leadership/lease-requests.ts';
import { Tenure } from '../../../coordinator/leadership/tenure.ts';
import { waitFor } from '../../../shared/clock.ts';
import type { CoordinationLease } from '../../../shared/kube-types.ts';
import { openLog } from '../../../shared/log.ts';
import { VirtualClock } from '../../../sim/virtual-clock.ts';
import { FakeKube, refusal } from '../fake-kube.ts';

const held: CoordinationLease = {
  metadata: {
    name: 'forehold-coordinator',
    namespace: 'forehold',
    resourceVersion: '1',
    annotations: { 'forehold.dev/epoch': '4' },
  },
  spec: { holderIdentity: 'a', acquireTime: '2026-01-01T00:00:00.000000Z' },
};

function open() {
  const clock = new VirtualClock();
  const kube = new FakeKube();
  const requests = new LeaseRequests(kube, 'forehold');
  const log = openLog('test', 'silent');
  const tenure = new Tenure({ requests, clock, log, held, epoch: 4, isFirst: false, sentAtMs: 0 });
  const stopping = new AbortController();
  let renewals = 0;
  const kept = tenure.keep(() => {
    renewals += 1;
  }, stopping.signal);
  kept.catch(() => undefined);
  return { clock, kube, tenure, stopping, kept, renewals: () => renewals };
}

describe('Tenure', () => {
  test('lasts 5.5 s from the sending of the renewal, not from its answer', async () => {
    const { clock, kube, tenure, stopping, renewals } = open();
    expect(tenure.untilMs).toBe(5_500);
    kube.answer = async () => {
      await waitFor(clock, 1_500, stopping.signal);
      return held;
    };
    await clock.advance(3_499);
    expect(tenure.untilMs).toBe(5_500);
    await clock.advance(1);
    expect(renewals()).toBe(1);
    expect(tenure.untilMs).toBe(7_500);
  });

  test('ends by itself, and goes on with the next renewal', async () => {
    const { clock, kube, tenure } = open();
    kube.answer = () => {
      throw refusal(503);
    };
    await clock.advance(5_499);
    expect(tenure.holds).toBe(true);
    await clock.advance(1);
    expect(tenure.holds).toBe(false);
    kube.answer = () => held;
    await clock.advance(1_000);
    expect(tenure.holds).toBe(true);
  });

  test('once ended it is over, whatever is renewed', async () => {
    const { clock, kube, tenure } = open();
    kube.answer = () => held;
    tenure.end();
    await clock.advance(10_000);
    expect(tenure.holds).toBe(false);
  });

  test('its release carries the epoch and nobody, and repeats over a renewal in between', async () => {
    const { kube, tenure, stopping } = open();
    stopping.abort(new Error('stopped'));
    const newer = { ...held, metadata: { ...held.metadata, resourceVersion: '2' } };
    kube.answer = ({ method, body }) => {
      if (method === 'GET') return newer;
      if (JSON.stringify(body).includes('"resourceVersion":"1"')) throw refusal(409);
      return body;
    };
    const released = await tenure.release(9);
    expect(released?.metadata.annotations).toMatchObject({ 'forehold.dev/epoch': '9' });
    expect(released?.spec).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    expect(kube.requests.map(({ method }) => method)).toEqual(['PUT', 'GET', 'PUT']);
  });

  test('leaves a lease alone that is in other hands', async () => {
    const { kube, tenure, stopping } = open();
    stopping.abort(new Error('stopped'));
    kube.answer = ({ method }) => {
      if (method === 'PUT') throw refusal(409);
      return { ...held, spec: { ...held.spec, holderIdentity: 'b' } };
    };
    expect(await tenure.release()).toBeUndefined();
    expect(kube.requests.map(({ method }) => method)).toEqual(['PUT', 'GET']);
  });

  test('the same name since another moment is another one', async () => {
    const { clock, kube, kept } = open();
    const spec = { ...held.spec, acquireTime: '2026-01-01T00:00:09.000000Z' };
    kube.answer = ({ method }) => {
      if (method === 'PUT') throw refusal(409);
      return { ...held, spec };
    };
    await clock.advance(2_000);
    expect(await kept).toMatchObject({ why: 'the coordination lease is in other hands' });
  });

  test('its release does not wait for an API server that does not answer', async () => {
    const { clock, kube, tenure, stopping } = open();
    stopping.abort(new Error('stopped'));
    kube.answer = ({ signal }) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
      );
    const releasing = tenure.release();
    await clock.advance(700);
    expect(await releasing).toBeUndefined();
  });
});
