/** How a coordinator's records look in the log. */
export interface RecordCodec<Rec> {
  encode(record: Rec): { readonly key: Buffer; readonly value: Buffer | null }
  /** Undefined for a kind of record that this program does not know (a newer one's): it is left alone. Throws `DecodeError`. */
  decode(key: Buffer | null, value: Buffer | null): Rec | undefined
}
