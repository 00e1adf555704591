//! Local hours in which nothing proactive may be sent.
//!
//! Read in the recipient's zone (hinted by the area code) and in the clinic's; the stricter holds, and a clinic may only
//! narrow it. Source: 47 CFR 64.1200(c)(1) allows 8:00 to 21:00; ours is 9:00-20:00, Sundays from 12:00, and narrower
//! where a state's table is.

use jiff::civil::{Time, Weekday};
use jiff::{SignedDuration, Timestamp};

use crate::area_codes;
use crate::phone::PhoneNumber;
use crate::zone::Zone;

/// Permitted hours of one day, `from` included, `to` not; `None` means the whole day is quiet.
type Permitted = Option<(Time, Time)>;

const fn clock(hour: i8) -> Time {
    Time::constant(hour, 0, 0, 0)
}

/// The product's own hours, narrowed by the state's where those are stricter.
fn permitted_in_state(state: Option<&str>, day: Weekday) -> Permitted {
    let sunday = day == Weekday::Sunday;
    let ours = if sunday { (clock(12), clock(20)) } else { (clock(9), clock(20)) };
    let narrower = match state {
        Some("RI") if sunday => return None,
        Some("RI") if day == Weekday::Saturday => (clock(10), clock(17)),
        Some("RI") => (clock(9), clock(18)),
        Some("KY") => (clock(10), clock(20)),
        // Louisiana, Alabama and Mississippi restrict Sundays; a day later hurts nobody.
        Some("LA" | "AL" | "MS") if sunday => return None,
        _ => ours,
    };
    Some((ours.0.max(narrower.0), ours.1.min(narrower.1)))
}

/// Where and under which state's table a message must be permitted.
#[derive(Debug, Clone)]
pub struct QuietHours {
    places: Vec<(Zone, Option<&'static str>)>,
    /// The clinic's own narrowing: permitted from, permitted to.
    narrowed: Option<(Time, Time)>,
}

impl QuietHours {
    /// For one recipient of one clinic. `clinic_phone` hints at the clinic's state.
    pub fn new(
        clinic: &Zone,
        clinic_phone: Option<&PhoneNumber>,
        recipient: Option<&PhoneNumber>,
        narrowed: Option<(Time, Time)>,
    ) -> Self {
        let region = |phone: Option<&PhoneNumber>| phone.and_then(PhoneNumber::area_code).and_then(area_codes::region);
        let mut places = vec![(clinic.clone(), region(clinic_phone).map(|r| r.state))];
        if let Some(region) = region(recipient) {
            if let Ok(zone) = Zone::parse(region.zone) {
                places.push((zone, Some(region.state)));
            }
        }
        Self { places, narrowed }
    }

    /// Whether a proactive message may leave now.
    pub fn permit(&self, now: Timestamp) -> bool {
        self.places.iter().all(|(zone, state)| {
            let local = zone.local(now);
            let Some((mut from, mut to)) = permitted_in_state(*state, local.weekday()) else { return false };
            if let Some((narrow_from, narrow_to)) = self.narrowed {
                from = from.max(narrow_from);
                to = to.min(narrow_to);
            }
            local.time() >= from && local.time() < to
        })
    }

    /// The first quarter of an hour, from `now` on, at which a proactive message may leave.
    pub fn next_permitted(&self, now: Timestamp) -> Timestamp {
        const QUARTER_S: i64 = 900;
        if self.permit(now) {
            return now;
        }
        let first = now.as_second().div_euclid(QUARTER_S) + 1;
        // Eight days hold every weekday twice over; zones so far apart that no hour suits both wait for the last resort.
        (first..first + 8 * 96)
            .filter_map(|quarter| Timestamp::from_second(quarter * QUARTER_S).ok())
            .find(|at| self.permit(*at))
            .unwrap_or(now + SignedDuration::from_hours(8 * 24))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_stricter_of_both_zones_and_the_state_hold() {
        let chicago = Zone::parse("America/Chicago").unwrap();
        let number = |text: &str| Some(PhoneNumber::parse(text).unwrap());
        let cases = [
            ("2026-03-04T02:00:00Z", None, false, "20:00 sharp is quiet"),
            ("2026-03-04T01:59:00Z", None, true, "19:59 is not"),
            ("2026-03-04T15:00:00Z", None, true, "09:00 sharp is not quiet"),
            ("2026-03-04T14:59:00Z", None, false, "08:59 is"),
            ("2026-03-08T17:15:00Z", None, true, "12:15 on a Sunday, clocks moved that night"),
            ("2026-03-08T16:45:00Z", None, false, "11:45 on a Sunday"),
            ("2026-03-04T15:30:00Z", number("+12135550100"), false, "09:30 in Chicago is 07:30 in Los Angeles"),
            ("2026-03-04T01:30:00Z", number("+12125550100"), false, "19:30 in Chicago is 20:30 in New York"),
            ("2026-03-04T23:30:00Z", number("+14015550100"), false, "18:30 in Rhode Island"),
            ("2026-03-08T19:00:00Z", number("+12055550100"), false, "Sunday in Alabama"),
        ];
        for (moment, recipient, permitted, why) in cases {
            let hours = QuietHours::new(&chicago, None, recipient.as_ref(), None);
            assert_eq!(hours.permit(at(moment)), permitted, "{why}");
        }
    }

    #[test]
    fn a_held_message_waits_for_the_window() {
        let chicago = Zone::parse("America/Chicago").unwrap();
        let hours = QuietHours::new(&chicago, None, None, Some((clock(10), clock(18))));
        assert_eq!(hours.next_permitted(at("2026-03-04T03:10:00Z")), at("2026-03-04T16:00:00Z"), "10:00 next morning");
        let open = at("2026-03-04T17:03:00Z");
        assert_eq!(hours.next_permitted(open), open);
    }

    proptest::proptest! {
        /// At any instant, the nights the clocks move among them: what may leave leaves between 9:00 and 20:00 (Sundays from
        /// 12:00) where the clinic is and where the handset is, and what may not waits for such a moment.
        #[test]
        fn nothing_leaves_at_night(
            zone in proptest::sample::select(&["America/New_York", "America/Denver", "Pacific/Honolulu"][..]),
            recipient in proptest::option::of(proptest::sample::select(
                &["+12125550100", "+13105550100", "+18085550100", "+14015550100", "+16025550100", "+12055550100"][..],
            )),
            minutes in 0_i64..(4 * 366 * 24 * 60),
        ) {
            let clinic = Zone::parse(zone).unwrap();
            let number = recipient.map(|text| PhoneNumber::parse(text).unwrap());
            let hours = QuietHours::new(&clinic, None, number.as_ref(), None);
            let now = at("2025-01-01T00:00:00Z") + SignedDuration::from_mins(minutes);
            let leaves = hours.next_permitted(now);
            proptest::prop_assert!(leaves >= now);
            proptest::prop_assert_eq!(leaves == now, hours.permit(now));
            let theirs = number.as_ref().and_then(PhoneNumber::area_code).and_then(area_codes::region);
            for zone in [Some(clinic), theirs.and_then(|r| Zone::parse(r.zone).ok())].into_iter().flatten() {
                let local = zone.local(leaves);
                let from = if local.weekday() == Weekday::Sunday { 12 } else { 9 };
                proptest::prop_assert!(local.hour() >= from && local.hour() < 20, "{local}");
            }
        }
    }
}
