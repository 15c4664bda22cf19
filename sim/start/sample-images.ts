// What a platform team keeps on its nodes, for a first look at Forehold: names are invented, sizes are what such
// images weigh compressed. No image has more than a seventh of all bytes: with the built-in limits, three nodes at
// a time may pull one image, so a bigger one would rule the whole run and nothing could be seen of the other limits.

import { apiGroup, apiVersion } from '../../shared/names.ts';
import type { CachedImage } from './images-file.ts';

export interface SampleImage {
  readonly name: string;
  readonly image: string;
  readonly tag: string;
  readonly sizeBytes: number;
  readonly layers: number;
}

const registry = 'registry.example.com';
const gigabyte = 1e9;

const samples: readonly (readonly [string, string, string, number, number])[] = [
  // name, repository, tag, gigabytes, layers
  ['notebook-gpu', 'ml/notebook-gpu', '2026.11', 3.2, 34],
  ['cuda-devel', 'ml/cuda-devel', '13.1', 3.1, 14],
  ['inference-server', 'ml/inference-server', '26.10', 2.9, 41],
  ['ci-runner', 'ci/runner', '24.04', 2.7, 22],
  ['android-sdk', 'ci/android-sdk', '36', 2.5, 12],
  ['notebook', 'ml/notebook', '2026.11', 2.2, 28],
  ['browser-tests', 'ci/browser-tests', '1.60', 1.9, 11],
  ['spark', 'data/spark', '4.1', 1.7, 16],
  ['airflow', 'data/airflow', '3.2', 1.3, 19],
  ['postgis', 'data/postgis', '18', 0.9, 15],
  ['toolbox', 'ops/toolbox', '2.14', 0.6, 9],
  ['web-base', 'web/base', '8', 0.3, 6],
];

export const sampleImages: readonly SampleImage[] = samples.map(
  ([name, repository, tag, gigabytes, layers]) => ({
    name,
    image: `${registry}/${repository}`,
    tag,
    sizeBytes: gigabytes * gigabyte,
    layers,
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
