import type { Admin } from '@odradek/client'

/** The same client; the names of the calls that came to a result, or to the error that was expected, are added to `called`. */
export function withCalled(admin: Admin, called: Set<string>): Admin {
  const calls = Object.entries(admin).map(([name, call]) => [
    name,
    (...args: readonly unknown[]): unknown => {
      const result = (call as (...args: readonly unknown[]) => unknown)(...args)
      if (!(result instanceof Promise)) {
        called.add(name)
        return result
      }
      return result.then((value: unknown) => {
        called.add(name)
        return value
      })
    },
  ])
  return Object.fromEntries(calls) as Admin
}
