/**
 * Work on the disk that nobody waits for, a few tasks at a time: many at once would keep those who do wait, for a sync, from
 * their turn.
 */
export class BackgroundWork {
  readonly #atOnceMax: number
  #queue: (() => Promise<void>)[] = []
  #head = 0
  #running = 0
  #onIdle: (() => void)[] = []

  constructor(atOnceMax: number) {
    this.#atOnceMax = atOnceMax
  }

  /** Begins with `task` when its turn comes. What it rejects with it must have handled itself. */
  add(task: () => Promise<void>): void {
    this.#queue.push(task)
    if (this.#running < this.#atOnceMax) void this.#work()
  }

  /** As `add`; resolves when the task is done. */
  done(task: () => Promise<void>): Promise<void> {
    return new Promise<void>((resolve) => {
      this.add(async () => {
        await task()
        resolve()
      })
    })
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    if (this.#running > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve))
  }

  async #work(): Promise<void> {
    this.#running++
    for (let task = this.#take(); task !== undefined; task = this.#take()) await task()
    this.#running--
    if (this.#running === 0) for (const resolve of this.#onIdle.splice(0)) resolve()
  }

  #take(): (() => Promise<void>) | undefined {
    const task = this.#queue[this.#head++]
    if (task === undefined) {
      this.#queue = []
      this.#head = 0
    }
    return task
  }
}
