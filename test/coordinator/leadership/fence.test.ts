import { describe, expect, test } from 'vitest';
import { fenceWrites } from '../../../coordinator/leadership/fence.ts';
import { KubeError } from '../../../shared/kube-client.ts';
import { FakeKube } from '../fake-kube.ts';

describe('fenceWrites', () => {
  test('lets writes through during the tenure, and reads always', async () => {
    const kube = new FakeKube();
    const tenure = { holds: true };
    const fenced = fenceWrites(kube, tenure);
    await fenced.request({ method: 'DELETE', path: '/a' });
    tenure.holds = false;
    await fenced.request({ method: 'GET', path: '/a' });
    for (const method of ['DELETE', 'PATCH', 'PUT', 'POST'] as const) {
      const request = fenced.request({ method, path: '/a' });
      await expect(request).rejects.toThrow(KubeError);
      await expect(request).rejects.toThrow(`${method} /a: this coordinator does not lead`);
    }
    expect(kube.requests.map(({ method }) => method)).toEqual(['DELETE', 'GET']);
  });
});
