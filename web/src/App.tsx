import { useCallback, useState } from "react";

import * as api from "./api";
import { Clinic } from "./Clinic";
import { Header } from "./Header";
import { Phone } from "./Phone";
import { SiteChat } from "./SiteChat";
import { PEOPLE, type Person, stranger } from "./people";
import { useScene } from "./useScene";
import { Why } from "./Why";

type View = "phone" | "why" | "clinic";

const VIEWS: [View, string][] = [
  ["phone", "Patient"],
  ["why", "Why"],
  ["clinic", "Clinic"],
];

export function App() {
  const [people, setPeople] = useState<Person[]>(PEOPLE);
  const [chosen, setChosen] = useState(PEOPLE[0]?.number ?? "");
  const [view, setView] = useState<View>("phone");
  const [chatting, setChatting] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  /** A page of ours shown over everything: the pay page, or the lead card's. */
  const [page, setPage] = useState<string | null>(null);
  const { shown, problem, stir } = useScene(people.map((person) => person.number));

  const act = useCallback(
    async (what: Promise<unknown>) => {
      stir();
      try {
        await what;
        setTrouble(null);
      } catch (error) {
        setTrouble(error instanceof Error ? error.message : "That did not work.");
      }
      stir();
    },
    [stir],
  );

  if (!shown) {
    return (
      <main className="blank">
        <p>{problem ?? "Opening the clinic…"}</p>
      </main>
    );
  }

  const person = people.find((one) => one.number === chosen) ?? people[0];
  const patient = shown.patients.find((one) => one.number === chosen);
  if (!person) return null;

  const add = () => {
    const one = stranger(people.map((known) => known.number));
    setPeople([...people, one]);
    setChosen(one.number);
  };
  const begin = () => {
    setPeople(PEOPLE);
    setChosen(PEOPLE[0]?.number ?? "");
    void act(api.reset());
  };

  return (
    <div className="app" data-view={view}>
      <Header shown={shown} act={act} begin={begin} />
      {(trouble ?? problem) && (
        <p className="trouble" role="alert">
          {trouble ?? problem}
        </p>
      )}
      <nav className="tabs" aria-label="What is shown">
        {VIEWS.map(([key, label]) => (
          <button key={key} type="button" aria-pressed={view === key} onClick={() => setView(key)}>
            {label}
          </button>
        ))}
        <button type="button" aria-pressed={chatting} onClick={() => setChatting(!chatting)}>
          Chat
        </button>
      </nav>
      <main className="columns">
        <Phone
          key={`${shown.epoch} ${person.number}`}
          person={person}
          patient={patient}
          people={people}
          shown={shown}
          choose={setChosen}
          add={add}
          act={act}
          open={setPage}
        />
        <Why person={person} patient={patient} shown={shown} />
        <Clinic shown={shown} act={act} open={setPage} />
      </main>
      {chatting ? (
        <SiteChat key={shown.epoch} shown={shown} close={() => setChatting(false)} open={setPage} />
      ) : (
        <button type="button" className="chat-button" onClick={() => setChatting(true)}>
          Web site chat
        </button>
      )}
      {page && (
        <dialog
          className="over"
          aria-label="A page of the clinic"
          ref={(dialog) => {
            // As a modal it keeps the focus inside, and gives it back when it goes.
            if (dialog && !dialog.open) dialog.showModal();
          }}
          onClose={() => {
            setPage(null);
            stir();
          }}
        >
          <div className="sheet">
            <div className="bar">
              <span className="address">{page.replace(/^https?:\/\//, "")}</span>
              <button type="button" autoFocus onClick={(event) => event.currentTarget.closest("dialog")?.close()}>
                Close
              </button>
            </div>
            <iframe title="The page" src={page} />
          </div>
        </dialog>
      )}
    </div>
  );
}
