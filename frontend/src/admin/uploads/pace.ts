/** How many milliseconds of sending say how fast it goes. */
const SPAN = 8_000;

/** How fast bytes go, by what went in the last seconds. */
export class Pace {
  private samples: { at: number; sent: number }[] = [];

  /** Takes what has been sent in all by a time in milliseconds. */
  add(sent: number, at: number) {
    if (sent < (this.samples.at(-1)?.sent ?? 0)) this.samples = [];
    this.samples.push({ at, sent });
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) >= SPAN) this.samples.shift();
  }

  /** Bytes a second; 0 as long as nobody can say. */
  get rate(): number {
    const [first, last] = [this.samples[0], this.samples.at(-1)];
    if (!first || !last || last.at - first.at < 500) return 0;
    return ((last.sent - first.sent) * 1000) / (last.at - first.at);
  }
}
