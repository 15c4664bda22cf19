/** An invariant of the design that did not hold. */
export interface Violation {
  /** I1 to I7. */
  readonly invariant: string;
  /** What was seen, in one line. */
  readonly what: string;
}

export type Report = (violation: Violation) => void;
