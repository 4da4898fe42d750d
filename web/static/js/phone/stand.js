// R-EN-01 to R-EN-05 at the door: the rules of rbmgeo/fieldwork/postpaid.py and energy/stands.py.

const METER_CHANGED = "2";
const DIGITS = 5;
const known = (value) => typeof value === "number" && Number.isFinite(value);

// Kilowatt-hours without the noise of binary fractions: stands have at most a few decimals.
const exact = (value) => Math.round(value * 1e6) / 1e6;

export const used = (previous, stand, multiplier = 1) => exact((stand - previous) * multiplier);

// What the register used if it passed zero; null where that is not plausible (R-EN-05).
export function rollover(previous, stand, { digits, daya_va, multiplier = 1 }) {
  if (stand >= previous) return null;
  const kwh = exact((10 ** digits - previous + stand) * multiplier);
  return kwh <= (daya_va * 720) / 1000 ? kwh : null;
}

// First match wins (R-EN-04); of hours nothing is said where the power is not known.
export function dlpd(kwh, before, daya_va, rise = 0.5, fall = 0.5) {
  const hours = daya_va ? (kwh * 1000) / daya_va : NaN;
  const had = known(before) && before > 0;
  const change = had ? kwh / before - 1 : 0;
  if (hours >= 720) return "maximum";
  if (had && change > rise) return "naik";
  if (!had && hours > 40) return "div_na";
  if (had && change < -fall) return "turun";
  if (kwh === 0) return "nol";
  if (hours > 0 && hours < 40) return "di_bawah_40_jam";
  return "normal";
}

// Return { kwh, marks } of a stand against what the order tells; marks are keys of `mark.*`.
export function plausible(stand, content, code) {
  const previous = content.previous_stand_kwh;
  const multiplier = content.multiplier || 1;
  const daya_va = content.daya_va || 0;
  if (!known(stand)) return { kwh: null, marks: [] };
  if (!known(previous)) return { kwh: null, marks: ["tanpa_stand_lalu"] };
  if (code === METER_CHANGED) return { kwh: null, marks: ["ganti_meter"] };
  if (stand < previous) {
    const digits = Math.max(DIGITS, String(Math.trunc(previous)).length);
    const passed = rollover(previous, stand, { digits, daya_va, multiplier });
    return { kwh: null, marks: passed === null ? ["stand_mundur"] : ["stand_mundur", "mungkin_lewat_nol"] };
  }
  const kwh = used(previous, stand, multiplier);
  const said = dlpd(kwh, (content.before_kwh || [])[0], daya_va);
  return { kwh, marks: said === "normal" ? [] : [said] };
}
