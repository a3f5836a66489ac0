/** How far one press moves the preview head, in seconds, for how long its key is held, in milliseconds. */
export function stepOf(held: number): number {
  return 10 * (held >= 3000 ? 8 : held >= 1500 ? 4 : held >= 600 ? 2 : 1);
}

/** A held key moves no more often than this, in milliseconds: faster, nobody could stop where they want. */
const EVERY = 90;

/** Turns the presses of one key into steps; what comes too soon is none. */
export class Hold {
  private key = "";
  private since = 0;
  private last = -Infinity;

  step(event: Pick<KeyboardEvent, "key" | "repeat" | "timeStamp">): number {
    if (!event.repeat || event.key !== this.key) [this.key, this.since] = [event.key, event.timeStamp];
    else if (event.timeStamp - this.last < EVERY) return 0;
    this.last = event.timeStamp;
    return (event.key === "ArrowLeft" ? -1 : 1) * stepOf(event.timeStamp - this.since);
  }
}
