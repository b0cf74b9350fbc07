/** What travels on a connection in one direction, in order. */
export type Segment = { readonly kind: 'data'; readonly bytes: Buffer } | { readonly kind: 'end' }
