// What the core knows of one node: the object, its agent's session, its inventory, and which desired images it lacks.

import type { Instant } from '../../shared/clock.ts';
import { type Hello, type InventoryEntry, timing } from '../../shared/protocol.ts';
import type { DesiredImage } from './desired-image.ts';
import type { NodeRecord } from './events.ts';
import { drawLot } from './lot.ts';
import { type NodeClass, unknownClass } from './node-class.ts';

/** What its own pulls say of a node: 'proven' by one since it last came to lack an image, 'failing' since the last one. */
export type Proof = 'proven' | 'untried' | 'failing';

export interface Session {
  readonly id: string;
  readonly hello: Hello;
  /** The newest one; undefined until the first. Anchors offers. */
  heartbeat: { readonly sequence: number; readonly receivedAt: Instant } | undefined;
}

export class NodeState {
  readonly uid: string;
  readonly name: string;
  /** Undefined while only the agent has told of the node. */
  record: NodeRecord | undefined;
  session: Session | undefined;
  /** When the last session ended, wall time; undefined while there was none in this reign. */
  disconnectedAtMs: number | undefined;
  /** By normalised reference, as the agent reports it. Kept when the session ends: the images stay. */
  inventory = new Map<string, InventoryEntry>();
  /** False until a complete inventory of this node has come, and after a gap. */
  isInventoryComplete = false;
  /** Images that pull pods brought, as this coordinator's own watch saw it; reports may not show them yet. */
  readonly pulled = new Map<string, InventoryEntry>();
  /** Images that this node is a target of. */
  readonly targetOf = new Set<DesiredImage>();
  /** Those of them that it does not hold. */
  readonly missing = new Set<DesiredImage>();
  /** Since when condition Ready is not True, monotonic; undefined while it is. */
  notReadySinceMs: number | undefined;
  /** Not Ready for so long that nobody can tell what its pulls do. */
  isSuspect = false;
  liveLeases = 0;
  /** Set by `Demand`, which keeps nodes in order by it. */
  proof: Proof = 'untried';
  /** Its place among nodes that nothing else sets apart. */
  readonly lot: number;
  /** 0 while the node object is not known. */
  createdAtMs = 0;
  /** Its place in arrays by node, given by `Demand`; -1 once it is forgotten. */
  index = -1;
  /** What limits know it by; kept up to date by `Demand`. */
  nodeClass: NodeClass = unknownClass;
  /** May be offered a pull now; kept up to date by `Demand`. */
  isAvailable = false;

  constructor(uid: string, name: string) {
    this.uid = uid;
    this.name = name;
    this.lot = drawLot(uid);
  }

  holds(reference: string): boolean {
    return this.inventory.has(reference) || this.pulled.has(reference);
  }

  entry(reference: string): InventoryEntry | undefined {
    return this.inventory.get(reference) ?? this.pulled.get(reference);
  }

  get zone(): string {
    return this.nodeClass.zone;
  }

  /** Takes a whole inventory. What pull pods brought is dropped once the agent had time to see it in node status. */
  replaceInventory(entries: readonly InventoryEntry[], nowWallMs: number): void {
    this.inventory = new Map(entries.map((entry) => [entry.reference, entry]));
    this.isInventoryComplete = true;
    this.dropUnconfirmed(nowWallMs);
    for (const reference of this.inventory.keys()) this.pulled.delete(reference);
  }

  /** Forgets what a pull pod brought and no report has shown in time: it was removed since. Returns the references. */
  dropUnconfirmed(nowWallMs: number): readonly string[] {
    const dropped: string[] = [];
    for (const [reference, { observedAtMs }] of this.pulled)
      if (nowWallMs - observedAtMs > timing.statusLagMs) dropped.push(reference);
    for (const reference of dropped) this.pulled.delete(reference);
    return dropped;
  }

  changeInventory(added: readonly InventoryEntry[], removed: readonly string[]): void {
    for (const reference of removed) {
      this.inventory.delete(reference);
      this.pulled.delete(reference);
    }
    for (const entry of added) {
      this.inventory.set(entry.reference, entry);
      this.pulled.delete(entry.reference);
    }
  }
}
