// What the sandbox answers, and what can be asked of it. Instants are RFC 3339 in UTC.

export interface Line {
  inbound: boolean;
  text: string;
  about: string;
  state: string | null;
  at: string;
}

export interface Preference {
  dates: string[];
  date_range: { from: string; to: string } | null;
  days: string[];
  times: string[];
  not_days: string[];
  not_dates: string[];
  flexible: boolean;
  windows: { days: string[]; dates: string[]; after: string | null; before: string | null }[];
  after: string | null;
  before: string | null;
}

export interface Patient {
  number: string;
  conversation: string | null;
  stage: string;
  lead: string;
  facts: [string, string | null][];
  preference: Preference | null;
  opted_out: boolean;
  with_staff: boolean;
  deposit: string | null;
  thread: Line[];
}

export interface Entry {
  from: string;
  to: string;
  service: string;
  patient: string;
  status: string;
}

export interface Day {
  date: string;
  closed: string | null;
  columns: { provider: string; working: string[]; entries: Entry[] }[];
}

export interface Turn {
  number: number;
  conversation: string;
  at: string;
  happened: string;
  reading: Record<string, unknown> | null;
  before: string;
  after: string;
  did: string[];
  said: { kind: string; about: string; acts: string[]; text: string }[];
}

export interface Text {
  number: number;
  at: string;
  from: string;
  to: string;
  text: string;
}

export interface Mail {
  number: number;
  at: string;
  to: string;
  subject: string;
  text: string;
  html: string | null;
  has_calendar: boolean;
}

export interface Scene {
  epoch: number;
  now: string;
  clinic: {
    id: string;
    name: string;
    assistant: string;
    number: string;
    timezone: string;
    local: string;
    is_open: boolean;
    hours: string[];
    staff: string[];
    services: string[];
  };
  patients: Patient[];
  days: Day[];
  waiting: { at: string; what: string }[];
  texts: Text[];
  mail: Mail[];
  turns: Turn[];
}

export interface CallAnswer {
  session: string;
  answer: { say?: string; ring?: number } | null;
}

async function asked(path: string, init?: RequestInit): Promise<Response> {
  const answer = await fetch(path, init);
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => null)) as { detail?: string } | null;
    throw new Error(problem?.detail ?? `The program answered ${answer.status}.`);
  }
  return answer;
}

const post = (path: string, body: unknown) =>
  asked(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

export async function scene(numbers: string[], seen: { texts: number; mail: number; turns: number }): Promise<Scene> {
  const query = new URLSearchParams({
    numbers: numbers.join(","),
    texts: String(seen.texts),
    mail: String(seen.mail),
    turns: String(seen.turns),
  });
  return (await (await asked(`/sandbox/scene?${query}`)).json()) as Scene;
}

export const text = (from: string, words: string) => post("/sandbox/texts", { from, text: words });

export async function call(from: string, status: string, session?: string): Promise<CallAnswer> {
  return (await (await post("/sandbox/calls", { from, status, session })).json()) as CallAnswer;
}

export const moveTo = (to: string) => post("/sandbox/clock", { to });
export const moveBy = (seconds: number) => post("/sandbox/clock", { by_seconds: seconds });
export const reset = () => post("/sandbox/reset", {});
