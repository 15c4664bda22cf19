// How long the kubelet's own steps take, pulls apart. Medians of the test bed's kubelets (1.36.3, 2 cores), each with a
// deviation that a pod's name decides, so that fleets do not march in step.

import { hashToUnit } from '../seeded-hash.ts';

export type Step =
  /** The pod was created, the kubelet has seen it. */
  | 'watch'
  /** Network and sandbox, before the first pull. */
  | 'sandbox'
  /** Creating and starting a container whose image is there. */
  | 'start'
  /** Until the end of a container that ends at once is noticed. */
  | 'exit'
  /** From there to the terminal phase: the sandbox is taken down first. */
  | 'finish'
  /** Killing a pod none of whose containers runs. */
  | 'kill'
  /** A new node registers, until it is Ready. */
  | 'join';

const medianMs: Readonly<Record<Step, number>> = {
  watch: 20,
  sandbox: 350,
  start: 150,
  exit: 200,
  finish: 1_050,
  kill: 600,
  join: 1_200,
};

/** Half of the median to one and a half times it. */
export function latencyMs(seed: number, step: Step, name: string): number {
  return medianMs[step] * (0.5 + hashToUnit(seed, step, name));
}
