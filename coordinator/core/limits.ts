// Limits: how many leases may be live at once. One mechanism for all of them.

/** How a limit's slots are given: the larger of the two counts holds. */
export interface Slots {
  readonly count: number;
  /** Percent of eligible nodes, rounded up. */
  readonly percent: number;
}

export interface Limit {
  /** Unique; `cluster`, `image` and `node` are built in and can be replaced by these names. */
  readonly name: string;
  readonly per: 'cluster' | 'image' | 'registry' | 'zone' | 'node';
  readonly slots: Slots;
  /** Which leases the limit counts; empty means all. */
  readonly match: LimitMatch;
}

export interface LimitMatch {
  /** Registry host with `*` as wildcard. */
  readonly registry?: string;
  /** Normalised image reference with `*` as wildcard. */
  readonly image?: string;
  /** Value of the node's label topology.kubernetes.io/zone. */
  readonly zone?: string;
}
