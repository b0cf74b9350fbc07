/** Below it, a znode without data for each topic that somebody wants deleted. */
export const deleteTopicsPath = '/admin/delete_topics'

export function deleteTopicPath(topic: string): string {
  return `${deleteTopicsPath}/${topic}`
}
