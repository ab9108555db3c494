/** Letting other work run. @module */

const channel = typeof MessageChannel === "function" && typeof setImmediate !== "function" ? new MessageChannel() : null;

/** Resolves after the event loop has had a turn, without the clamp of nested timers. */
export function yieldToEventLoop(): Promise<void> {
  if (typeof setImmediate === "function") return new Promise((resolve) => setImmediate(resolve));
  if (channel === null) return new Promise((resolve) => setTimeout(resolve, 0));
  return new Promise((resolve) => {
    channel.port1.onmessage = () => resolve();
    channel.port2.postMessage(null);
  });
}
