//! May this message leave now? One table of message kinds, asked at the moment of sending.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::consent::ConsentStanding;
use crate::limits::{OPT_OUT_CONFIRMATION, PROACTIVE_PER_DAY, REPLY_STALE, REPLY_WINDOW};
use crate::quiet_hours::QuietHours;

/// What a message is, for the rules of consent, quiet hours and frequency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// An answer to their own message or call.
    Reply,
    /// "Call 911", in answer to their message.
    Safety,
    /// The confirmation of STOP or START, or the answer to HELP.
    Consent,
    /// The confirmation of a booking or payment they just made.
    Receipt,
    /// Anything we begin: reminder, follow-up.
    Proactive,
    /// To staff.
    Staff,
    /// To staff, an emergency.
    StaffUrgent,
}

impl MessageKind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Reply, Self::Safety, Self::Consent, Self::Receipt, Self::Proactive, Self::Staff, Self::StaffUrgent];

    /// The name in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Safety => "safety",
            Self::Consent => "consent",
            Self::Receipt => "receipt",
            Self::Proactive => "proactive",
            Self::Staff => "staff",
            Self::StaffUrgent => "staff_urgent",
        }
    }

    /// The kind of a name in the store.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }

    /// Whether a carrier's unclear answer is met by sending once more: only a reply is worth the risk of a double.
    pub const fn resend_when_unclear(self) -> bool {
        matches!(self, Self::Reply | Self::Safety)
    }
}

/// What an opt-out does to a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OptOutRule {
    /// Nothing leaves.
    Stops,
    /// It leaves all the same.
    Allowed,
    /// Only the one confirmation, and the answer to HELP.
    OneConfirmation,
}

/// What quiet hours do to a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuietRule {
    /// Allowed at any hour.
    Allowed,
    /// Allowed within fifteen minutes of what the patient did, held after that.
    AllowedWhenFresh,
    /// Held until the window opens.
    Held,
    /// Held until the staff's own hours.
    StaffHours,
}

/// One row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KindRules {
    /// Opt-out.
    pub opt_out: OptOutRule,
    /// Quiet hours.
    pub quiet: QuietRule,
    /// Messages of this kind to one person in 24 hours.
    pub cap_per_day: Option<u32>,
}

/// The table.
pub const fn rules(kind: MessageKind) -> KindRules {
    match kind {
        MessageKind::Reply => {
            KindRules { opt_out: OptOutRule::Stops, quiet: QuietRule::AllowedWhenFresh, cap_per_day: None }
        }
        MessageKind::Safety => KindRules { opt_out: OptOutRule::Allowed, quiet: QuietRule::Allowed, cap_per_day: None },
        MessageKind::Consent => {
            KindRules { opt_out: OptOutRule::OneConfirmation, quiet: QuietRule::Allowed, cap_per_day: None }
        }
        MessageKind::Receipt => {
            KindRules { opt_out: OptOutRule::Stops, quiet: QuietRule::AllowedWhenFresh, cap_per_day: None }
        }
        MessageKind::Proactive => {
            KindRules { opt_out: OptOutRule::Stops, quiet: QuietRule::Held, cap_per_day: Some(PROACTIVE_PER_DAY) }
        }
        MessageKind::Staff => {
            KindRules { opt_out: OptOutRule::Allowed, quiet: QuietRule::StaffHours, cap_per_day: None }
        }
        MessageKind::StaffUrgent => {
            KindRules { opt_out: OptOutRule::Allowed, quiet: QuietRule::Allowed, cap_per_day: None }
        }
    }
}

/// What is known of the recipient and the message when the question is asked.
#[derive(Debug, Clone)]
pub struct Circumstances<'a> {
    /// Opt-out.
    pub consent: ConsentStanding,
    /// This is the confirmation of the opt-out itself.
    pub is_opt_out_confirmation: bool,
    /// What the patient did that this answers: message, call, payment, booking.
    pub occasioned_at: Timestamp,
    /// When the message was written.
    pub written_at: Timestamp,
    /// Proactive messages to this person in the last 24 hours.
    pub proactive_last_day: u32,
    /// Quiet hours of this recipient.
    pub quiet: &'a QuietHours,
}

/// Why a message is dropped for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// They opted out.
    OptedOut,
    /// The confirmation went out already, or its five minutes are over.
    ConfirmationOver,
    /// They heard from us often enough today.
    FrequencyCap,
    /// It is too old to be true.
    Stale,
}

impl Dropped {
    /// The name in the store and in logs.
    pub const fn key(self) -> &'static str {
        match self {
            Self::OptedOut => "opted_out",
            Self::ConfirmationOver => "confirmation_over",
            Self::FrequencyCap => "frequency_cap",
            Self::Stale => "stale",
        }
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Now.
    Send,
    /// Not before this instant; ask again then.
    HoldUntil(Timestamp),
    /// Never.
    Drop(Dropped),
}

/// Asks the table. The same question is asked again each time a held or retried message comes up.
pub fn may_send(kind: MessageKind, about: &Circumstances<'_>, now: Timestamp) -> Verdict {
    let row = rules(kind);
    if let Some(opted_out_at) = about.consent.opted_out_at {
        match row.opt_out {
            OptOutRule::Stops => return Verdict::Drop(Dropped::OptedOut),
            OptOutRule::Allowed => {}
            OptOutRule::OneConfirmation if !about.is_opt_out_confirmation => {}
            OptOutRule::OneConfirmation => {
                let in_time = now.duration_since(opted_out_at) <= OPT_OUT_CONFIRMATION.signed();
                if about.consent.confirmed_at.is_some() || !in_time {
                    return Verdict::Drop(Dropped::ConfirmationOver);
                }
            }
        }
    }
    let age = now.duration_since(about.written_at);
    if matches!(kind, MessageKind::Reply | MessageKind::Proactive) && age > REPLY_STALE.signed() {
        return Verdict::Drop(Dropped::Stale);
    }
    if row.cap_per_day.is_some_and(|cap| about.proactive_last_day >= cap) {
        return Verdict::Drop(Dropped::FrequencyCap);
    }
    let fresh = now.duration_since(about.occasioned_at) <= REPLY_WINDOW.signed();
    let allowed = match row.quiet {
        QuietRule::Allowed => true,
        QuietRule::AllowedWhenFresh => fresh || about.quiet.permit(now),
        QuietRule::Held | QuietRule::StaffHours => about.quiet.permit(now),
    };
    if allowed { Verdict::Send } else { Verdict::HoldUntil(about.quiet.next_permitted(now)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zone::Zone;

    const NIGHT: &str = "2026-03-04T05:00:00Z"; // 23:00 in Chicago
    const NOON: &str = "2026-03-04T18:00:00Z";

    #[test]
    fn the_table_of_kinds() {
        let quiet = QuietHours::new(&Zone::parse("America/Chicago").unwrap(), None, None, None);
        let opens: Timestamp = "2026-03-04T15:00:00Z".parse().unwrap();
        let (out, open) = (true, false);
        let held = Verdict::HoldUntil(opens);
        let dropped = Verdict::Drop(Dropped::OptedOut);
        let send = Verdict::Send;
        // kind, when, minutes since the patient's own act, opted out, proactive today, verdict, why
        let cases = [
            (MessageKind::Reply, NIGHT, 5, open, 0, send, "an answer at night"),
            (MessageKind::Reply, NIGHT, 16, open, 0, held, "an answer that comes too late at night"),
            (MessageKind::Reply, NOON, 300, open, 0, send, "a late answer by day"),
            (MessageKind::Reply, NOON, 1, out, 0, dropped, "no answer to an opted-out number"),
            (MessageKind::Safety, NIGHT, 1, out, 0, send, "911 always"),
            (MessageKind::Receipt, NIGHT, 5, open, 0, send, "they just booked"),
            (MessageKind::Receipt, NIGHT, 20, open, 0, held, "booked twenty minutes ago"),
            (MessageKind::Receipt, NOON, 1, out, 0, dropped, "opted out"),
            (MessageKind::Proactive, NIGHT, 1, open, 0, held, "nothing proactive at night"),
            (MessageKind::Proactive, NOON, 600, open, 2, send, "the third of the day"),
            (MessageKind::Proactive, NOON, 600, open, 3, Verdict::Drop(Dropped::FrequencyCap), "the fourth"),
            (MessageKind::Proactive, NOON, 1, out, 0, dropped, "opted out"),
            (MessageKind::Staff, NIGHT, 1, out, 0, held, "staff sleep"),
            (MessageKind::StaffUrgent, NIGHT, 1, out, 0, send, "an emergency wakes them"),
            (MessageKind::Consent, NIGHT, 1, out, 0, send, "the answer to HELP"),
        ];
        for (kind, when, minutes, opted_out, proactive, verdict, why) in cases {
            let now: Timestamp = when.parse().unwrap();
            let occasioned_at = now - jiff::SignedDuration::from_mins(minutes);
            let consent = if opted_out {
                ConsentStanding { opted_out_at: Some(occasioned_at), confirmed_at: None }
            } else {
                ConsentStanding::default()
            };
            let about = Circumstances {
                consent,
                is_opt_out_confirmation: false,
                occasioned_at,
                written_at: occasioned_at,
                proactive_last_day: proactive,
                quiet: &quiet,
            };
            assert_eq!(may_send(kind, &about, now), verdict, "{why}");
        }
    }

    #[test]
    fn one_confirmation_within_five_minutes() {
        let quiet = QuietHours::new(&Zone::parse("America/Chicago").unwrap(), None, None, None);
        let now: Timestamp = NOON.parse().unwrap();
        let minutes_ago = |m| now - jiff::SignedDuration::from_mins(m);
        let ask = |opted_out_at, confirmed_at| {
            let about = Circumstances {
                consent: ConsentStanding { opted_out_at: Some(opted_out_at), confirmed_at },
                is_opt_out_confirmation: true,
                occasioned_at: opted_out_at,
                written_at: opted_out_at,
                proactive_last_day: 0,
                quiet: &quiet,
            };
            may_send(MessageKind::Consent, &about, now)
        };
        assert_eq!(ask(minutes_ago(4), None), Verdict::Send);
        assert_eq!(ask(minutes_ago(6), None), Verdict::Drop(Dropped::ConfirmationOver));
        assert_eq!(ask(minutes_ago(1), Some(now)), Verdict::Drop(Dropped::ConfirmationOver));
    }
}
