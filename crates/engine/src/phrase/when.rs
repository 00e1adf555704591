//! Days and times in words.

use jiff::civil::{Date, DateTime, Time, Weekday};

use frontdesk_domain::hours::Stretch;
use frontdesk_domain::language::Language;

const EN_DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const ES_DAYS: [&str; 7] = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"];
const EN_MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const ES_MONTHS: [&str; 12] = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
];

/// The name of a weekday.
pub(crate) fn day_name(day: Weekday, language: Language) -> &'static str {
    let at = usize::try_from(day.to_monday_zero_offset()).unwrap_or(0);
    match language {
        Language::English => EN_DAYS[at],
        Language::Spanish => ES_DAYS[at],
    }
}

/// `2:30 PM`.
pub fn time_words(time: Time) -> String {
    let hour = (time.hour() + 11) % 12 + 1;
    format!("{hour}:{:02} {}", time.minute(), if time.hour() < 12 { "AM" } else { "PM" })
}

/// `Tuesday, November 24`.
pub fn date_words(date: Date, language: Language) -> String {
    let month = usize::try_from(date.month() - 1).unwrap_or(0);
    match language {
        Language::English => format!("{}, {} {}", day_name(date.weekday(), language), EN_MONTHS[month], date.day()),
        Language::Spanish => format!("{} {} de {}", day_name(date.weekday(), language), date.day(), ES_MONTHS[month]),
    }
}

/// `Tuesday, November 24 at 2:30 PM`.
pub(crate) fn moment(at: DateTime, language: Language) -> String {
    let link = match language {
        Language::English => "at",
        Language::Spanish => "a las",
    };
    format!("{} {link} {}", date_words(at.date(), language), time_words(at.time()))
}

/// `Tue, Nov 24, 2:30 PM`, for lists.
pub(crate) fn list_entry(at: DateTime, language: Language) -> String {
    let month = usize::try_from(at.month() - 1).unwrap_or(0);
    match language {
        Language::English => {
            format!(
                "{}, {} {}, {}",
                &day_name(at.weekday(), language)[..3],
                &EN_MONTHS[month][..3],
                at.day(),
                time_words(at.time())
            )
        }
        Language::Spanish => {
            let day: String = day_name(at.weekday(), language).chars().take(3).collect();
            format!("{day} {} {}, {}", at.day(), &ES_MONTHS[month][..3], time_words(at.time()))
        }
    }
}

/// `9 AM-6 PM`.
pub(crate) fn stretches(hours: &[Stretch]) -> String {
    let short = |t: Time| {
        let words = time_words(t);
        words.replace(":00", "")
    };
    hours.iter().map(|s| format!("{}-{}", short(s.from), short(s.to))).collect::<Vec<_>>().join(", ")
}
