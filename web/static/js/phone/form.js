// A job's form as the unit tells it: what an outcome asks for, and what a visit still lacks.
// The server holds records to the same form (rbmgeo/fieldwork/job_form.py).

export const must = (field, outcome) => field.needed.includes("*") || field.needed.includes(outcome);
export const asked = (field, outcome) =>
  must(field, outcome) || field.shown.includes("*") || field.shown.includes(outcome);
// What is asked whatever the outcome: it can be filled in before there is one.
export const always = (field) => field.shown.includes("*") || field.needed.includes("*");

const PICTURES = ["photo", "signature"];
const empty = (value) => value === undefined || value === null || value === "";

function fault(field, value) {
  if (field.kind === "number" || field.kind === "whole") {
    if (typeof value !== "number" || !Number.isFinite(value)) return "number";
    if (field.kind === "whole" && !Number.isInteger(value)) return "whole";
    if ((field.low !== null && value < field.low) || (field.high !== null && value > field.high)) return "range";
  } else if (field.kind === "choice" && !field.choices.includes(value)) return "choice";
  else if (typeof value === "string" && value.length > field.most) return "long";
  return null;
}

// Return [{ name, why }] of a visit; `why` is a key of the words. A place is never waited for:
// where the form needs one and there is none, the record is saved and the office asks.
export function faults(form, { outcome, values, photos }) {
  const out = [];
  for (const field of form.fields) {
    if (!asked(field, outcome) || field.kind === "place") continue;
    const value = PICTURES.includes(field.kind) ? photos[field.name] : values[field.name];
    if (empty(value)) {
      if (must(field, outcome)) out.push({ name: field.name, why: "needed" });
    } else if (!PICTURES.includes(field.kind)) {
      const why = fault(field, value);
      if (why) out.push({ name: field.name, why });
    }
  }
  return out;
}

// Values that belong to an outcome, without what was left empty.
export function kept(form, { outcome, values, photos }) {
  const out = { values: {}, photos: [] };
  for (const field of form.fields) {
    if (!asked(field, outcome) || field.kind === "place") continue;
    if (PICTURES.includes(field.kind)) {
      const photo = photos[field.name];
      if (photo && photo.sha256) out.photos.push({ sha256: photo.sha256, kind: field.name, bytes: photo.bytes });
    } else if (!empty(values[field.name])) out.values[field.name] = values[field.name];
  }
  return out;
}

export const closes = (form, outcome) => Boolean(form.outcomes.find((o) => o.code === outcome)?.closes);
export const usual = (form, outcome) => Boolean(form.outcomes.find((o) => o.code === outcome)?.usual);
