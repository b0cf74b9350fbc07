import { commonKeys } from '../config/common-keys.ts'
import { key } from '../config/config-key.ts'
import type { ConfigInput, ConfigOf } from '../config/config-key.ts'

/** The keys of the admin client; names, defaults and meaning are those of Kafka 4.3's. */
export const adminKeys = {
  ...commonKeys,
  'default.api.timeout.ms': key.int(
    60_000,
    'How long a call goes on trying, all its requests and pauses together, before it fails with the last error.',
    { atLeast: 1 },
  ),
}

export type AdminConfig = ConfigOf<typeof adminKeys>
export type AdminConfigInput = ConfigInput<typeof adminKeys>
