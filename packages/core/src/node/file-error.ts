import { type ErrorDetails, SandglassError } from '../errors'

const explanations: Readonly<Record<string, ErrorDetails>> = {
  ENOSPC: { got: 'a disk that is full', advice: 'Free some space, or write to another disk.' },
  EDQUOT: { got: 'a disk quota that is used up', advice: 'Free some space, or write to another disk.' },
  EACCES: {
    got: 'no permission',
    advice: 'Change the permissions of the folder, or choose another that you own.',
  },
  EPERM: {
    got: 'an operation that is not permitted',
    advice: 'Change the permissions of the folder, or choose another that you own.',
  },
  EROFS: { got: 'a read-only file system', advice: 'Choose a folder that can be written.' },
  ENOENT: { got: 'no such file or folder', advice: 'Check the path, and make the folder if need be.' },
  ENOTDIR: { got: 'a path through something that is no folder', advice: 'Check the path.' },
  EISDIR: { got: 'a folder', expected: 'a file', advice: 'Give the path of a file in it.' },
  ENAMETOOLONG: { got: 'a name that is too long', advice: 'Choose a shorter one.' },
  EMFILE: { got: 'too many open files', advice: 'Close some, or raise the limit (ulimit -n).' },
  EIO: { got: 'an input/output error', advice: 'The disk may be failing; choose another.' },
  ERR_FS_FILE_TOO_LARGE: { got: 'a file over 2 GiB', advice: 'Larger files cannot be read at once.' },
}

/** A failed file operation as a `SandglassError` (`file`) that says what to do; `what` opens the message. */
export function fileError(what: string, cause: unknown): SandglassError {
  const { code, message } = cause as NodeJS.ErrnoException
  return new SandglassError('file', what, { got: message, ...explanations[code ?? ''], cause })
}
