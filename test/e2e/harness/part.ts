// Forehold's programs as the cases see them, however they run: as processes beside the cluster, or as pods of the
// installed release.

/** What a killed part does until `start`. */
export type AfterKill = 'comesBack' | 'staysDown';

/** The coordinator (of a release: its replicas, of which one leads), or the agent of one node. */
export interface Part {
  readonly name: string;
  /** HOST:PORT of /metrics, /healthz and /readyz; of replicas the leader's. */
  httpAddress(): Promise<string>;
  /** SIGKILL, whatever it was about to do. Of replicas the leader alone when it may come back. */
  kill(after: AfterKill): Promise<void>;
  /** Nothing for what runs or comes back by itself. */
  start(): Promise<void>;
  /** Throws with its last words when it cannot become so. */
  checkReady(): Promise<boolean>;
  /** Resident memory in MiB, of replicas the largest. */
  residentMib(): Promise<number>;
  logTail(lines: number): Promise<string>;
}

export interface Programs {
  readonly coordinator: Part;
  /** By node name. */
  readonly agents: ReadonlyMap<string, Part>;
  readonly form: 'sources' | 'bundles' | 'release';
  /** Of the coordinator's own service account and Lease. */
  readonly systemNamespace: string;
}

export function everyPart(programs: Programs): readonly Part[] {
  return [programs.coordinator, ...programs.agents.values()];
}

export async function isAnsweringReady(httpAddress: string): Promise<boolean> {
  return (await fetch(`http://${httpAddress}/readyz`)).ok;
}
