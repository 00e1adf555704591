import { useEffect, useRef, useState } from "react";

import { type ConversationState, Site } from "./site";
import type { Shown } from "./useScene";
import { clock } from "./when";

/** The chat on the clinic's web site: it has no number, so the receptionist asks for one and texts it a code. */
export function SiteChat({ shown, close, open }: { shown: Shown; close: () => void; open: (page: string) => void }) {
  const [site, setSite] = useState<Site | null>(null);
  const [state, setState] = useState<ConversationState | null>(null);
  const [draft, setDraft] = useState("");
  const [sending, setSending] = useState<string | null>(null);
  const [trouble, setTrouble] = useState<string | null>(null);
  const end = useRef<HTMLDivElement>(null);
  const lines = state?.messages ?? [];

  useEffect(() => {
    let gone = false;
    (async () => {
      const opened = await Site.open();
      const first = await opened.start();
      if (gone) return;
      setSite(opened);
      setState(first);
    })().catch((error: unknown) => setTrouble(error instanceof Error ? error.message : "That did not work."));
    return () => {
      gone = true;
    };
  }, []);

  const id = state?.conversation_id;
  useEffect(() => {
    if (!site || !id) return;
    const stop = new AbortController();
    const look = () => {
      site.state(id).then(setState, () => undefined);
    };
    site.follow(id, look, stop.signal).catch(() => undefined);
    return () => stop.abort();
  }, [site, id]);

  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [lines.length, sending]);

  const send = async (words: string) => {
    const text = words.trim();
    if (!text || !site || !id || sending) return;
    setDraft("");
    setSending(text);
    try {
      setState(await site.say(id, text, crypto.randomUUID()));
      setTrouble(null);
    } catch (error) {
      setDraft(text);
      setTrouble(error instanceof Error ? error.message : "That did not work.");
    } finally {
      setSending(null);
    }
  };

  const page = state?.deposit?.url ? new URL(state.deposit.url).pathname : null;
  return (
    <aside className="site" aria-label="The chat on the clinic's web site">
      <div className="with">
        <div>
          <strong>{shown.clinic.name}</strong>
          <span>Chat on the web site</span>
        </div>
        <button type="button" onClick={close} aria-label="Close the chat">
          Close
        </button>
      </div>
      <div className="thread" role="log" aria-label="Chat" tabIndex={0}>
        {lines.map((line) => (
          <div key={line.id} className={line.from === "patient" ? "line mine" : "line theirs"}>
            <p className="bubble">{line.text}</p>
            <p className="meta">{clock(line.at, shown.clinic.timezone)}</p>
          </div>
        ))}
        {sending && (
          <div className="line mine">
            <p className="bubble sending">{sending}</p>
          </div>
        )}
        {sending && (
          <div className="line theirs">
            <p className="bubble typing" aria-label={`${shown.clinic.assistant} is writing`}>
              <i />
              <i />
              <i />
            </p>
          </div>
        )}
        {page && (
          <button type="button" className="pay" onClick={() => open(page)}>
            Open the payment page
          </button>
        )}
        {trouble && (
          <p className="trouble" role="alert">
            {trouble}
          </p>
        )}
        <div ref={end} />
      </div>
      <p className="hint">A number typed here gets its code on the phone to the left, if it is one of those patients&rsquo;.</p>
      <form
        className="write"
        onSubmit={(event) => {
          event.preventDefault();
          void send(draft);
        }}
      >
        <textarea
          rows={1}
          value={draft}
          aria-label="Chat message"
          placeholder="Write to the clinic"
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.shiftKey) {
              event.preventDefault();
              void send(draft);
            }
          }}
        />
        <button type="submit" disabled={draft.trim() === "" || !id || sending !== null}>
          Send
        </button>
      </form>
    </aside>
  );
}
