import { type ReactNode, useEffect, useRef, useState } from "react";

import * as api from "./api";
import type { Patient } from "./api";
import { type Person, suggestions } from "./people";
import type { Shown } from "./useScene";
import { clock, dateOf, day, phone } from "./when";

/** How long the clinic's phone rings here before nobody answered. */
const RINGS_MS = 3_500;

/** Words with the links in them that can be tapped. */
function linked(text: string, open: (page: string) => void): ReactNode[] {
  return text.split(/(https?:\/\/\S+)/).map((part, at) => {
    if (!/^https?:\/\//.test(part)) return part;
    let path = part;
    try {
      path = new URL(part).pathname;
    } catch {
      return part;
    }
    // Only pages of ours open here.
    if (!/^\/(p|s|calendar|sandbox)\//.test(path)) return part;
    return (
      // The parts of one text never change places.
      <a
        key={at}
        href={path}
        onClick={(event) => {
          event.preventDefault();
          open(path);
        }}
      >
        {part}
      </a>
    );
  });
}

type Ringing = { session: string; state: "ringing" | "told"; said: string };

export function Phone({
  person,
  patient,
  people,
  shown,
  choose,
  add,
  act,
  open,
}: {
  person: Person;
  patient: Patient | undefined;
  people: Person[];
  shown: Shown;
  choose: (number: string) => void;
  add: () => void;
  act: (what: Promise<unknown>) => Promise<void>;
  open: (page: string) => void;
}) {
  const [draft, setDraft] = useState("");
  const [sending, setSending] = useState<{ text: string; after: number } | null>(null);
  const [call, setCall] = useState<Ringing | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const thread = patient?.thread ?? [];
  const zone = shown.clinic.timezone;
  const inbound = thread.filter((line) => line.inbound).length;
  const last = thread.at(-1);
  const waits = sending !== null && inbound <= sending.after;
  const typing =
    (waits || (last?.inbound && Date.parse(shown.now) - Date.parse(last.at) < 8_000)) && !patient?.opted_out && !patient?.with_staff;

  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [thread.length, typing]);

  const send = (words: string) => {
    const text = words.trim();
    if (!text) return;
    setDraft("");
    setSending({ text, after: inbound });
    const sent = api.text(person.number, text).catch((error: unknown) => {
      // What was not taken is in the field again.
      setSending(null);
      setDraft(text);
      throw error;
    });
    void act(sent);
    field.current?.focus();
  };

  const ring = async () => {
    setCall({ session: "", state: "ringing", said: "" });
    try {
      const begun = await api.call(person.number, "arrived");
      const rings = begun.answer?.ring !== undefined;
      await new Promise((resolve) => setTimeout(resolve, RINGS_MS));
      const answer = rings ? (await api.call(person.number, "clinic_unanswered", begun.session)).answer : begun.answer;
      setCall({ session: begun.session, state: "told", said: answer?.say ?? "" });
      await new Promise((resolve) => setTimeout(resolve, 4_500));
      await api.call(person.number, "ended", begun.session);
    } finally {
      setCall(null);
    }
  };

  const lastOurs = thread.findLast((line) => !line.inbound);
  const offered = suggestions(person, patient?.stage ?? "", lastOurs?.about ?? "");

  return (
    <section className="phone" aria-label="The patient's phone">
      <div className="people" role="group" aria-label="Patients">
        {people.map((one) => {
          const other = shown.patients.find((known) => known.number === one.number);
          return (
            <button
              key={one.number}
              type="button"
              aria-pressed={one.number === person.number}
              title={`${one.name}: ${one.about}`}
              onClick={() => choose(one.number)}
            >
              <span className="face" aria-hidden="true">
                {one.initials}
              </span>
              <span className="who">{one.name}</span>
              <span className="what">{other?.stage ? other.stage.replaceAll("_", " ") : one.about}</span>
            </button>
          );
        })}
        <button type="button" onClick={add} disabled={people.length >= 20} title="A phone nobody has used yet">
          <span className="face add" aria-hidden="true">
            +
          </span>
          <span className="who">Another</span>
          <span className="what">new phone</span>
        </button>
      </div>
      <div className="handset">
        <div className="with">
          <div>
            <strong>{shown.clinic.name}</strong>
            <span>{phone(shown.clinic.number)}</span>
          </div>
          <button type="button" className="ring" onClick={() => void act(ring())} disabled={call !== null}>
            Call
          </button>
        </div>
        <div className="thread" role="log" aria-label="Messages" tabIndex={0}>
          {thread.length === 0 && !waits && (
            <div className="empty">
              <p>
                You are <strong>{person.name}</strong>. Text the clinic, or call: nobody will answer.
              </p>
            </div>
          )}
          {thread.map((line, at) => {
            const before = thread[at - 1];
            const isNewDay = !before || dateOf(before.at, zone) !== dateOf(line.at, zone);
            return (
              // A thread only grows at its end.
              <div key={at} className={line.inbound ? "line mine" : "line theirs"}>
                {isNewDay && <p className="date">{day(line.at, zone)}</p>}
                <p className="bubble">{linked(line.text, open)}</p>
                <p className="meta">
                  {clock(line.at, zone)}
                  {line.state === "dropped" && " · not sent: the rules forbid it now"}
                  {line.state === "queued" && " · waits"}
                  {line.state === "failed" && " · failed"}
                </p>
              </div>
            );
          })}
          {waits && sending && (
            <div className="line mine">
              <p className="bubble sending">{sending.text}</p>
            </div>
          )}
          {typing && (
            <div className="line theirs">
              <p className="bubble typing" aria-label={`${shown.clinic.assistant} is writing`}>
                <i />
                <i />
                <i />
              </p>
            </div>
          )}
          {patient?.opted_out && <p className="note">This phone opted out. Only safety and START are answered.</p>}
          <div ref={end} />
        </div>
        <div className="chips" role="group" aria-label="Suggestions">
          {offered.map((words) => (
            <button key={words} type="button" onClick={() => send(words)}>
              {words}
            </button>
          ))}
        </div>
        <form
          className="write"
          onSubmit={(event) => {
            event.preventDefault();
            send(draft);
          }}
        >
          <textarea
            ref={field}
            rows={1}
            value={draft}
            aria-label="Text message"
            placeholder={person.language === "es" ? "Mensaje" : "Text message"}
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.shiftKey) {
                event.preventDefault();
                send(draft);
              }
            }}
          />
          <button type="submit" disabled={draft.trim() === ""}>
            Send
          </button>
        </form>
        {call && (
          <div className="call" role="alert">
            <p className="face big" aria-hidden="true">
              ☎
            </p>
            <strong>{shown.clinic.name}</strong>
            <p>{call.state === "ringing" ? "Ringing… nobody is at the desk" : call.said ? `“${call.said}”` : "Nobody answered"}</p>
          </div>
        )}
      </div>
    </section>
  );
}
