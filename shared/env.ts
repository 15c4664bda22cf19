// Configuration from environment variables. Readers never throw: they note what is wrong and return the default, so
// that `finish` can report every problem at once. A variable with our prefix that nobody read is a problem too:
// a misspelt setting must not be silently without effect.

import { redact } from './redact.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with a configuration, one sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(`cannot read the configuration: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

const prefix = 'FOREHOLD_';
const maxPort = 65_535;
const namespacePattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Reads variables one by one; an empty value is the same as none. */
export class EnvReader {
  readonly #environment: Environment;
  readonly #known = new Set<string>();
  readonly #problems: string[] = [];

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Undefined when the variable is not set. */
  optional(name: string): string | undefined {
    this.#known.add(name);
    const value = this.#environment[name];
    return value === '' ? undefined : value;
  }

  /** Empty, with a problem noted, when the variable is not set. */
  required(name: string): string {
    const value = this.optional(name);
    if (value === undefined) this.problem(`${name} is not set`);
    return value ?? '';
  }

  text(name: string, fallback: string): string {
    return this.optional(name) ?? fallback;
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.optional(name);
    if (value === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined)
      this.problem(`${name} must be one of ${choices.join(', ')}, not "${value}"`);
    return choice ?? fallback;
  }

  /** HOST:PORT; an IPv6 address stands in brackets. Port 0 lets the system choose. */
  hostPort(name: string, fallback: string): HostPort {
    const value = this.optional(name) ?? fallback;
    const parsed = parseHostPort(value);
    if (parsed === undefined)
      this.problem(`${name} must be HOST:PORT such as ${fallback}, not "${value}"`);
    return parsed ?? { host: '127.0.0.1', port: 0 };
  }

  /** Name of a Kubernetes namespace. */
  namespace(name: string, fallback: string): string {
    const value = this.text(name, fallback);
    if (!namespacePattern.test(value))
      this.problem(`${name} must be the name of a namespace, not "${value}"`);
    return value;
  }

  /** Notes a problem that another reader found, such as that of a file. */
  problem(text: string): void {
    this.#problems.push(redact(text));
  }

  /**
   * @throws ConfigError with every problem, when there is one.
   */
  finish(): void {
    const unknown = Object.keys(this.#environment)
      .filter((name) => name.startsWith(prefix) && !this.#known.has(name))
      .sort(compareText);
    const known = [...this.#known].sort(compareText).join(', ');
    for (const name of unknown)
      this.problem(`${name} is not a setting of this program (it knows ${known})`);
    if (this.#problems.length > 0) throw new ConfigError(this.#problems);
  }
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : 1;
}

/** HOST:PORT, with brackets around an IPv6 address. */
export function formatHostPort(host: string, port: number | string): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Undefined when the text is not HOST:PORT. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > maxPort ? undefined : { host, port };
}
