// The certificates that coordinators make for themselves and keep in one Secret. Every replica reads the Secret once a
// minute and takes the next step when it is due, by optimistic lock: of two that try at once one wins, and the other
// takes what it wrote. So all replicas serve the same certificate, at most a minute apart.

import type { Clock } from '../../shared/clock.ts';
import { type KubeClient, KubeError } from '../../shared/kube-client.ts';
import type { KubeObject } from '../../shared/kube-types.ts';
import type { Log } from '../../shared/log.ts';
import { tlsSchemaAnnotation } from '../../shared/names.ts';
import { secretPath, secretsPath } from '../kube/paths.ts';
import type { Issuer, KeyPair } from './issue.ts';
import { readFacts } from './key-pair.ts';
import {
  emptyMaterial,
  listAuthorities,
  type Material,
  type ReadMaterial,
  readMaterial,
  type SecretData,
  writeMaterial,
} from './material.ts';
import { authorityValidity, planStep, retire, type Step, servingValidity } from './plan.ts';
import { type CertificateSource, type Offered, SourceError } from './source.ts';

export interface ManagedSourceOptions {
  readonly kube: KubeClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly issuer: Issuer;
  /** Of the Secret. */
  readonly namespace: string;
  readonly secretName: string;
  /** DNS names of the serving certificate. */
  readonly names: readonly string[];
  /** A step was taken by this replica. */
  readonly onRotated: (certificate: 'authority' | 'serving') => void;
}

interface Secret extends KubeObject {
  readonly type?: string;
  readonly data?: SecretData;
}

/** Value of the annotation that says that the Secret's content is ours. */
const schema = '1';
// From nothing it takes one step, from an authority that is due four; more would be a mistake of ours.
const maxSteps = 8;

export class ManagedSource implements CertificateSource {
  readonly readEveryMs = 60_000;
  readonly #options: ManagedSourceOptions;
  /** Sound, and the last that was read or written. */
  #held: Material | undefined;
  #parsed: { readonly text: string; readonly read: ReadMaterial } | undefined;
  #said = '';

  constructor(options: ManagedSourceOptions) {
    this.#options = options;
  }

  async read(published: ReadonlySet<string>, signal: AbortSignal): Promise<Offered> {
    const { names } = this.#options;
    let secret = await this.#get(signal);
    for (let taken = 0; taken < maxSteps; taken += 1) {
      const material = this.#understand(secret);
      const nowMs = this.#nowMs();
      const step = planStep(material, { nowMs, names, published });
      const isStored = secret?.data !== undefined && this.#isSame(secret.data, material);
      if (step.kind === 'none' && isStored) return this.#offer(material);
      const changed = await this.#take(step, material, nowMs);
      secret = await this.#put(secret, changed, signal);
      this.#note(step);
    }
    throw new SourceError(
      `cannot keep secret ${this.#options.secretName}: its material never rests`,
    );
  }

  /** What the Secret holds; where it is damaged, what this replica still holds. */
  #understand(secret: Secret | undefined): Material {
    const data = secret?.data ?? {};
    if (Object.keys(data).length === 0) {
      const held = this.#liveHeld();
      if (held !== undefined) this.#sayDamage(['it is empty'], true);
      return held ?? emptyMaterial;
    }
    if (secret?.metadata.annotations?.[tlsSchemaAnnotation] !== schema) throw this.#foreign();
    const { material, damage } = this.#parse(data);
    if (damage.length === 0) {
      this.#said = '';
      this.#held = material;
      return material;
    }
    const held = this.#liveHeld();
    this.#sayDamage(damage, held !== undefined);
    return held ?? material;
  }

  /** Nearly always it is what was read a minute ago; to check keys costs milliseconds. */
  #parse(data: SecretData): ReadMaterial {
    const text = JSON.stringify(data);
    if (this.#parsed?.text !== text) this.#parsed = { text, read: readMaterial(data) };
    return this.#parsed.read;
  }

  /** Undefined when there is none, or when it can no longer be served. */
  #liveHeld(): Material | undefined {
    const facts = readFacts(this.#held?.serving?.certificate ?? '');
    return facts !== undefined && this.#nowMs() < facts.notAfterMs ? this.#held : undefined;
  }

  #sayDamage(damage: readonly string[], isHeld: boolean): void {
    const said = damage.join('; ');
    if (said === this.#said) return;
    this.#said = said;
    const { log, secretName: secret } = this.#options;
    const mending = isHeld
      ? 'what this replica holds is written back'
      : 'what is lost is made anew';
    log.error({ secret, damage: said, mending }, 'damaged certificates found');
  }

  #foreign(): SourceError {
    const { secretName } = this.#options;
    return new SourceError(
      `cannot use secret ${secretName}: it holds what Forehold did not write; empty it, name another with FOREHOLD_TLS_SECRET, or serve its files with FOREHOLD_TLS=files`,
    );
  }

  #isSame(data: SecretData, material: Material): boolean {
    const wanted = Object.entries(writeMaterial(material));
    return (
      wanted.length === Object.keys(data).length &&
      wanted.every(([key, value]) => data[key] === value)
    );
  }

  async #take(step: Step, material: Material, nowMs: number): Promise<Material> {
    const { issuer } = this.#options;
    const { next } = material;
    switch (step.kind) {
      case 'none':
        return material;
      case 'begin':
        return this.#change(material, await issuer.issueAuthority(authorityValidity(nowMs)), nowMs);
      case 'makeNext': {
        const pair = await issuer.issueAuthority(authorityValidity(nowMs));
        return { ...material, next: { pair, publishedAtMs: undefined } };
      }
      case 'notePublished':
        return { ...material, next: next && { ...next, publishedAtMs: nowMs } };
      case 'switch':
        return next === undefined ? material : this.#change(material, next.pair, nowMs);
      case 'renewServing': {
        const { authority } = material;
        if (authority === undefined) return material;
        return { ...material, serving: await this.#sign(authority, nowMs) };
      }
      case 'dropPrevious':
        return { ...material, previous: undefined };
      default:
        return step satisfies never;
    }
  }

  async #change(material: Material, authority: KeyPair, nowMs: number): Promise<Material> {
    const serving = await this.#sign(authority, nowMs);
    return { authority, serving, next: undefined, previous: retire(material, nowMs) };
  }

  #sign(authority: KeyPair, nowMs: number): Promise<KeyPair> {
    const { issuer, names } = this.#options;
    return issuer.issueServing(authority, names, servingValidity(nowMs, authority));
  }

  #offer(material: Material): Offered {
    if (material.serving === undefined)
      throw new SourceError(
        `cannot serve: secret ${this.#options.secretName} holds no certificate`,
      );
    return { serving: material.serving, authorities: listAuthorities(material) };
  }

  #note(step: Step): void {
    const { log, onRotated, secretName: secret } = this.#options;
    if (step.kind === 'none') return;
    log.info({ secret, step: step.kind }, 'certificates changed');
    if (step.kind === 'begin' || step.kind === 'switch') onRotated('authority');
    if (step.kind !== 'makeNext' && step.kind !== 'notePublished' && step.kind !== 'dropPrevious')
      onRotated('serving');
  }

  async #get(signal: AbortSignal): Promise<Secret | undefined> {
    const { kube, namespace, secretName } = this.#options;
    try {
      return await kube.request({
        method: 'GET',
        path: secretPath(namespace, secretName),
        signal,
      });
    } catch (error) {
      if (error instanceof KubeError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** With the resourceVersion that was read: whoever came in between makes this a conflict. */
  async #put(stored: Secret | undefined, material: Material, signal: AbortSignal): Promise<Secret> {
    const { kube, namespace, secretName: name } = this.#options;
    const before = stored ?? { metadata: { name, namespace } };
    const body: Secret = {
      ...before,
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        ...before.metadata,
        annotations: { ...before.metadata.annotations, [tlsSchemaAnnotation]: schema },
      },
      data: writeMaterial(material),
    };
    if (stored !== undefined)
      return kube.request({ method: 'PUT', path: secretPath(namespace, name), body, signal });
    try {
      return await kube.request({ method: 'POST', path: secretsPath(namespace), body, signal });
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 403) throw error;
      throw new SourceError(
        `cannot create secret ${name}: make it, empty, in namespace ${namespace}, as the chart does`,
        { cause: error },
      );
    }
  }

  #nowMs(): number {
    return this.#options.clock.now().wallMs;
  }
}
