/**
 * Whether a shipment travels with a carrier. People write the service behind the name (`FedEx Ground`), and one name in
 * several ways (`DHL Express`, `DHLExpress`).
 *
 * @param ofShipment the carrier as the shipment names it
 * @param carrier the carrier as a connection or a message names it
 */
export function isCarrier(ofShipment: string, carrier: string): boolean {
  const words = wordsOf(carrier);
  const shipped = wordsOf(ofShipment);
  if (words.length === 0) return false;
  return words.join('') === shipped.join('') || words.every((word, index) => shipped[index] === word);
}

/** Letters and digits alone, in any script; a name is at most 100 characters. */
function wordsOf(name: string): readonly string[] {
  return name
    .slice(0, 100)
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
