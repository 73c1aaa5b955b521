/** What clients may assume of a tool that changes nothing, and reaches nothing outside the loop. */
export const READ_ONLY = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
