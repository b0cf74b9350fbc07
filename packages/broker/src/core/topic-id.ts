/** The topic id that means "none": 16 zero bytes in base64url. */
export const noTopicId = 'AAAAAAAAAAAAAAAAAAAAAA'
