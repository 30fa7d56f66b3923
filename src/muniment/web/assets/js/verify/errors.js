/** A failed check. Its message is one sentence that may be shown to anybody. */
export class VerifyError extends Error {}

/** What was given can be read, and it proves nothing: a signature, a hash, a rule or a time is wrong. */
export class NotValid extends VerifyError {}

/** What was given is not in the format, or a key is missing: nothing could be checked. */
export class Unreadable extends VerifyError {}
