// Images of random layers, pushed over the registry's HTTP interface (OCI distribution). Random, so that every image of
// every run is new to every node: what is counted at the registry is then exact.

import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { packTar } from './tar.ts';
import { buildTrueProgram } from './true-program.ts';

export interface ImageOptions {
  /** HOST:PORT, plain HTTP. */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly layers: number;
  readonly layerBytes: number;
  /** As nodes spell it, such as `amd64`. */
  readonly architecture: string;
  /** Whether /bin/true is in it. */
  readonly executable: boolean;
}

export interface PushedImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
  /** Layers and the configuration: what a node fetches once that has none of them. */
  readonly blobs: number;
  readonly sizeBytes: number;
}

interface Blob {
  readonly mediaType: string;
  readonly digest: string;
  readonly content: Buffer;
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip';
const configType = 'application/vnd.oci.image.config.v1+json';
const manifestType = 'application/vnd.oci.image.manifest.v1+json';

export async function pushImage(options: ImageOptions): Promise<PushedImage> {
  const archives = Array.from({ length: options.layers }, (_, index) =>
    packLayer(options, index, index === options.layers - 1 && options.executable),
  );
  // Random bytes cannot be made smaller; level 1 only wraps them.
  const layers = archives.map((archive) => toBlob(layerType, gzipSync(archive, { level: 1 })));
  const config = toBlob(configType, formatConfig(options.architecture, archives));
  for (const blob of [...layers, config]) await pushBlob(options, blob);
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: describe(config),
    layers: layers.map(describe),
  });
  await send('PUT', `${base(options)}/manifests/${options.tag}`, manifestType, manifest);
  return {
    repository: options.repository,
    tag: options.tag,
    digest: digestOf(manifest),
    blobs: layers.length + 1,
    sizeBytes: layers.reduce((sum, layer) => sum + layer.content.length, 0),
  };
}

function packLayer(options: ImageOptions, index: number, executable: boolean): Buffer {
  const filler = { path: `layer-${index}`, content: randomBytes(options.layerBytes), mode: 0o644 };
  if (!executable) return packTar([filler]);
  const program = buildTrueProgram(options.architecture);
  return packTar([filler, { path: 'bin/true', content: program, mode: 0o755 }]);
}

function formatConfig(architecture: string, archives: readonly Buffer[]): Buffer {
  const config = {
    architecture,
    os: 'linux',
    config: { Env: ['PATH=/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: archives.map(digestOf) },
  };
  return Buffer.from(JSON.stringify(config));
}

async function pushBlob(options: ImageOptions, blob: Blob): Promise<void> {
  const uploads = `${base(options)}/blobs/uploads/`;
  const started = await send('POST', uploads, 'application/octet-stream', '');
  const target = new URL(started.headers.get('location') ?? '', uploads);
  target.searchParams.set('digest', blob.digest);
  await send('PUT', target.href, 'application/octet-stream', blob.content);
}

async function send(
  method: string,
  url: string,
  type: string,
  body: string | Buffer,
): Promise<Response> {
  const content = typeof body === 'string' ? body : new Uint8Array(body);
  const response = await fetch(url, { method, headers: { 'content-type': type }, body: content });
  if (response.ok) return response;
  throw new Error(`${method} ${url}: HTTP ${response.status}: ${await response.text()}`);
}

function base(options: ImageOptions): string {
  return `http://${options.registry}/v2/${options.repository}`;
}

function toBlob(mediaType: string, content: Buffer): Blob {
  return { mediaType, content, digest: digestOf(content) };
}

function describe(blob: Blob): { mediaType: string; digest: string; size: number } {
  return { mediaType: blob.mediaType, digest: blob.digest, size: blob.content.length };
}

function digestOf(content: Buffer | string): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
