// When a change of a node's images gets into `node.status.images`: the kubelet lists images each 30 s and computes its
// status each 10 s, so 0-40 s later. Ticks of a node are fixed points in time; between changes no timer runs, because
// a thousand idle nodes should cost nothing.

import type { Clock, Timer } from '../../shared/clock.ts';
import type { ContainerImage } from '../../shared/kube-types.ts';
import { hashToUnit } from '../seeded-hash.ts';
import type { ImageStore } from './image-store.ts';

export interface ReportIntervals {
  readonly listEveryMs: number;
  readonly reportEveryMs: number;
}

/** kubelet: image manager's list and nodeStatusUpdateFrequency (kubernetes-facts D1). */
export const defaultReportIntervals: ReportIntervals = {
  listEveryMs: 30_000,
  reportEveryMs: 10_000,
};

export interface ImageReporterOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly node: string;
  readonly intervals: ReportIntervals;
  readonly images: ImageStore;
  readonly report: (images: readonly ContainerImage[]) => void;
}

export class ImageReporter {
  readonly #options: ImageReporterOptions;
  #timer: Timer | undefined;
  /** Something changed since the last list. */
  #changed = false;

  constructor(options: ImageReporterOptions) {
    this.#options = options;
  }

  imagesChanged(): void {
    this.#changed = true;
    this.#schedule();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #schedule(): void {
    if (this.#timer !== undefined || !this.#changed) return;
    const { clock, images, report, intervals } = this.#options;
    this.#timer = clock.startTimer(this.#untilTick('list', intervals.listEveryMs), () => {
      this.#changed = false;
      const listed = images.status();
      this.#timer = clock.startTimer(this.#untilTick('report', intervals.reportEveryMs), () => {
        this.#timer = undefined;
        report(listed);
        this.#schedule();
      });
    });
  }

  #untilTick(kind: string, everyMs: number): number {
    if (everyMs <= 0) return 0;
    const { clock, seed, node } = this.#options;
    const phaseMs = everyMs * hashToUnit(seed, kind, node);
    const sinceTickMs = (clock.now().monotonicMs - phaseMs) % everyMs;
    return sinceTickMs <= 0 ? -sinceTickMs : everyMs - sinceTickMs;
  }
}
