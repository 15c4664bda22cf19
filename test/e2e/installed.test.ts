// Forehold as users run it: the image baked, the chart installed with no value but the registry; then everything that the
// processes are held to, and what only a release can show.

import { afterAll, beforeAll, describe } from 'vitest';
import { testAttacks, testSecrecy } from './attack/attack.ts';
import { testEverything } from './cases/all.ts';
import { readEnvironment } from './harness/environment.ts';
import { findReasonAgainstRelease, startRelease, waitForRollOut } from './harness/release-stack.ts';
import { useStack } from './harness/use-stack.ts';
import { testDrain } from './release/drain.ts';
import { testFootprint } from './release/footprint.ts';
import { testGarbage } from './release/garbage.ts';
import { testNotes } from './release/notes.ts';
import { testRotation } from './release/rotation.ts';
import { testUninstall } from './release/uninstall.ts';
import { testUpgrade } from './release/upgrade.ts';
import { testWebhook } from './release/webhook.ts';

const environment = readEnvironment(process.env);
const reason =
  typeof environment === 'string' ? environment : findReasonAgainstRelease(environment);
if (reason !== undefined) process.stdout.write(`skipped: installed release: ${reason}\n`);

describe.skipIf(reason !== undefined)('installed release', () => {
  const stack = useStack(startRelease);

  describe('notes', () => testNotes(stack));
  testEverything(stack);
  describe('footprint', () => testFootprint(stack));
  describe('drain', () => testDrain(stack));
  describe('attacks', () => testAttacks(stack, 'with policies'));
  describe('webhook', () => testWebhook(stack));
  describe('garbage', () => testGarbage(stack));
  describe('rotation', () => testRotation(stack));

  describe('without admission policies', () => {
    beforeAll(async () => {
      await stack().release.install({ 'admissionPolicies.enabled': 'false' });
      // A token dies with its pod.
      await waitForRollOut(stack());
    });
    afterAll(async () => {
      await stack().release.install();
    });
    testAttacks(stack, 'without policies');
  });

  describe('secrecy', () => testSecrecy(stack));
  describe('upgrade', () => testUpgrade(stack));
  describe('uninstall', () => testUninstall(stack));
});
