import { describe, expect, test } from 'vitest';
import { bounds } from '../../shared/protocol.ts';
import { hadSandbox, type PodEvent, readSandboxFailure } from '../../shared/sandbox-failure.ts';
import { sandboxFailures } from './recorded-sandbox-failures.ts';

const starved: PodEvent = {
  reason: 'FailedCreatePodSandBox',
  message: 'no IP addresses available in range set: 10.0.0.1-10.0.0.6',
  atMs: 1_000,
};
const broken: PodEvent = {
  reason: 'FailedCreatePodSandBox',
  message: 'failed to find plugin "loopback" in path [/opt/cni/bin]',
  atMs: 2_000,
};
const secretMissing: PodEvent = {
  reason: 'FailedToRetrieveImagePullSecret',
  message: 'Unable to retrieve some image pull secrets (team)',
  atMs: 3_000,
};

describe('readSandboxFailure', () => {
  test.for(sandboxFailures)('$what ($from) is $reason', ({ event, message, reason }) => {
    const events = [{ reason: event ?? 'FailedCreatePodSandBox', message, atMs: 0 }];
    const words = message.replace('(combined from similar events): ', '');
    expect(readSandboxFailure(events)).toEqual({ reason, message: words });
  });

  test('goes by the newest words about the sandbox, in whatever order they come', () => {
    const older = { ...broken, message: 'older', atMs: 500 };
    expect(readSandboxFailure([broken, secretMissing, older])).toEqual({
      reason: 'SandboxFailed',
      message: broken.message,
    });
  });

  test('goes by the address if that was ever what was missing', () => {
    expect(readSandboxFailure([starved, broken])).toEqual({
      reason: 'NoPodIP',
      message: starved.message,
    });
  });

  test('knows nothing from events about something else', () => {
    expect(readSandboxFailure([])).toBeUndefined();
    expect(readSandboxFailure([secretMissing])).toBeUndefined();
  });

  test('cuts long words, and takes secrets out of them', () => {
    const message = `password=hunter2hunter2 ${'x'.repeat(10_000)}`;
    const found = readSandboxFailure([{ ...broken, message }])?.message ?? '';
    expect(found.length).toBe(bounds.maxMessageLength);
    expect(found).not.toContain('hunter2');
  });

  test('has a word where the event has none', () => {
    expect(readSandboxFailure([{ ...broken, message: '' }])?.message).toBe(
      'FailedCreatePodSandBox',
    );
  });
});

describe('hadSandbox', () => {
  test.for([
    [[starved], false],
    [[starved, { reason: 'Pulling', message: 'Pulling image "a"', atMs: 2_000 }], true],
    [[secretMissing], false],
  ] as const)('%j: %s', ([events, had]) => {
    expect(hadSandbox(events)).toBe(had);
  });
});
