import type { Disk } from '@odradek/base'
import type { AbortedTransaction } from '../core/producer/producer-states.ts'
import { abortedTransactionBytes, decodeTransactionIndex, encodeAbortedTransaction } from '../core/transaction-index.ts'
import { offsetFileName, transactionIndexSuffix } from '../file-names.ts'
import type { LogFolder } from './log-folder.ts'

/** The aborted transactions whose markers are in one segment (`.txnindex`); the file exists only when there are some. */
export class TransactionIndexFile {
  readonly #disk: Disk
  readonly #folder: LogFolder
  readonly #name: string
  #transactions: AbortedTransaction[] | undefined

  constructor(disk: Disk, folder: LogFolder, baseOffset: number) {
    this.#disk = disk
    this.#folder = folder
    this.#name = offsetFileName(baseOffset, transactionIndexSuffix)
  }

  get path(): string {
    return `${this.#folder.path}/${this.#name}`
  }

  get exists(): boolean {
    return this.#disk.statusSync(this.path)?.kind === 'file'
  }

  /** Throws `StorageError` CORRUPT_FILE. */
  all(): readonly AbortedTransaction[] {
    this.#transactions ??= this.exists ? decodeTransactionIndex(this.#disk.readFileSync(this.path), this.path) : []
    return this.#transactions
  }

  append(transaction: AbortedTransaction): void {
    const count = this.all().length
    this.#write(encodeAbortedTransaction(transaction), count * abortedTransactionBytes)
    this.#transactions?.push(transaction)
  }

  /** Drops the transactions whose markers are at `offset` or later. */
  truncateTo(offset: number): void {
    const kept = this.all().filter(({ lastOffset }) => lastOffset < offset)
    if (kept.length === this.all().length) return
    this.#truncate(kept.length * abortedTransactionBytes)
    this.#transactions = kept
  }

  reset(): void {
    if (this.exists) this.#truncate(0)
    this.#transactions = []
  }

  async sync(): Promise<void> {
    if (!this.exists) return
    const file = this.#disk.openSync(this.path, 'write')
    try {
      await file.sync()
    } finally {
      file.closeSync()
    }
  }

  #write(entry: Buffer, position: number): void {
    const file = this.#disk.openSync(this.path, 'write')
    try {
      file.writeSync([entry], position)
    } finally {
      file.closeSync()
    }
  }

  #truncate(sizeBytes: number): void {
    const file = this.#disk.openSync(this.path, 'write')
    try {
      file.truncateSync(sizeBytes)
    } finally {
      file.closeSync()
    }
  }
}
