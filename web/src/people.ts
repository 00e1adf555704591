// The patients to play, and what they might say next.

export interface Person {
  name: string;
  number: string;
  about: string;
  initials: string;
  language: "en" | "es";
  /** What they know of themselves, for the suggestions. */
  self: { name: string; email: string; first: string[] };
}

export const PEOPLE: Person[] = [
  {
    name: "Jo Park",
    number: "+13475550123",
    about: "New, wants Botox",
    initials: "JP",
    language: "en",
    self: {
      name: "Jo Park",
      email: "jo.park@example.com",
      first: ["hi! do you have any botox openings next week? after 3 works best", "how much is botox?", "is it safe if I'm pregnant?"],
    },
  },
  {
    name: "Maya Torres",
    number: "+13475550141",
    about: "Escribe en español",
    initials: "MT",
    language: "es",
    self: {
      name: "Maya Torres",
      email: "maya@example.com",
      first: ["hola, quiero una cita para hydrafacial el jueves por la tarde", "¿cuánto cuesta el botox?", "¿dónde puedo estacionar?"],
    },
  },
  {
    name: "Sam Reed",
    number: "+13475550162",
    about: "Wants filler, pays a deposit",
    initials: "SR",
    language: "en",
    self: {
      name: "Sam Reed",
      email: "sam@example.com",
      first: ["Sam Reed here, new. lip filler with Dana on tuesday around 2? sam@example.com", "can I stop by friday?", "STOP"],
    },
  },
];

const ENGLISH: Record<string, string[]> = {
  ask_service: ["Botox", "the forehead lines thing", "HydraFacial", "do you do lip flips?"],
  ask_patient_type: ["I'm new", "been there before"],
  ask_time: ["tuesday after 3", "any morning next week but not friday", "half past two on thursday", "whenever"],
  offer: ["the first one", "2", "anything later?", "do you have friday?"],
  clarify: ["the first one", "in the afternoon"],
  confirm: ["yes", "actually can we do 4pm?"],
  deposit: ["yes please", "is it refundable?", "no thanks"],
  deposit_link: ["can you send the link again?", "how long do I have?"],
  booked: ["what time am I?", "can I move it to thursday?", "where do I park?", "cancel my appointment"],
};

const SPANISH: Record<string, string[]> = {
  ask_service: ["HydraFacial", "bótox"],
  ask_patient_type: ["es mi primera vez", "ya he ido antes"],
  ask_time: ["el martes después de las 3", "cualquier mañana menos el viernes", "pasado mañana"],
  offer: ["la primera", "la 2", "¿tiene más tarde?"],
  clarify: ["la primera", "por la tarde"],
  confirm: ["sí", "mejor a las 4"],
  deposit: ["sí, por favor", "¿es reembolsable?", "no, gracias"],
  deposit_link: ["¿me manda el enlace otra vez?"],
  booked: ["¿a qué hora es mi cita?", "¿la puedo mover al viernes?", "cancelar mi cita"],
};

/** What this person might say now. */
export function suggestions(person: Person, stage: string, lastAbout: string): string[] {
  const table = person.language === "es" ? SPANISH : ENGLISH;
  if (stage === "") return person.self.first;
  if (stage === "opted_out") return ["START"];
  if (lastAbout === "ask_name") return [person.self.name, person.self.name.split(" ")[0] ?? ""];
  if (lastAbout === "ask_email") return [person.self.email, person.language === "es" ? "no tengo" : "I'd rather not"];
  if (stage === "holding") return table.deposit ?? [];
  if (stage === "awaiting_payment") return table.deposit_link ?? [];
  if (stage === "booked" || stage === "confirmed") return table.booked ?? [];
  return table[lastAbout] ?? person.self.first;
}

/** A phone nobody has used yet. */
export function stranger(taken: string[]): Person {
  let number = "";
  do {
    number = `+1347555${String(Math.floor(Math.random() * 9000) + 1000)}`;
  } while (taken.includes(number));
  const end = number.slice(-4);
  return {
    name: `…${end}`,
    number,
    about: "Somebody new",
    initials: end.slice(0, 2),
    language: "en",
    self: { name: "Alex Kim", email: "alex@example.com", first: ["hi, do you have anything friday?", "hola", "my wife wants a facial"] },
  };
}
