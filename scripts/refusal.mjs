// Failures that the user can do something about are sentences, not stack traces.

/** An expected failure. Its message says what is wrong, which setting is meant, and what to do. */
export class Refusal extends Error {
  name = 'Refusal';
}

const BY_CODE = {
  ENOSPC: (error) =>
    `The disk is full (${error.path ?? error.message}). Free some space, or put the stores elsewhere: DATA_DIR=/other/disk/holdfast`,
  EDQUOT: (error) =>
    `Your disk quota is used up (${error.path ?? error.message}). Free some space, or set DATA_DIR=/other/disk/holdfast`,
  EACCES: (error) => notAllowed(error),
  EPERM: (error) => notAllowed(error),
  EROFS: (error) => notAllowed(error),
};

function notAllowed(error) {
  return (
    `${error.path ?? 'A file of this folder'} cannot be written by this user (${error.code}). ` +
    'If an earlier run was made by another user (root, say), delete that file or folder, or give it to this user with chown; ' +
    'the stores can also live elsewhere: DATA_DIR=/some/writable/folder'
  );
}

/** The text to print for an error: the sentence of an expected one, the stack of a bug of ours. */
export function explain(error) {
  if (error instanceof Refusal) return error.message;
  const known = BY_CODE[error?.code];
  return known ? known(error) : `Start-up failed unexpectedly: ${error?.stack ?? error}`;
}
