// Which classes `authProvider.N` may name.

/** Schemes that are there only when they are asked for. */
export type OptionalScheme = 'sasl' | 'x509'

const schemeOfClass: Readonly<Record<string, OptionalScheme | 'always'>> = {
  'org.apache.zookeeper.server.auth.SASLAuthenticationProvider': 'sasl',
  'org.apache.zookeeper.server.auth.X509AuthenticationProvider': 'x509',
  'org.apache.zookeeper.server.auth.DigestAuthenticationProvider': 'always',
  'org.apache.zookeeper.server.auth.IPAuthenticationProvider': 'always',
}

export const authProviderKey = /^(?:zookeeper\.)?authProvider\.[^.]+$/

/** The schemes that a configuration asks for, and what to tell about those that are not there. */
export function readAuthProviders(properties: ReadonlyMap<string, string>): {
  schemes: ReadonlySet<OptionalScheme>
  warnings: readonly string[]
} {
  const schemes = new Set<OptionalScheme>()
  const warnings: string[] = []
  for (const [name, className] of properties) {
    if (!authProviderKey.test(name)) continue
    const scheme = schemeOfClass[className]
    if (scheme === undefined)
      warnings.push(`zoo.cfg: ${name}=${className} has no effect: there is no such provider here`)
    else if (scheme !== 'always') schemes.add(scheme)
  }
  return { schemes, warnings }
}
