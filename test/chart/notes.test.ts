import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { audiences } from '../../shared/names.ts';
import type { Values } from './helm.ts';
import { renderNotes } from './notes.ts';

describe('NOTES.txt', () => {
  test('has three commands, the first of which warms an image that everybody has', async () => {
    const notes = await renderNotes();
    expect(notes.match(/^\d\. /gm)).toEqual(['1. ', '2. ', '3. ']);
    expect(readSample(notes)).toEqual({
      apiVersion: 'forehold.dev/v1alpha1',
      kind: 'CachedImage',
      metadata: { name: 'hello-forehold' },
      spec: { image: 'docker.io/library/busybox', tag: '1.37' },
    });
    expect(notes).toContain('kubectl wait --for=condition=Ready');
  });

  test('takes its sample image from the registry that the release pulls from', async () => {
    const notes = await renderNotes({ global: { imageRegistry: 'mirror.example:5000' } });
    expect(readSample(notes)).toHaveProperty('spec.image', 'mirror.example:5000/library/busybox');
  });

  test('speaks of the namespaces of the release', async () => {
    const notes = await renderNotes({ pulls: { namespace: 'images' } }, 'platform');
    expect(notes).toContain('-authority forehold.platform.svc');
    expect(notes).toContain('kubectl -n images get configmap forehold-ca');
    expect(notes).toContain('/namespaces/platform/pods/$LEADER:7480/proxy/metrics');
    expect(notes).not.toContain('-n forehold');
  });

  test('asks for a token of ten minutes that is good for the inspector alone', async () => {
    expect(await renderNotes()).toContain(`--audience ${audiences.inspector} --duration 10m`);
  });

  test('warns of nothing by default', async () => {
    expect(await renderNotes()).not.toContain('WARNING');
  });

  test.for<[string, Values, string]>([
    ['admissionPolicies.enabled', { admissionPolicies: { enabled: false } }, 'on any node'],
    ['pulls.createNamespace', { pulls: { createNamespace: false } }, 'enforce=restricted'],
    ['pulls.quota.enabled', { pulls: { quota: { enabled: false } } }, 'Nothing bounds'],
    ['coordinator.replicas', { coordinator: { replicas: 1 } }, 'nothing is offered'],
    ['uninstallHook.enabled', { uninstallHook: { enabled: false } }, 'Lease forehold-coordinator'],
  ])('says what is lost without %s', async ([path, values, words]) => {
    const notes = await renderNotes(values);
    const [, warning = ''] = notes.split('WARNING: ');
    expect(warning).toContain(`${path} is`);
    expect(warning.replaceAll('\n', ' ')).toContain(words);
  });
});

function readSample(notes: string): unknown {
  const [, sample = ''] = /echo '(.*)'/.exec(notes) ?? [];
  return parse(sample);
}
