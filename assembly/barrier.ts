/**
 * How the threads of a team meet. They share a control block, in which every one has a cache line of its own:
 *
 *     0    command: generation i32, sleepers i32, aborted i32
 *     64   what the command says: written and read by the host, but for the f64-aligned i64 at 120, the arrivals it starts from
 *     128  thread 0: arrivals i64, sleepers i32
 *     192  thread 1 ...
 *
 * A thread arrives at a barrier by adding 1 to its own arrivals, and passes when no other thread's count is lower: no cell is written by
 * two, nothing is reset, and a thread that stands still can be named. Waiting is spinning, then sleeping on the cell of the last one.
 */

const SLEEPERS: usize = 4, ABORTED: usize = 8, START: usize = 120, LINES: usize = 128, LINE_SLEEPERS: usize = 8;

/** What a wait ends with. */
const PASSED: i32 = 0, PENDING: i32 = 1, STOPPED: i32 = 2;

/** The cache line of a thread. */
// @ts-ignore: decorator
@inline
function line(control: usize, thread: i32): usize {
  return control + LINES + (<usize>thread << 6);
}

/** A new command: what the host wrote before holds for it. Called by thread 0 only, when all threads of the last command have arrived. */
export function command_post(control: usize): void {
  store<i64>(control + START, atomic.load<i64>(line(control, 0)));
  atomic.add<i32>(control, 1);
  if (atomic.load<i32>(control + SLEEPERS)) atomic.notify(control, -1);
}

/** Waits, `spins` looks long and then asleep for at most `ms`, for a command other than number `seen`; returns the number of the last one. */
export function command_wait(control: usize, seen: i32, spins: i32, ms: i32): i32 {
  for (let i = spins; i > 0; --i) if (atomic.load<i32>(control) != seen) return atomic.load<i32>(control);
  atomic.add<i32>(control + SLEEPERS, 1);
  atomic.wait<i32>(control, seen, <i64>ms * 1000000);
  atomic.sub<i32>(control + SLEEPERS, 1);
  return atomic.load<i32>(control);
}

/** Takes part in the current command. */
export function command_join(control: usize, thread: i32): void {
  atomic.store<i64>(line(control, thread), load<i64>(control + START));
}

/** Arrives at the next barrier. */
export function barrier_arrive(control: usize, thread: i32): void {
  const own = line(control, thread);
  atomic.add<i64>(own, 1);
  if (atomic.load<i32>(own + LINE_SLEEPERS)) atomic.notify(own, -1);
}

/**
 * Waits until the threads below `parties` have arrived as often as this one: 0. It looks `spins` times, then sleeps for at most `ms`
 * for each of them; 1 says that one is still missing: call again, without arriving. 2: the team was stopped. With ms = 0 it never
 * sleeps (a browser's main thread must not).
 */
export function barrier_wait(control: usize, thread: i32, parties: i32, spins: i32, ms: i32): i32 {
  const arrivals = atomic.load<i64>(line(control, thread));
  for (let other = 0; other < parties; ++other) {
    const cell = line(control, other);
    while (atomic.load<i64>(cell) < arrivals && spins > 0) --spins;
    let now = atomic.load<i64>(cell);
    while (now < arrivals) {
      if (atomic.load<i32>(control + ABORTED)) return STOPPED;
      if (ms == 0) return PENDING;
      atomic.add<i32>(cell + LINE_SLEEPERS, 1);
      const ended = atomic.wait<i64>(cell, now, <i64>ms * 1000000);
      atomic.sub<i32>(cell + LINE_SLEEPERS, 1);
      now = atomic.load<i64>(cell);
      if (ended == 2 && now < arrivals) return atomic.load<i32>(control + ABORTED) ? STOPPED : PENDING;
    }
  }
  return PASSED;
}

/** Stops the team: every wait of its threads ends. */
export function team_abort(control: usize, threads: i32): void {
  atomic.store<i32>(control + ABORTED, 1);
  atomic.add<i32>(control, 1);
  atomic.notify(control, -1);
  for (let thread = 0; thread < threads; ++thread) atomic.notify(line(control, thread), -1);
}
