//! Visits as calendar files (RFC 5545): what an e-mail carries and a feed lists.

use jiff::Timestamp;

/// One visit in a calendar file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarEvent {
    /// The same for the same visit, so that a newer file replaces it.
    pub uid: String,
    /// Counts versions of it, from 0.
    pub sequence: u32,
    /// When this version was made.
    pub stamp: Timestamp,
    /// When it begins.
    pub start: Timestamp,
    /// When it ends.
    pub end: Timestamp,
    /// What it says.
    pub summary: String,
    /// Where.
    pub location: String,
    /// It is called off.
    pub is_cancelled: bool,
}

/// Octets of a line, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace(';', "\\;")
        .replace(',', "\\,")
        .replace("\r\n", "\\n")
        .replace(['\n', '\r'], "\\n")
}

/// One line, folded between characters.
fn push(file: &mut String, line: &str) {
    let mut length = 0;
    for sign in line.chars() {
        if length + sign.len_utf8() > LINE {
            file.push_str("\r\n ");
            length = 1;
        }
        file.push(sign);
        length += sign.len_utf8();
    }
    file.push_str("\r\n");
}

fn utc(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A calendar file of some visits. Times are UTC, which every reader shows by its own clock.
pub fn calendar(name: &str, events: &[CalendarEvent]) -> String {
    let mut file = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Frontdesk//EN", "METHOD:PUBLISH"] {
        push(&mut file, line);
    }
    push(&mut file, &format!("X-WR-CALNAME:{}", escaped(name)));
    for event in events {
        push(&mut file, "BEGIN:VEVENT");
        push(&mut file, &format!("UID:{}", event.uid));
        push(&mut file, &format!("SEQUENCE:{}", event.sequence));
        push(&mut file, &format!("DTSTAMP:{}", utc(event.stamp)));
        push(&mut file, &format!("DTSTART:{}", utc(event.start)));
        push(&mut file, &format!("DTEND:{}", utc(event.end)));
        push(&mut file, &format!("SUMMARY:{}", escaped(&event.summary)));
        if !event.location.is_empty() {
            push(&mut file, &format!("LOCATION:{}", escaped(&event.location)));
        }
        push(&mut file, if event.is_cancelled { "STATUS:CANCELLED" } else { "STATUS:CONFIRMED" });
        push(&mut file, "END:VEVENT");
    }
    push(&mut file, "END:VCALENDAR");
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visit_is_an_event_in_utc_with_folded_and_escaped_lines() {
        let event = CalendarEvent {
            uid: "apt_1@frontdesk".to_owned(),
            sequence: 1,
            stamp: "2026-11-20T15:00:00Z".parse().unwrap(),
            start: "2026-11-24T15:00:00-05:00".parse().unwrap(),
            end: "2026-11-24T15:30:00-05:00".parse().unwrap(),
            summary: "Visit at Glow; with Dana, NP\nsee you".to_owned(),
            location: "Calle Años 12, ".to_owned() + &"ñ".repeat(60),
            is_cancelled: false,
        };
        let file = calendar("Glow", &[event]);
        assert!(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && file.ends_with("END:VCALENDAR\r\n"));
        assert!(file.contains("DTSTART:20261124T200000Z\r\nDTEND:20261124T203000Z\r\n"), "{file}");
        assert!(file.contains("SUMMARY:Visit at Glow\\; with Dana\\, NP\\nsee you\r\n"), "{file}");
        assert!(file.split("\r\n").all(|line| line.len() <= LINE), "{file}");
        let unfolded = file.replace("\r\n ", "");
        assert!(unfolded.contains(&format!("LOCATION:Calle Años 12\\, {}\r\n", "ñ".repeat(60))));
    }
}
