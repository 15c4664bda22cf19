// Original file: proto/forehold/v1/inspector.proto


/**
 * How much of a limit is in use for one of the things that it is counted per.
 */
export interface LimitScopeUseInput {
  /**
   * Name of the limit, such as `cluster`, `image`, `docker-hub`.
   */
  'limit'?: (string);
  /**
   * What it is counted per: `cluster`, `policy`, `image`, `registry`, `zone` or `node`.
   */
  'per'?: (string);
  /**
   * Which one: empty for the cluster, else the image, registry, zone, policy or the node's name.
   */
  'scope'?: (string);
  /**
   * Live leases that it counts, and how many it allows. 0 allowed means that it limits starts only.
   */
  'inUse'?: (number);
  'slots'?: (number);
  /**
   * Pairs without the image and without a live lease that it would count.
   */
  'waiting'?: (number);
  /**
   * Those of them that this limit, and no other reason, holds back now.
   */
  'heldBack'?: (number);
}

/**
 * How much of a limit is in use for one of the things that it is counted per.
 */
export interface LimitScopeUse {
  /**
   * Name of the limit, such as `cluster`, `image`, `docker-hub`.
   */
  'limit': (string);
  /**
   * What it is counted per: `cluster`, `policy`, `image`, `registry`, `zone` or `node`.
   */
  'per': (string);
  /**
   * Which one: empty for the cluster, else the image, registry, zone, policy or the node's name.
   */
  'scope': (string);
  /**
   * Live leases that it counts, and how many it allows. 0 allowed means that it limits starts only.
   */
  'inUse': (number);
  'slots': (number);
  /**
   * Pairs without the image and without a live lease that it would count.
   */
  'waiting': (number);
  /**
   * Those of them that this limit, and no other reason, holds back now.
   */
  'heldBack': (number);
}
