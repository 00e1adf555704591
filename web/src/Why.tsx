import { useState } from "react";

import type { Patient, Preference, Turn } from "./api";
import type { Person } from "./people";
import type { Shown } from "./useScene";
import { clock, dayAndClock, named, words } from "./when";

const STAGES = ["greeting", "qualifying", "offering", "holding", "awaiting_payment", "booked"];

function list(value: unknown): string[] {
  return Array.isArray(value) ? value.map((one) => (typeof one === "string" ? one : String((one as { kind?: string }).kind ?? JSON.stringify(one)))) : [];
}

function wish(preference: Preference | null | undefined): string {
  if (!preference) return "";
  const parts: string[] = [];
  if (preference.flexible) parts.push("any time");
  // Days that were resolved to dates are said once.
  if (preference.dates.length === 0) parts.push(...preference.days);
  parts.push(...preference.dates.map(named), ...preference.times.map((time) => `at ${time}`));
  if (preference.date_range) parts.push(`${named(preference.date_range.from)} to ${named(preference.date_range.to)}`);
  if (preference.after) parts.push(`from ${preference.after}`);
  if (preference.before) parts.push(`before ${preference.before}`);
  for (const window of preference.windows) {
    const on = (window.dates.length > 0 ? window.dates.map(named) : window.days).join("/");
    parts.push([on, window.after && `from ${window.after}`, window.before && `before ${window.before}`].filter(Boolean).join(" "));
  }
  const not = [...preference.not_days, ...preference.not_dates.map(named)];
  if (not.length > 0) parts.push(`not ${not.join(", ")}`);
  return parts.join(", ");
}

/** What a reading found, in words; what it did not find is left out. */
function found(reading: Record<string, unknown>, zone: string): [string, string, string?][] {
  const chips: [string, string, string?][] = [];
  const plain = (label: string, value: unknown) => {
    if (typeof value === "string" && value) chips.push([label, words(value)]);
  };
  for (const intent of list(reading.intents)) chips.push(["intent", words(intent)]);
  plain("name", reading.name);
  plain("for", reading.for_name);
  for (const service of list(reading.services)) chips.push(["service", service]);
  plain("provider", reading.provider);
  plain("patient", reading.patient_type);
  plain("e-mail", reading.email);
  const when = wish(reading.time_preference as Preference | null);
  if (when) chips.push(["time", when]);
  plain("answer", reading.slot_action);
  if (typeof reading.selected_slot === "string") chips.push(["picks", dayAndClock(reading.selected_slot, zone)]);
  plain("consent", reading.opt_out);
  for (const flag of list(reading.safety)) chips.push(["safety", words(flag), "alarm"]);
  if (reading.injection === true) chips.push(["guard", "tries to change the rules", "alarm"]);
  for (const kind of list(reading.redactions)) chips.push(["masked", words(kind), "quiet"]);
  return chips;
}

function Step({ turn, zone }: { turn: Turn; zone: string }) {
  const [raw, setRaw] = useState(false);
  const chips = turn.reading ? found(turn.reading, zone) : [];
  return (
    <li className="turn">
      <p className="when">
        {clock(turn.at, zone)} · {turn.happened === "said" ? "the patient wrote" : turn.happened}
      </p>
      {turn.reading && (
        <div className="row">
          <h3>Understood</h3>
          <p className="found">
            {chips.length === 0 && <span className="chip quiet">nothing it may act on</span>}
            {chips.map(([label, value, tone], at) => (
              <span key={at} className={`chip ${tone ?? ""}`}>
                <b>{label}</b> {value}
              </span>
            ))}
          </p>
        </div>
      )}
      {turn.before !== turn.after && (
        <div className="row">
          <h3>Stage</h3>
          <p>
            {words(turn.before)} → <strong>{words(turn.after)}</strong>
          </p>
        </div>
      )}
      {turn.did.length > 0 && (
        <div className="row">
          <h3>Did</h3>
          <ul>
            {turn.did.map((what, at) => (
              <li key={at}>{what}</li>
            ))}
          </ul>
        </div>
      )}
      {turn.said.map((said, at) => (
        <div className="row" key={at}>
          <h3>Said</h3>
          <p className="found">
            {said.acts.map((act, n) => (
              <span key={n} className="chip act">
                {act}
              </span>
            ))}
            <span className="chip quiet">{said.kind}</span>
          </p>
        </div>
      ))}
      {turn.said.length === 0 && (
        <div className="row">
          <h3>Said</h3>
          <p className="soft">nothing</p>
        </div>
      )}
      {turn.reading && (
        <button type="button" className="link" aria-expanded={raw} onClick={() => setRaw(!raw)}>
          {raw ? "Hide the reading" : "The whole reading"}
        </button>
      )}
      {raw && <pre tabIndex={0}>{JSON.stringify(turn.reading, null, 2)}</pre>}
    </li>
  );
}

export function Why({ person, patient, shown }: { person: Person; patient: Patient | undefined; shown: Shown }) {
  const zone = shown.clinic.timezone;
  const turns = shown.turns.filter((turn) => patient?.conversation && turn.conversation === patient.conversation);
  const at = STAGES.indexOf(patient?.stage === "confirmed" || patient?.stage === "awaiting_staff" ? "booked" : (patient?.stage ?? ""));
  const when = wish(patient?.preference);
  const facts = [...(patient?.facts ?? []), ["Time", when || null] as [string, string | null]];
  return (
    <section className="why" aria-label="What was understood, and why it was said">
      <h2>What {shown.clinic.assistant} knows</h2>
      {patient?.conversation ? (
        <div className="card">
          <ol className="stages" aria-label={`Stage: ${words(patient.stage)}`}>
            {STAGES.map((stage, n) => (
              <li key={stage} className={n < at ? "done" : n === at ? "now" : ""} title={words(stage)} />
            ))}
          </ol>
          <p className="stage">
            <strong>{words(patient.stage)}</strong>
            <span>lead: {words(patient.lead)}</span>
            {patient.deposit && <span>deposit {patient.deposit}</span>}
            {patient.with_staff && <span className="alarm">staff have it</span>}
            {patient.opted_out && <span className="alarm">opted out</span>}
          </p>
          <dl>
            {facts
              .filter(([label, value]) => value !== null || !["For", "Provider"].includes(label))
              .map(([label, value]) => (
                <div key={label}>
                  <dt>{label}</dt>
                  <dd className={value ? "" : "soft"}>{value ?? "not known yet"}</dd>
                </div>
              ))}
          </dl>
        </div>
      ) : (
        <p className="soft card">Nothing yet. {person.name} has not written.</p>
      )}
      <h2>Why it said what it said</h2>
      {turns.length === 0 ? (
        <p className="soft card">Each turn appears here: what was read from the words, what the rules decided, and the acts the answer is made of.</p>
      ) : (
        <ol className="turns">
          {turns.toReversed().map((turn) => (
            <Step key={turn.number} turn={turn} zone={zone} />
          ))}
        </ol>
      )}
    </section>
  );
}
