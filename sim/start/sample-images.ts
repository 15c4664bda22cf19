// What a platform team keeps on its nodes, for a first look at Forehold: names are invented, sizes are what such
// images weigh. No image has more than an eighth of all bytes: with the built-in limits, three nodes at a time may
// pull one image, so on twenty nodes a bigger one would rule the run and nothing could be seen of the other limits.

import { apiGroup, apiVersion } from '../../shared/names.ts';
import type { CachedImage } from './images-file.ts';

export interface SampleImage {
  readonly name: string;
  readonly image: string;
  readonly tag: string;
  readonly sizeBytes: number;
}

const registry = 'registry.example.com';
const gigabyte = 1e9;

// Name, repository, tag, gigabytes.
const samples: readonly (readonly [string, string, string, number])[] = [
  ['notebook-gpu', 'ml/notebook-gpu', '2026.11', 2.8],
  ['cuda-devel', 'ml/cuda-devel', '13.1', 2.7],
  ['inference-server', 'ml/inference-server', '26.10', 2.6],
  ['ci-runner', 'ci/runner', '24.04', 2.4],
  ['android-sdk', 'ci/android-sdk', '36', 2.3],
  ['notebook', 'ml/notebook', '2026.11', 2.1],
  ['browser-tests', 'ci/browser-tests', '1.60', 1.9],
  ['spark', 'data/spark', '4.1', 1.7],
  ['airflow', 'data/airflow', '3.2', 1.5],
  ['game-server', 'play/server', '7.2', 1.2],
  ['postgis', 'data/postgis', '18', 0.9],
  ['docs-builder', 'ops/docs-builder', '5', 0.7],
  ['toolbox', 'ops/toolbox', '2.14', 0.5],
  ['web-base', 'web/base', '8', 0.3],
];

export const sampleImages: readonly SampleImage[] = samples.map(
  ([name, repository, tag, gigabytes]) => ({
    name,
    image: `${registry}/${repository}`,
    tag,
    sizeBytes: gigabytes * gigabyte,
  }),
);

/** The object that a user would apply for it. */
export function toCachedImage(sample: SampleImage): CachedImage {
  return {
    apiVersion: `${apiGroup}/${apiVersion}`,
    kind: 'CachedImage',
    metadata: { name: sample.name },
    spec: { image: sample.image, tag: sample.tag, imagePullPolicy: 'IfNotPresent' },
  };
}
