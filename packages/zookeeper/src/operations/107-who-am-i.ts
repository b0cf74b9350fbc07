// whoAmI (107)
import { OpCode, whoAmIResponse } from '@odradek/zookeeper-protocol'
import { noBody, read } from './operation.ts'

/** Of a digest identity only the name is shown. */
export const whoAmI = read<undefined>({
  type: OpCode.whoAmI,
  name: 'whoAmI',
  request: noBody,
  answer(_request, { client }) {
    const clientInfo = client.identities.map(({ scheme, id }) => ({
      authScheme: scheme,
      user: scheme === 'digest' ? ((id ?? '').split(':')[0] ?? '') : id,
    }))
    return (writer) => whoAmIResponse.encode(writer, { clientInfo })
  },
})
