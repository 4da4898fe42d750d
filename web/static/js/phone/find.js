// Find a house by the last digits of its meter or idpel, without a network.

export const LEAST = 3;

// Return houses of a bundle whose meter or idpel ends with what was typed: those on the list
// first, in walking order, then those around. A row: { customer, idpel, meter, lon, lat, order }.
export function found(bundle, typed, most = 30) {
  const digits = String(typed).replace(/\W/g, "").toUpperCase();
  if (digits.length < LEAST) return [];
  // A bundle holds so many last digits only; what is longer is compared by its end.
  const ends = (number) => {
    const plain = (number || "").toUpperCase();
    return plain !== "" && (plain.endsWith(digits) || (digits.length > plain.length && plain.length >= 5 && digits.endsWith(plain)));
  };
  const hit = (one) => ends(one.idpel) || ends(one.meter);
  const out = bundle.orders.filter(hit).map((order) => ({ ...order, order }));
  const seen = new Set(bundle.orders.map((order) => order.customer));
  for (const [customer, idpel, meter, lon, lat] of bundle.around || []) {
    if (out.length >= most) break;
    const one = { customer, idpel, meter, lon, lat, order: null };
    if (!seen.has(customer) && hit(one)) out.push(one);
  }
  return out.slice(0, most);
}
