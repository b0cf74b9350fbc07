/**
 * Kafka's metrics have the names of MBeans: `domain:type=TYPE,name=NAME,key=value`. Here they are called `domain_type_name` in lower case,
 * with an underscore for whatever else is no letter or digit; the other keys are labels, their names in lower case too. A meter
 * (`…PerSec`) is a counter: `PerSec` goes, and `_total` comes. A share (`…Percent`) has an underscore before its `percent`. A histogram is a summary. An attribute of an MBean without `name` takes
 * the place of the name. So the exporter of JMX calls them with the rules that are usual, and so do dashboards.
 */
export function metricName(domain: string, type: string, name: string): string {
  const isMeter = name.endsWith('PerSec')
  const isShare = name.endsWith('Percent')
  const base = `${domain}_${type}_${isMeter ? name.slice(0, -'PerSec'.length) : isShare ? `${name.slice(0, -'Percent'.length)}_percent` : name}`
  return `${base.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}${isMeter ? '_total' : ''}`
}
