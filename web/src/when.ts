// Instants as people read them, on the clinic's clock.

export const clock = (at: string, zone: string) =>
  new Date(at).toLocaleTimeString("en-US", { timeZone: zone, hour: "numeric", minute: "2-digit" });

export const day = (at: string, zone: string) =>
  new Date(at).toLocaleDateString("en-US", { timeZone: zone, weekday: "short", month: "short", day: "numeric" });

export const dayAndClock = (at: string, zone: string) => `${day(at, zone)}, ${clock(at, zone)}`;

/** The date of an instant in a zone, as `2026-11-24`. */
export const dateOf = (at: string, zone: string) => new Date(at).toLocaleDateString("en-CA", { timeZone: zone });

/** A calendar date (no zone) as `Tue, Nov 24`. */
export const named = (date: string) =>
  new Date(`${date}T12:00:00Z`).toLocaleDateString("en-US", { timeZone: "UTC", weekday: "short", month: "short", day: "numeric" });

/** `+13475550123` as `(347) 555-0123`. */
export const phone = (number: string) => number.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

/** `in 25 min`, `in 3 h`, `now`. */
export function until(at: string, now: string): string {
  const minutes = Math.round((Date.parse(at) - Date.parse(now)) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 90) return `in ${minutes} min`;
  if (minutes < 36 * 60) return `in ${Math.round(minutes / 60)} h`;
  return `in ${Math.round(minutes / 1440)} days`;
}

export const words = (key: string) => key.replaceAll("_", " ");
