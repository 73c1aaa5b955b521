/** Where a partner's mailbox is, and how we get into it. */
export interface MailboxAccount {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** `SHA256:` and the base64 digest of the server's key, as `ssh-keygen -l` prints it. */
  readonly hostKeyFingerprint: string;
  /** A private key in PEM or OpenSSH form, or else a password. */
  readonly credential: string;
}

/** A file that lies in a directory of a mailbox. */
export interface MailboxFile {
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds, by the server's clock. */
  readonly modifiedAt: number;
}

/** The files of a mailbox that is open. Paths are as the server has them. */
export interface MailboxFiles {
  /** @returns plain files alone, in no order. */
  list(directory: string): Promise<readonly MailboxFile[]>;
  read(path: string): Promise<Buffer>;
  write(path: string, content: Buffer): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Renames a file; fails where another has the name. */
  move(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

/**
 * Opens a mailbox for as long as something is done with it.
 *
 * @param deadline epoch milliseconds at which the connection is cut
 * @throws Busy when it cannot be reached, is not the server that was agreed on, or fails meanwhile
 */
export type OpenMailbox = <Result>(
  account: MailboxAccount,
  deadline: number,
  use: (files: MailboxFiles) => Promise<Result>,
) => Promise<Result>;
