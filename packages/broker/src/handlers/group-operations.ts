/** What a client may do to a group, as a set of ACL operation numbers, where nothing forbids it: READ (3), DELETE (6), DESCRIBE (8). */
export const allGroupOperations = (1 << 3) | (1 << 6) | (1 << 8)

/** What stands in the field when the client has not asked. */
export const operationsNotAsked = -0x8000_0000
