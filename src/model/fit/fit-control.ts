/** Steering a running fit: pause, single steps, stop, another learning rate. @module */
import { ConfigError } from "../../errors.ts";

/** What a learning rate may be. */
export const RATE = "a finite number, 0 or more";
/** Whether it is one. */
export const isRate = (rate: number): boolean => Number.isFinite(rate) && rate >= 0;

/**
 * The handle of a running fit: give it as `control`, keep it, and call it from anywhere, as often as you like. What it is told takes effect between
 * two steps. One fit at a time; it can be used again when that one ended.
 * @example
 * const control = fitControl();
 * const done = model.fit(train, { epochs: 10, control });
 * await control.pause();
 * control.setLearningRate(1e-4);
 * await control.step(5);
 * control.resume();
 * await done;
 */
export class FitControl {
  private attached = false;
  private paused = false;
  private allowed = 0;
  private stopping = false;
  private wanted: number | null = null;
  private base: number | null = null;
  /** Ends the fit's waiting, while it waits. */
  private wake: (() => void) | null = null;
  /** Of pause() and step(): called when the fit waits, runs on or ended. */
  private settled: (() => void)[] = [];
  /** @internal called when the fit may have to end, or to go on: set while it waits for something else */
  onWake: (() => void) | null = null;

  /** `idle` where no fit has it, `running` until it waits, then `paused`. */
  get status(): "idle" | "running" | "paused" {
    if (!this.attached) return "idle";
    return this.wake === null ? "running" : "paused";
  }

  /** The base learning rate of the next step, which a schedule may change further; null before a fit. */
  get learningRate(): number | null {
    return this.wanted ?? this.base;
  }

  /** Pauses after the running step; resolves when the fit waits, or ended. Before a fit: it will wait before its first step. */
  pause(): Promise<void> {
    this.paused = true;
    this.allowed = 0;
    return this.whenSettled();
  }

  /** Runs on. */
  resume(): void {
    this.paused = false;
    this.allowed = 0;
    this.wakeUp();
    this.settle();
  }

  /** Runs `n` steps (default 1) and pauses again; resolves when the fit waits, or ended. @throws ConfigError unless n is a positive integer */
  step(n = 1): Promise<void> {
    if (!Number.isInteger(n) || n < 1) throw new ConfigError({ where: "control.step", got: String(n), expected: "a positive integer" });
    this.paused = true;
    this.allowed = n;
    this.wakeUp();
    return this.whenSettled();
  }

  /** Ends the fit after the running step, also while it is paused. */
  stop(): void {
    this.stopping = true;
    this.wakeUp();
  }

  /** The base learning rate from the next step on: schedules start from it. Recorded with its step in the history. @throws ConfigError */
  setLearningRate(rate: number): void {
    if (!isRate(rate)) throw new ConfigError({ where: "control.setLearningRate", got: String(rate), expected: RATE });
    this.wanted = rate;
  }

  /** @internal a fit takes it. @throws ConfigError if another one has it */
  attach(learningRate: number): void {
    if (this.attached) throw new ConfigError({ where: "fit", got: "the control of a fit that is running", expected: "a fitControl() for each fit" });
    this.attached = true;
    this.base = learningRate;
  }

  /** @internal the base learning rate that a resumed fit goes on with */
  startFrom(learningRate: number): void {
    this.base = learningRate;
  }

  /** @internal the fit ended */
  detach(): void {
    this.attached = false;
    this.paused = false;
    this.allowed = 0;
    this.stopping = false;
    this.wanted = null;
    this.base = null;
    this.wake = null;
    this.settle();
  }

  /** @internal */
  get isStopping(): boolean {
    return this.stopping;
  }

  /** @internal before each step: null to go on, or what to wait for before asking again */
  gate(): Promise<void> | null {
    if (!this.paused || this.stopping) return null;
    if (this.allowed > 0) {
      this.allowed--;
      return null;
    }
    const waiting = new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.settle();
    return waiting;
  }

  /** @internal lets a waiting fit look whether it still has to */
  wakeUp(): void {
    const { wake } = this;
    this.wake = null;
    wake?.();
    this.onWake?.();
  }

  /** @internal the base learning rate in effect from here on */
  takeRate(current: number): number {
    const rate = this.wanted ?? current;
    this.wanted = null;
    this.base = rate;
    return rate;
  }

  private settle(): void {
    const { settled } = this;
    this.settled = [];
    for (const resolve of settled) resolve();
  }

  private whenSettled(): Promise<void> {
    if (!this.attached || this.wake !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.settled.push(resolve);
    });
  }
}

/** A handle for one fit at a time; see {@link FitControl}. */
export function fitControl(): FitControl {
  return new FitControl();
}
