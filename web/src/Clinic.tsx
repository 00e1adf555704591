import { useEffect, useState } from "react";

import type { Mail } from "./api";
import type { Shown } from "./useScene";
import { clock, dateOf, dayAndClock, named, phone, until } from "./when";

type Tab = "mail" | "texts" | "calendar" | "next";

/** A mail as its reader shows it: its own frame, nothing in it runs. */
function Letter({ mail, open }: { mail: Mail; open: (page: string) => void }) {
  const [height, setHeight] = useState(320);
  if (!mail.html) return <pre className="plain">{mail.text}</pre>;
  return (
    <iframe
      className="letter"
      title={mail.subject}
      sandbox="allow-same-origin"
      srcDoc={mail.html}
      style={{ height }}
      onLoad={(event) => {
        const inside = event.currentTarget.contentDocument;
        if (!inside) return;
        setHeight(Math.min(900, inside.documentElement.scrollHeight + 8));
        inside.addEventListener("click", (click) => {
          const link = (click.target as Element).closest("a");
          if (!link) return;
          click.preventDefault();
          open(new URL(link.href).pathname);
        });
      }}
    />
  );
}

function Mailbox({ shown, open }: { shown: Shown; open: (page: string) => void }) {
  const [read, setRead] = useState<number | null>(null);
  const mails = shown.mail.toReversed();
  if (mails.length === 0) return <p className="soft card">No mail yet. A booking brings the lead card to staff, and a confirmation to the patient.</p>;
  return (
    <ul className="mails">
      {mails.map((mail) => (
        <li key={mail.number}>
          <button type="button" aria-expanded={read === mail.number} onClick={() => setRead(read === mail.number ? null : mail.number)}>
            <strong>{mail.subject}</strong>
            <span>
              to {mail.to} · {clock(mail.at, shown.clinic.timezone)}
              {mail.has_calendar && " · calendar file"}
            </span>
          </button>
          {read === mail.number && <Letter mail={mail} open={open} />}
        </li>
      ))}
    </ul>
  );
}

function StaffPhone({ shown }: { shown: Shown }) {
  const texts = shown.texts.filter((text) => shown.clinic.staff.includes(text.to)).toReversed();
  if (texts.length === 0) return <p className="soft card">No text to staff yet.</p>;
  return (
    <ul className="staff">
      {texts.map((text) => (
        <li key={text.number}>
          <p className="bubble">{text.text}</p>
          <p className="meta">
            {phone(text.to)} · {clock(text.at, shown.clinic.timezone)}
          </p>
        </li>
      ))}
    </ul>
  );
}

const minutes = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3));

function Calendar({ shown }: { shown: Shown }) {
  const today = dateOf(shown.now, shown.clinic.timezone);
  const [date, setDate] = useState(today);
  const days = shown.days;
  const day = days.find((one) => one.date === date) ?? days[0];
  // The day of a visit that was just made is the one to look at.
  const visits = days.flatMap((one) => one.columns.flatMap((column) => column.entries.map(() => one.date)));
  const newest = visits.length;
  useEffect(() => {
    const first = visits[0];
    if (first && !days.find((one) => one.date === date)?.columns.some((column) => column.entries.length > 0)) setDate(first);
    // Only when their number changes: where somebody looks is theirs to choose.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [newest]);
  if (!day) return null;
  const bounds = day.columns.flatMap((column) => [
    ...column.working.flatMap((span) => span.split("-")),
    ...column.entries.flatMap((entry) => [entry.from, entry.to]),
  ]);
  const from = Math.floor(Math.min(...(bounds.length > 0 ? bounds.map(minutes) : [540])) / 60) * 60;
  const to = Math.ceil(Math.max(...(bounds.length > 0 ? bounds.map(minutes) : [1_020])) / 60) * 60;
  const at = (time: string) => ((minutes(time) - from) / (to - from)) * 100;
  const hours = Array.from({ length: (to - from) / 60 + 1 }, (_, n) => from + n * 60);
  return (
    <div className="calendar">
      <div className="days" role="group" aria-label="Days">
        {days.map((one) => {
          const count = one.columns.reduce((sum, column) => sum + column.entries.length, 0);
          return (
            <button key={one.date} type="button" aria-pressed={one.date === day.date} onClick={() => setDate(one.date)}>
              {one.date === today ? "Today" : named(one.date).replace(",", "")}
              {count > 0 && <b aria-label={`${count} booked`}>{count}</b>}
            </button>
          );
        })}
      </div>
      {day.closed ? (
        <p className="soft card">Closed: {day.closed}</p>
      ) : (
        <div className="grid" style={{ gridTemplateColumns: `2.6rem repeat(${day.columns.length}, minmax(5.5rem, 1fr))` }}>
          <span />
          {day.columns.map((column) => (
            <h3 key={column.provider}>{column.provider}</h3>
          ))}
          <div className="hours" aria-hidden="true">
            {hours.map((hour) => (
              <span key={hour} style={{ top: `${((hour - from) / (to - from)) * 100}%` }}>
                {((hour / 60 + 11) % 12) + 1}
                {hour < 720 ? "a" : "p"}
              </span>
            ))}
          </div>
          {day.columns.map((column) => (
            <div className="column" key={column.provider} style={{ height: `${((to - from) / 60) * 3.4}rem` }}>
              {column.working.map((span) => {
                const [begin = "", end = ""] = span.split("-");
                return <i key={span} className="works" style={{ top: `${at(begin)}%`, height: `${at(end) - at(begin)}%` }} />;
              })}
              {column.entries.map((entry) => (
                <div
                  key={`${entry.from}${entry.patient}`}
                  className={`entry ${entry.status}`}
                  style={{ top: `${at(entry.from)}%`, height: `${at(entry.to) - at(entry.from)}%` }}
                  title={`${entry.from}-${entry.to} ${entry.service}, ${entry.patient}, ${entry.status}`}
                >
                  <strong>{entry.patient || "…"}</strong>{" "}
                  <span>
                    {entry.service}
                    {entry.status === "held" && " (held)"}
                  </span>
                </div>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

function Next({ shown }: { shown: Shown }) {
  if (shown.waiting.length === 0) return <p className="soft card">Nothing waits for its time. Offers that stay unanswered, open payment links and held messages appear here.</p>;
  return (
    <ul className="next">
      {shown.waiting.map((one, at) => (
        <li key={at}>
          <strong>{one.what}</strong>
          <span>
            {dayAndClock(one.at, shown.clinic.timezone)} · {until(one.at, shown.now)}
          </span>
        </li>
      ))}
    </ul>
  );
}

export function Clinic({
  shown,
  open,
}: {
  shown: Shown;
  act: (what: Promise<unknown>) => Promise<void>;
  open: (page: string) => void;
}) {
  const [tab, setTab] = useState<Tab>("calendar");
  const staffTexts = shown.texts.filter((text) => shown.clinic.staff.includes(text.to)).length;
  const tabs: [Tab, string, number][] = [
    ["calendar", "Calendar", 0],
    ["mail", "Mail", shown.mail.length],
    ["texts", "Texts", staffTexts],
    ["next", "Coming up", shown.waiting.length],
  ];
  return (
    <section className="clinic" aria-label="The clinic">
      <h2>The clinic sees</h2>
      <div className="inner" role="group" aria-label="What the clinic sees">
        {tabs.map(([key, label, count]) => (
          <button key={key} type="button" aria-pressed={tab === key} onClick={() => setTab(key)}>
            {label}
            {count > 0 && <b>{count}</b>}
          </button>
        ))}
      </div>
      {tab === "mail" && <Mailbox shown={shown} open={open} />}
      {tab === "texts" && <StaffPhone shown={shown} />}
      {tab === "calendar" && <Calendar shown={shown} />}
      {tab === "next" && <Next shown={shown} />}
    </section>
  );
}
