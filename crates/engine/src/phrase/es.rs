//! The Spanish catalogue.

use frontdesk_domain::deposit::Purpose;
use frontdesk_domain::language::Language;
use frontdesk_domain::slot::Slot;

use super::en::join;
use super::{Act, Answer, Greeting, Objection, OfferNote, Voice, fill, greeting_text, listed, preparation, when};
use crate::understand::Expecting;

const LANGUAGE: Language = Language::Spanish;

fn moment(slot: &Slot, voice: &Voice<'_>) -> String {
    when::moment(voice.facts.local(slot.start), LANGUAGE)
}

fn with(provider: Option<&String>) -> String {
    provider.map(|p| format!(" con {p}")).unwrap_or_default()
}

fn contact(voice: &Voice<'_>) -> String {
    let clinic = voice.facts.clinic;
    let phone = clinic.locations.iter().find_map(|l| l.item.phone.as_ref()).or(clinic.main_number());
    phone.map_or_else(|| clinic.website.clone(), frontdesk_domain::PhoneNumber::national)
}

fn staff_when(voice: &Voice<'_>) -> String {
    let clinic = voice.facts.clinic;
    if clinic.is_open(voice.now) || clinic.hours.is_empty() {
        return "en breve".to_owned();
    }
    match clinic.next_opening(voice.now) {
        Some(opening) => format!("cuando abramos el {}", when::date_words(opening.date(), LANGUAGE)),
        None => "lo antes posible".to_owned(),
    }
}

fn ask(what: Expecting, attempt: u8) -> String {
    let text = match (what, attempt) {
        (Expecting::Name, 0) => "¿Me da su nombre y apellido?",
        (Expecting::Name, 1) => "Antes de seguir, ¿a nombre de quién lo pongo?",
        (Expecting::Name, _) => "Solo necesito un nombre para continuar. ¿Con quién hablo?",
        (Expecting::Service, 0) => "¿Qué tratamiento le interesa?",
        (Expecting::Service, 1) => "¿Para cuál de nuestros servicios quiere venir?",
        (Expecting::Service, _) => "Dígame el tratamiento y busco horarios, o pídame la lista de servicios.",
        (Expecting::PatientType, 0) => "¿Ya nos ha visitado antes?",
        (Expecting::PatientType, _) => "¿Es su primera vez con nosotros o ya nos ha visitado?",
        (Expecting::Email, _) => "¿A qué correo le envío la confirmación?",
        (Expecting::TimePreference, 0) => "¿Qué días y horas le quedan mejor?",
        (Expecting::TimePreference, 1) => "¿Hay algún día que le convenga, por la mañana o por la tarde?",
        (Expecting::TimePreference, _) => "Dígame cualquier día u hora y veo qué hay, o diga \"cualquier hora\".",
        (Expecting::Phone, 0) => {
            "¿Cuál es su número de celular? Le envío un código y luego los datos de su visita; diga \"sin mensajes\" si prefiere que no, y con STOP terminan cuando quiera."
        }
        (Expecting::Phone, _) => "Sin correo, un teléfono es la única forma de contactarle. ¿Cuál podemos usar?",
        (Expecting::None | Expecting::Slot | Expecting::Confirm | Expecting::Deposit, _) => "¿Cuál prefiere?",
    };
    text.to_owned()
}

fn answer(answer: &Answer, voice: &Voice<'_>) -> String {
    let clinic = voice.facts.clinic;
    match answer {
        Answer::Hours => {
            let runs = clinic.hours.runs();
            if runs.is_empty() {
                return format!("Nuestro horario varía; llame al {} para saber el de hoy.", contact(voice));
            }
            let lines: Vec<String> = runs
                .iter()
                .map(|(from, to, hours)| {
                    let days = if from == to {
                        when::day_name(*from, LANGUAGE).to_owned()
                    } else {
                        format!("{} a {}", when::day_name(*from, LANGUAGE), when::day_name(*to, LANGUAGE))
                    };
                    format!("{days} {}", when::stretches(hours))
                })
                .collect();
            format!("Abrimos {}.", lines.join("; "))
        }
        Answer::Location => {
            let places: Vec<String> = clinic
                .locations
                .iter()
                .filter(|l| !l.retired && !l.item.address.is_empty())
                .map(|l| l.item.address.clone())
                .collect();
            if places.is_empty() {
                format!("Llame al {} para indicaciones.", contact(voice))
            } else {
                format!("Estamos en {}.", places.join("; y en "))
            }
        }
        Answer::Price { service, price } => format!("{service}: {price}."),
        Answer::NoPrice { service } => format!("No tengo un precio fijo para {service}; se lo dan en su visita."),
        Answer::Prices(prices) => {
            let list: Vec<String> = prices.iter().map(|(s, p)| format!("{s} {p}")).collect();
            format!("Algunos de nuestros precios: {}.", list.join("; "))
        }
        Answer::Duration { service, minutes } => format!("{service} dura unos {minutes} minutos."),
        Answer::Verbatim(text) => text.clone(),
        Answer::Menu(names) => format!("Ofrecemos {}.", join(names, "y")),
        Answer::Providers(names) => format!("Le atendería {}.", join(names, "o")),
        Answer::OpenOn { day, hours } if hours.is_empty() => {
            format!("El {} está cerrado.", when::date_words(*day, LANGUAGE))
        }
        Answer::OpenOn { day, hours } => {
            format!("El {} abrimos {}.", when::date_words(*day, LANGUAGE), when::stretches(hours))
        }
        Answer::Contact => format!("Puede llamarnos al {}.", contact(voice)),
        Answer::OpenNow => {
            let clinic = voice.facts.clinic;
            match (clinic.closes_at(voice.now), clinic.next_opening(voice.now)) {
                (Some(until), _) => format!("Sí, hoy abrimos hasta las {}.", when::time_words(until)),
                (None, Some(opening)) => format!("Ahora está cerrado; abrimos el {}.", when::moment(opening, LANGUAGE)),
                (None, None) => "Ahora está cerrado.".to_owned(),
            }
        }
        Answer::Unknown => "Buena pregunta; no tengo ese dato, así que nuestro equipo le responderá.".to_owned(),
    }
}

pub(super) fn clause(act: &Act, voice: &Voice<'_>) -> String {
    match act {
        // An owner's own greeting is in the owner's language; the built-in one is in the patient's.
        Act::Greet(Greeting::FirstText) if voice.facts.clinic.persona.greeting_text.is_empty() => {
            fill("Hola, soy {assistant}, la asistente de IA de {clinic}.", voice.facts)
        }
        Act::Greet(greeting) => greeting_text(*greeting, voice.facts, "Hola, soy {assistant}, la asistente de IA de {clinic}. Sentimos no haber contestado su llamada. ¿En qué le ayudo?", "Soy {assistant}, una asistente de IA."),
        Act::MissedAgain => "Sentimos no haber contestado su llamada. ¿En qué le ayudo?".to_owned(),
        Act::NiceToMeet { first } => format!("¡Gracias, {first}!"),
        Act::Ask { what, attempt } => ask(*what, *attempt),
        Act::AskLastName { .. } => "¿Y su apellido?".to_owned(),
        Act::AskForName => "¿Cómo se llama la persona que viene?".to_owned(),
        Act::AskVariant { names } => format!("¿Prefiere {}?", join(names, "o")),
        Act::AskNewTime => "Claro, busquemos otra hora. ¿Qué día y hora le convienen?".to_owned(),
        Act::AskOtherDays => "No hay problema. ¿Qué días u horas le quedan mejor?".to_owned(),
        Act::ConfirmEmail { likely } => format!("Solo para confirmar: ¿su correo es {likely}?"),
        Act::EmailNotNeeded => "No hay problema, podemos seguir sin él.".to_owned(),
        Act::Concern { names } => format!("Nuestros especialistas lo pueden ver con usted en una visita. Nuestros pacientes suelen preguntar por {}. ¿Para cuál le gustaría venir?", join(names, "o")),
        Act::NotOnMenu { said } => format!("Lo siento, aquí no ofrecemos {}.", said.to_lowercase()),
        Act::Answer(what) => answer(what, voice),
        Act::Offer { slots, marks, note } => {
            let lead = match note {
                OfferNote::Fresh => "Tenemos estos horarios:",
                OfferNote::More => "Aquí hay otros:",
                OfferNote::Nearest => "No hay nada libre justo entonces. Lo más cercano:",
                OfferNote::Closed => "Ese día no abrimos. Lo más cercano:",
                OfferNote::NotOffered => "Esa hora no está disponible. Lo más cercano:",
                OfferNote::Gone => "Lo siento, esa hora se acaba de ocupar. Estas están libres:",
            };
            if let [only] = slots.as_slice() {
                let provider = only.provider.and_then(|id| voice.facts.clinic.provider(id)).map(|p| p.name.clone());
                let lead = match note {
                    OfferNote::Fresh | OfferNote::More => "Tengo".to_owned(),
                    OfferNote::Nearest | OfferNote::Closed | OfferNote::NotOffered | OfferNote::Gone => lead.to_owned(),
                };
                return format!("{lead} {}{}. ¿Le funciona?", moment(only, voice), with(provider.as_ref()));
            }
            let all: Vec<usize> = (0..slots.len()).collect();
            format!("{lead}{}\n¿Cuál le queda mejor?", listed(slots, &all, *marks, voice, LANGUAGE))
        }
        Act::Clarify { slots, marks, all } => format!("Para estar seguros, ¿cuál?{}", listed(all, slots, *marks, voice, LANGUAGE)),
        Act::StillOpen { attempt: 0 } => "¿Le funciona alguna de esas horas?".to_owned(),
        Act::StillOpen { attempt: 1 } => "Perdón, no entendí cuál hora. Puede elegir una de la lista o decirme otro día.".to_owned(),
        Act::StillOpen { attempt: 9.. } => "¿Le reservo una de las horas de arriba?".to_owned(),
        Act::StillOpen { .. } => "Envíeme la que prefiera de la lista, o pida otras horas.".to_owned(),
        Act::NoOthers => "Esas son todas las horas que tengo. ¿Le funciona alguna, o busco otro día?".to_owned(),
        Act::NothingFree => "No encontré una hora libre.".to_owned(),
        Act::Booked { service, slot, provider, patient, moved } => {
            let who = patient.as_ref().map(|p| format!(" para {p}")).unwrap_or_default();
            let address = voice.facts.clinic.location(slot.location).filter(|l| !l.address.is_empty()).map(|l| format!(" en {}", l.address)).unwrap_or_default();
            let lead = if *moved { "Listo, su cita quedó cambiada:" } else { "Su cita está reservada:" };
            let line = format!("{lead} {service}{who}{} el {}{address}.", with(provider.as_ref()), moment(slot, voice));
            // The clinic's own words, in the language it wrote them in: they are not ours to translate.
            match preparation(slot, voice).filter(|_| !*moved) {
                Some(text) => format!("{line} {text} ¡Nos vemos!"),
                None => format!("{line} ¡Nos vemos!"),
            }
        }
        Act::YourVisit { service, slot, provider } => format!("Tiene {service}{} el {}.", with(provider.as_ref()), moment(slot, voice)),
        Act::NoVisit => "No veo ninguna cita próxima con este número.".to_owned(),
        Act::ConfirmCancel { service, slot, late } => {
            let fee = if *late { " Está dentro del plazo de cancelación; nuestro equipo podría escribirle sobre la política." } else { "" };
            format!("¿Cancelo su visita de {service} del {}?{fee}", moment(slot, voice))
        }
        Act::Cancelled { service, slot } => format!("Su visita de {service} del {} está cancelada. Escríbame cuando quiera otra.", moment(slot, voice)),
        Act::Kept { slot } => format!("Muy bien, queda como está: {}.", moment(slot, voice)),
        Act::WrongNumber => format!("¡Disculpe! Esto es {}, un med spa. No le escribiremos más salvo que nos escriba.", voice.facts.clinic.name),
        Act::NoProblem => "No hay problema. Escríbame cuando quiera venir.".to_owned(),
        Act::StaffConfirm => format!("¡Gracias! Nuestro equipo le confirmará la hora {}.", staff_when(voice)),
        Act::HowCanIHelp => "¿En qué le puedo ayudar?".to_owned(),
        Act::CodeSent { ending } => format!("Le envié un código de 6 cifras al número que termina en {ending}; escríbalo aquí cuando llegue."),
        Act::CodeText { code } => format!("{}: {code} es su código. Escríbalo en nuestro chat; nunca lo pedimos por teléfono. ¿No fue usted? Ignore este mensaje. Envíe STOP para no recibir más.", voice.facts.clinic.name),
        Act::CodeWrong => "Ese no es el código que envié. Revíselo, o pídame otro código.".to_owned(),
        Act::CodeOver => "Ese código ya venció. Diga \"otro código\" y le envío uno nuevo.".to_owned(),
        Act::CodeNotNow => format!("Ahora no puedo enviar otro código a ese número. Si le llegó uno, el último sirve; si no, nuestro equipo le ayuda al {}.", contact(voice)),
        Act::CodeWaiting { ending } => format!("Escriba el código de 6 cifras que envié al número que termina en {ending}, o pídame otro código."),
        Act::PhoneProven => "Gracias, su número quedó confirmado.".to_owned(),
        Act::PhoneForVisit => "Para ver eso necesito saber que es usted: ¿con qué número de celular reservó? Le enviaré un código.".to_owned(),
        Act::PhoneNotNeeded => "No hay problema, podemos seguir sin él.".to_owned(),
        Act::NoTexts => "De acuerdo, sin mensajes. Nuestro equipo solo le llamará si hace falta.".to_owned(),
        Act::OptedOut => format!("{}: Ya no recibirá más mensajes. Envíe START para volver a recibirlos.", voice.facts.clinic.name),
        Act::OptedIn => format!("{}: Vuelve a recibir mensajes. ¿En qué le ayudo? Envíe STOP para dejar de recibirlos.", voice.facts.clinic.name),
        Act::Help => format!("{}: Para ayuda llame al {}. La frecuencia varía; pueden aplicar cargos. Envíe STOP para no recibir más.", voice.facts.clinic.name, contact(voice)),
        Act::CancelOrStop => "¿Quiere cancelar su visita o no recibir más mensajes? Diga \"cita\" o \"mensajes\".".to_owned(),
        Act::Emergency => "Esto podría ser una emergencia médica. Llame al 911 o vaya a la sala de emergencias más cercana ahora mismo. Ya avisamos a nuestro equipo.".to_owned(),
        Act::Crisis => "Gracias por decírmelo. Por favor llame o escriba al 988 ahora mismo, hay alguien las 24 horas, o llame al 911 si está en peligro. Ya avisamos a una persona de nuestro equipo.".to_owned(),
        Act::PostProcedure => format!("Gracias por avisarnos. Ya alerté a nuestro equipo clínico para que lo revise con usted; también puede llamar al {}. Si empeora, o le cuesta ver o respirar, llame al 911.", contact(voice)),
        Act::NoAdvice => "Esa pregunta es para nuestro especialista médico, así que no puedo responderla; lo verá con usted en su visita.".to_owned(),
        Act::ProviderDecides => "Gracias por decírmelo. Nuestro especialista lo verá con usted y decidirá en su consulta.".to_owned(),
        Act::Minor => format!("Para menores de 18 años necesitamos a un padre, madre o tutor y hablar antes con nuestro equipo. Le escribirán {}.", staff_when(voice)),
        Act::NoCards => "Por favor no envíe números de tarjeta; ya lo borré. Solo cobramos por un enlace seguro.".to_owned(),
        Act::OthersData => "Solo puedo dar datos de sus propias visitas con este número, para proteger la privacidad de todos.".to_owned(),
        Act::CannotDoThat => format!("No puedo ayudar con eso, pero con gusto respondo sobre {} o le busco una hora.", voice.facts.clinic.name),
        Act::Bot => format!("Soy {}, la asistente de IA de {}. Una persona del equipo puede ayudarle cuando quiera.", voice.facts.clinic.persona.assistant, voice.facts.clinic.name),
        Act::Handover { again: false } => format!("Paso esto a nuestro equipo; alguien le responderá aquí {}.", staff_when(voice)),
        Act::Handover { again: true } => format!("Nuestro equipo ya tiene su mensaje y le responderá aquí {}.", staff_when(voice)),
        Act::PassedOn { danger: true } => "Ya se lo pasé a nuestro equipo. Si es urgente, llame al 911.".to_owned(),
        Act::PassedOn { danger: false } => "Gracias, ya se lo pasé a nuestro equipo.".to_owned(),
        Act::Complaint => format!("Lamento lo sucedido. Se lo paso a nuestra gerencia, que le contactará {}.", staff_when(voice)),
        Act::Welcome { appointment: true } => "¡Con gusto! Nos vemos pronto.".to_owned(),
        Act::Welcome { appointment: false } => "¡Con gusto! Aquí estoy si necesita algo.".to_owned(),
        Act::AnythingElse => "¿Le puedo ayudar en algo más?".to_owned(),
        Act::Objection(Objection::Price) => "La entiendo, es una decisión importante. Nuestro equipo puede ver con usted el costo exacto antes de que decida.".to_owned(),
        Act::Objection(Objection::Shopping) => "Es natural comparar, y nos encantaría atenderle.".to_owned(),
        Act::Objection(Objection::Nervous) => "Es normal sentir nervios. Nuestro equipo se tomará el tiempo que necesite y responderá todas sus preguntas.".to_owned(),
        Act::TakeYourTime => "Claro, tómese su tiempo. Aquí estoy cuando guste.".to_owned(),
        Act::WheneverReady { what } => match what {
            Expecting::Name => "Cuando quiera venir, solo envíeme su nombre y apellido.",
            Expecting::Service => "Cuando quiera venir, solo dígame para qué tratamiento.",
            Expecting::PatientType => "Cuando quiera venir, solo dígame si ya nos ha visitado.",
            Expecting::Email => "Cuando quiera venir, solo envíeme su correo.",
            Expecting::None | Expecting::TimePreference | Expecting::Phone | Expecting::Slot | Expecting::Confirm | Expecting::Deposit => "Cuando quiera venir, solo envíeme el día y la hora que le convengan.",
        }.to_owned(),
        Act::ArrivalNoted { late: true } => "Gracias por avisar, ya se lo dije al equipo. ¡Nos vemos pronto!".to_owned(),
        Act::ArrivalNoted { late: false } => "Muy bien, ya avisé al equipo de que está aquí.".to_owned(),
        Act::Polite => format!("Por favor, mantengamos un trato amable. Con gusto le ayudo con todo lo de {}.", voice.facts.clinic.name),
        Act::NoSuchProvider { said, names } => format!("No veo a {said} en nuestro equipo; tenemos a {}.", join(names, "y")),
        Act::AlsoNoted { names } => format!("También anoté {}; nuestro equipo lo coordinará con usted.", join(names, "y")),
        Act::AskOtherPatientType { name: Some(name) } => format!("¿{name} ya ha venido antes?"),
        Act::AskOtherPatientType { name: None } => "¿Ya ha venido antes?".to_owned(),
        Act::StillHere => "Ya avisamos a una persona de nuestro equipo. Si piensa en hacerse daño, llame o escriba al 988 a cualquier hora, o al 911 si está en peligro.".to_owned(),
        Act::ClinicalTeamKnows => format!("También se lo pasé a nuestro equipo clínico, que le responderá directamente. Puede llamar al {}. Si empeora, o le cuesta ver o respirar, llame al 911.", contact(voice)),
        Act::ConfirmSlot { slot } => format!("Tengo libre el {}. ¿Se lo reservo?", moment(slot, voice)),
        Act::YourVisits { visits, which } => {
            let list: Vec<String> = visits.iter().map(|(service, slot)| format!("{service} el {}", moment(slot, voice))).collect();
            let question = if *which { " ¿Cuál de ellas?" } else { "" };
            format!("Tiene {}.{question}", join(&list, "y"))
        }
        Act::MoveOrCancel { slot } => format!("Lamento que ya no le sirva el {}. ¿Quiere otra hora, o la cancelo?", moment(slot, voice)),
        Act::TimesPassed => "Esas horas ya pasaron.".to_owned(),
        Act::NotTheirs { provider, service, names } => format!("{provider} no hace {service} aquí; con eso le atiende {}.", join(names, "o")),
        Act::AskDeposit { slot, amount, policy } => {
            let held = slot.as_ref().map(|slot| format!("Le aparto el {}. ", moment(slot, voice))).unwrap_or_default();
            let what = if slot.is_some() { format!("Se reserva con un depósito de {amount}.") } else { format!("Su visita se reserva con un depósito de {amount} y nuestro equipo le confirma la hora.") };
            let policy = if policy.is_empty() { String::new() } else { format!(" {policy}") };
            format!("{held}{what}{policy} ¿Le envío el enlace seguro de pago?")
        }
        Act::DepositStill { amount } => format!("¿Le envío el enlace seguro para el depósito de {amount}?"),
        Act::DepositDeclined => format!("No hay problema. Ya avisé a nuestro equipo; le pueden ayudar por teléfono al {} o por aquí.", contact(voice)),
        Act::DepositLink { link, amount, minutes } => format!("Aquí está su enlace seguro para el depósito de {amount}, abierto por {minutes} minutos: {link}"),
        Act::LinkAgain { link } => format!("Claro, aquí está su enlace: {link}"),
        Act::AwaitingPayment { link } => format!("Le confirmo por aquí en cuanto se vea el pago. Su enlace: {link}"),
        Act::PaymentsDown => "Lo siento, ahora no puedo abrir nuestra página de pago.".to_owned(),
        Act::Paid { amount } => format!("Gracias, recibimos su pago de {amount}."),
        Act::PaidButGone { slot, amount } => format!("Lo siento: su pago llegó cuando la hora del {} ya estaba ocupada. Le devuelvo sus {amount}.", moment(slot, voice)),
        Act::PaidOther { amount } => format!("Sus {amount} llegaron por el enlace anterior, que ya no hacía falta. Se los devuelvo a su tarjeta."),
        Act::PaymentFailed { link } => format!("Lo siento, ese pago no pasó. Puede intentarlo otra vez aquí: {link}"),
        Act::DepositReminder { link, amount, until } => format!("{}: su enlace para el depósito de {amount} está abierto hasta las {}: {link} Envíe STOP para no recibir más.", voice.facts.clinic.name, when::time_words(voice.facts.local(*until).time())),
        Act::DepositExpired { slot } => {
            let what = slot.as_ref().map_or_else(String::new, |slot| format!(", y la hora del {} ya no está apartada", moment(slot, voice)));
            format!("{}: su enlace de pago terminó{what}. ¿Lo intento otra vez? Envíe STOP para no recibir más.", voice.facts.clinic.name)
        }
        Act::DepositNoRush => "Sin prisa. Cuando quiera el enlace, solo dígame que sí.".to_owned(),
        Act::DepositFollowUp => format!("{}: ¿le mando todavía el enlace del depósito? Escriba STOP para no recibir más mensajes.", voice.facts.clinic.name),
        Act::AboutDeposit { amount } => format!("Nuestro equipo le escribirá sobre su depósito de {amount}."),
        Act::Refunded { amount } => format!("Sus {amount} van de regreso a su tarjeta. Puede tardar unos días hábiles."),
        Act::Fee { link, amount, purpose } => {
            let why = match purpose {
                Purpose::NoShowFee => "la visita perdida",
                Purpose::LateCancellationFee => "la cancelación tardía",
                Purpose::Deposit => "su visita",
            };
            format!("{}: según nuestra política hay un cargo de {amount} por {why}. Aquí está el enlace seguro: {link} Si tiene preguntas, responda aquí.", voice.facts.clinic.name)
        }
        Act::DidNotGet => "Perdón, no entendí bien.".to_owned(),
        Act::FollowUp => format!("{}: solo para saber si todavía quiere alguna de las horas que le envié. Envíe STOP para no recibir más.", voice.facts.clinic.name),
    }
}
