/** A document for a partner with the control number that it was given. */
export interface NumberedDocument {
  /** What the document answers or reports; a second one under this name is never made. */
  readonly name: string;
  /** Says whether it is the same again, or another thing under the same name. */
  readonly fingerprint: string;
  readonly controlNumber: number;
  /** The order that it is about, for a document of one. */
  readonly orderId?: string | undefined;
  /** To the character as it was, or will be, sent. */
  readonly content: string;
}

/** Gives control numbers to documents, for each partner from 1, without gaps and never twice. */
export interface ControlNumbers {
  /** @returns the document that the partner has under a name, or null. */
  find(partner: string, name: string): Promise<NumberedDocument | null>;
  /** @returns the document of an order that was sent under a number, by which the partner answers it; or null. */
  findByNumber(
    partner: string,
    controlNumber: number,
  ): Promise<Pick<NumberedDocument, 'name' | 'orderId'> | null>;
  /**
   * Writes a document under the partner's next number. Number and document are kept in one transaction: whatever ends
   * in between, there is neither a number without its document nor a document with two.
   *
   * @param write makes the document of its number
   * @returns the document as kept: the first one under its name
   * @throws Busy when others kept taking numbers
   */
  issue(
    partner: string,
    document: Pick<NumberedDocument, 'name' | 'fingerprint' | 'orderId'>,
    write: (controlNumber: number) => string,
  ): Promise<NumberedDocument>;
}
