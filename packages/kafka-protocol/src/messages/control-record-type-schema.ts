// ControlRecordTypeSchema: key of a control record.
import { int16 } from '../definition/field.ts'
import { defineData } from '../definition/message.ts'
import type { MessageType } from '../definition/message.ts'

export const controlRecordTypeSchema = defineData('ControlRecordTypeSchema', { versions: '0' }, { type: int16() })
export type ControlRecordTypeSchema = MessageType<typeof controlRecordTypeSchema>
