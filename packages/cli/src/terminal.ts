/** Where a command reads from and prints to. */
export interface Terminal {
  /** Standard input, in the chunks that come; it also ends when `interrupted` is aborted. */
  readonly input: AsyncIterable<Uint8Array>
  /** True when somebody types the input. */
  readonly inputIsTerminal: boolean
  /** True when somebody reads the output: colours are for them alone. */
  readonly outputIsTerminal: boolean
  /** True when somebody reads standard error: progress is for them. */
  readonly errorIsTerminal: boolean
  /** Width of the output in columns; 80 when it is not a terminal. */
  readonly columns: number
  /** Prints to standard output; resolves when more may be printed. Once the reader is gone (`| head`) nothing is printed any more. */
  write(output: string | Uint8Array): Promise<void>
  /** Prints a question to standard error and resolves with the line that is typed. */
  ask(question: string): Promise<string>
  /** As `ask`; what is typed is not shown. */
  askSecret(question: string): Promise<string>
  /** Prints to standard error: progress, warnings, errors. */
  writeError(text: string): void
  /** Aborted by SIGINT, SIGTERM, or when nobody reads the output any more. */
  readonly interrupted: AbortSignal
}
