import { useEffect, useState } from "react";

import * as api from "./api";
import type { Shown } from "./useScene";
import { clock, dateOf, day } from "./when";

/** The next nine in the morning of the clinic, by going on until its clock says so. */
function nextMorning(now: string, zone: string): string {
  const tomorrow = new Date(Date.parse(now) + 86_400_000);
  const date = dateOf(tomorrow.toISOString(), zone);
  // Noon UTC of that day tells the zone's offset on it well enough for nine in the morning.
  for (let hour = 0; hour < 24; hour++) {
    const at = new Date(`${date}T${String(hour).padStart(2, "0")}:00:00Z`);
    for (const shifted of [at, new Date(at.getTime() + 86_400_000)]) {
      const local = shifted.toLocaleTimeString("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" });
      if (dateOf(shifted.toISOString(), zone) === date && local === "09:00") return shifted.toISOString();
    }
  }
  return tomorrow.toISOString();
}

type Theme = "auto" | "light" | "dark";

function useTheme(): [Theme, () => void] {
  const [theme, setTheme] = useState<Theme>(() => (localStorage.getItem("theme") as Theme | null) ?? "auto");
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem("theme", theme);
  }, [theme]);
  return [theme, () => setTheme(theme === "auto" ? "light" : theme === "light" ? "dark" : "auto")];
}

export function Header({
  shown,
  act,
  begin,
}: {
  shown: Shown;
  act: (what: Promise<unknown>) => Promise<void>;
  begin: () => void;
}) {
  const [theme, turn] = useTheme();
  const [moving, setMoving] = useState(false);
  const { clinic, now, waiting } = shown;
  const zone = clinic.timezone;
  const next = waiting.find((one) => Date.parse(one.at) > Date.parse(now));
  const move = (what: () => Promise<unknown>) => {
    setMoving(true);
    void act(what()).finally(() => setMoving(false));
  };
  return (
    <header className="top">
      <div className="brand">
        <h1>{clinic.name}</h1>
        <p>
          Sandbox · <span className={clinic.is_open ? "open" : "shut"}>{clinic.is_open ? "open now" : "closed now"}</span>
        </p>
      </div>
      <div className="time" aria-live="polite">
        <strong data-testid="clock">{clock(now, zone)}</strong>
        <span>{day(now, zone)}</span>
      </div>
      <div className="move" role="group" aria-label="Move the clinic's clock on">
        <button type="button" disabled={moving} onClick={() => move(() => api.moveBy(15 * 60))}>
          +15 min
        </button>
        <button type="button" disabled={moving} onClick={() => move(() => api.moveBy(60 * 60))}>
          +1 h
        </button>
        <button type="button" disabled={moving} onClick={() => move(() => api.moveTo(nextMorning(now, zone)))}>
          Next morning
        </button>
        <button
          type="button"
          disabled={moving || !next}
          title={next ? `${next.what}: ${clock(next.at, zone)}` : "Nothing waits"}
          onClick={() => next && move(() => api.moveTo(next.at))}
        >
          Next event
        </button>
      </div>
      <div className="more">
        <button type="button" onClick={turn} aria-label={`Colours: ${theme}`}>
          {theme === "auto" ? "Auto" : theme === "light" ? "Light" : "Dark"}
        </button>
        <button type="button" className="plain" onClick={begin}>
          Start over
        </button>
      </div>
    </header>
  );
}
