//! Money asked of a patient by link: a deposit that keeps a time, or a fee a person asks for.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::appointment::Hold;
use crate::clinic::{ClinicSettings, FeeKind, PaymentsChoice, PlatformChoice};
use crate::ids::{ClinicId, ConversationId, DepositId, LeadId, OrgId, ServiceId};
use crate::lead::PatientType;
use crate::money::Money;

/// Where a deposit stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DepositStatus {
    /// The link is open.
    Requested,
    /// Paid.
    Paid,
    /// The last attempt to pay failed; the link is still open.
    Failed,
    /// The link ended unpaid.
    Expired,
    /// Withdrawn unpaid.
    Cancelled,
    /// Given back.
    Refunded,
    /// The cardholder contests it.
    Disputed,
    /// The dispute was decided for the clinic.
    Won,
    /// The dispute was decided against the clinic.
    Lost,
}

/// A change of a deposit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositEvent {
    /// The money is there.
    Paid,
    /// An attempt failed.
    Failed,
    /// The link ended.
    Expired,
    /// It was withdrawn.
    Cancelled,
    /// The money went back.
    Refunded,
    /// The cardholder contests it.
    Disputed,
    /// The dispute ended; `true` for the clinic.
    Decided(bool),
}

/// A change that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a deposit that is {} cannot go there", .0.key())]
pub struct DepositError(pub DepositStatus);

impl DepositStatus {
    const ALL: [Self; 9] = [
        Self::Requested,
        Self::Paid,
        Self::Failed,
        Self::Expired,
        Self::Cancelled,
        Self::Refunded,
        Self::Disputed,
        Self::Won,
        Self::Lost,
    ];

    /// The name in the store and in contracts.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    /// The status of a name in the store.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.key() == key)
    }

    /// Whether it can still be paid.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Failed)
    }

    /// Whether the clinic has the money, contested or not.
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::Disputed | Self::Won)
    }

    /// What it becomes.
    ///
    /// A payment that comes after the link's end is possible: vendors close links, but not at the same instant.
    ///
    /// # Errors
    /// [`DepositError`] when that cannot follow.
    pub const fn after(self, event: DepositEvent) -> Result<Self, DepositError> {
        Ok(match (self, event) {
            (Self::Requested | Self::Failed | Self::Expired | Self::Cancelled, DepositEvent::Paid) => Self::Paid,
            (Self::Requested | Self::Failed, DepositEvent::Failed) => Self::Failed,
            (Self::Requested | Self::Failed, DepositEvent::Expired) => Self::Expired,
            (Self::Requested | Self::Failed, DepositEvent::Cancelled) => Self::Cancelled,
            (Self::Paid | Self::Disputed | Self::Won, DepositEvent::Refunded) => Self::Refunded,
            (Self::Paid | Self::Refunded, DepositEvent::Disputed) => Self::Disputed,
            (Self::Disputed, DepositEvent::Decided(true)) => Self::Won,
            (Self::Disputed, DepositEvent::Decided(false)) => Self::Lost,
            _ => return Err(DepositError(self)),
        })
    }
}

/// What money is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// It keeps a time, or a place in the queue for one.
    Deposit,
    /// They did not come.
    NoShowFee,
    /// They cancelled inside the notice.
    LateCancellationFee,
}

impl From<FeeKind> for Purpose {
    fn from(kind: FeeKind) -> Self {
        match kind {
            FeeKind::NoShow => Self::NoShowFee,
            FeeKind::LateCancellation => Self::LateCancellationFee,
        }
    }
}

/// Money asked of a patient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// Its id.
    pub id: DepositId,
    /// The tenant.
    pub org: OrgId,
    /// The clinic that gets it.
    pub clinic: ClinicId,
    /// Where it was agreed.
    pub conversation: ConversationId,
    /// The request it belongs to.
    pub lead: LeadId,
    /// What for.
    pub purpose: Purpose,
    /// How much.
    pub amount: Money,
    /// Where it stands.
    pub status: DepositStatus,
    /// The time it keeps, where there is one.
    pub hold: Option<Hold>,
    /// What it is for, as the patient knows it; no health words beyond the service's name.
    pub service_name: String,
    /// The policy as the patient was shown it, before the link.
    pub policy: String,
    /// The code of our short link.
    pub code: String,
    /// That link, as the patient gets it.
    pub short_link: String,
    /// Who takes the payment.
    pub vendor: String,
    /// The vendor's id of the link.
    pub vendor_link: String,
    /// The hosted page.
    pub url: String,
    /// The vendor's id of the payment.
    pub vendor_payment: Option<String>,
    /// When the link was made.
    pub requested_at: Timestamp,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
}

/// How a clinic's bookings and payments go together (product paths (i) to (iv)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// The time is booked at once; whatever is paid, the platform takes.
    Booked,
    /// A deposit keeps the time, which is booked when it is paid.
    DepositThenBooked(Money),
    /// A deposit, and staff confirm the time.
    DepositThenStaff(Money),
    /// Staff get the lead.
    LeadOnly,
}

/// The path of one request: the first deposit rule that fits decides about money.
pub fn path(clinic: &ClinicSettings, service: Option<ServiceId>, patient: Option<PatientType>) -> Path {
    let books = clinic.booking_platform != PlatformChoice::None;
    match (books, due(clinic, service, patient)) {
        (true, Some(amount)) => Path::DepositThenBooked(amount),
        (true, None) => Path::Booked,
        (false, Some(amount)) => Path::DepositThenStaff(amount),
        (false, None) => Path::LeadOnly,
    }
}

/// The deposit the clinic's rules ask for; none where nobody takes payments. A share is of the service's lowest price, and
/// asks for nothing where the clinic wrote no figure.
pub fn due(clinic: &ClinicSettings, service: Option<ServiceId>, patient: Option<PatientType>) -> Option<Money> {
    if clinic.payments == PaymentsChoice::None {
        return None;
    }
    let service = service.and_then(|id| clinic.service(id));
    let rule = clinic.deposits.iter().find(|rule| {
        rule.service.as_ref().is_none_or(|name| service.is_some_and(|service| service.name == *name))
            && rule.patient_type.is_none_or(|wanted| patient == Some(wanted))
    })?;
    let share = || {
        let price = service?.price_from?;
        Some(Money::usd_cents(price.checked_mul(i64::from(rule.percent?))? / 100))
    };
    rule.amount.or_else(share).filter(|amount| amount.minor_units() > 0)
}

/// The fee the clinic's rules name for something.
pub fn fee(clinic: &ClinicSettings, kind: FeeKind) -> Option<Money> {
    clinic.fees.iter().find(|rule| rule.kind == kind).map(|rule| rule.amount).filter(|fee| fee.minor_units() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_goes_only_where_it_can() {
        use DepositEvent::{Cancelled, Decided, Disputed, Expired, Failed, Paid, Refunded};
        use DepositStatus as S;
        let can = [
            (S::Requested, Paid, S::Paid),
            (S::Requested, Failed, S::Failed),
            (S::Failed, Paid, S::Paid),
            (S::Failed, Failed, S::Failed),
            (S::Requested, Expired, S::Expired),
            (S::Requested, Cancelled, S::Cancelled),
            (S::Expired, Paid, S::Paid),
            (S::Cancelled, Paid, S::Paid),
            (S::Paid, Refunded, S::Refunded),
            (S::Paid, Disputed, S::Disputed),
            (S::Disputed, Decided(true), S::Won),
            (S::Disputed, Decided(false), S::Lost),
        ];
        for (from, event, to) in can {
            assert_eq!(from.after(event), Ok(to), "{from:?} {event:?}");
        }
        let cannot = [
            (S::Paid, Paid),
            (S::Paid, Failed),
            (S::Paid, Expired),
            (S::Refunded, Paid),
            (S::Refunded, Refunded),
            (S::Expired, Refunded),
            (S::Requested, Refunded),
            (S::Lost, Refunded),
            (S::Paid, Decided(true)),
        ];
        for (from, event) in cannot {
            assert_eq!(from.after(event), Err(DepositError(from)), "{from:?} {event:?}");
        }
        for status in DepositStatus::ALL {
            assert_eq!(DepositStatus::from_key(status.key()), Some(status));
        }
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        use crate::clinic::parse;
        let clinic = |payments: &str, platform: &str, rules: &str| {
            let text = format!(
                "key = \"x\"\norganisation = \"X\"\nname = \"X\"\ntimezone = \"America/New_York\"\nphone_numbers = [\"+12125550100\"]\n\
                 booking_platform = \"{platform}\"\npayments = \"{payments}\"\n[[services]]\nname = \"Botox\"\nminutes = 30\nprice_from = 20000\n\
                 [[services]]\nname = \"Peel\"\nminutes = 30\n{rules}"
            );
            let mut next = 0_u128;
            let mut new_id = || {
                next += 1;
                next
            };
            let origin = &mut crate::clinic::Origin {
                org: OrgId::from_raw(1),
                clinic: ClinicId::from_raw(2),
                new_id: &mut new_id,
            };
            parse(&text).unwrap().apply(None, origin)
        };
        let rules =
            "[[deposits]]\nservice = \"Botox\"\npercent = 25\n[[deposits]]\npatient_type = \"new\"\namount = \"$50\"\n";
        let usd = Money::usd_cents;
        let (new, known) = (Some(PatientType::New), Some(PatientType::Existing));
        let cases = [
            ("sandbox", "calendar", "Botox", known, Path::DepositThenBooked(usd(5_000))),
            ("sandbox", "calendar", "Peel", new, Path::DepositThenBooked(usd(5_000))),
            ("sandbox", "calendar", "Peel", known, Path::Booked),
            ("sandbox", "calendar", "Peel", None, Path::Booked),
            ("none", "calendar", "Botox", new, Path::Booked),
            ("sandbox", "none", "Botox", new, Path::DepositThenStaff(usd(5_000))),
            ("sandbox", "none", "Peel", known, Path::LeadOnly),
            ("none", "none", "Peel", new, Path::LeadOnly),
        ];
        for (payments, platform, service, patient, wanted) in cases {
            let clinic = clinic(payments, platform, rules);
            let service = clinic.service_named(service).unwrap().id;
            assert_eq!(path(&clinic, Some(service), patient), wanted, "{payments} {platform} {patient:?}");
        }
        // A share of a price nobody wrote asks for nothing.
        let clinic = clinic("sandbox", "calendar", "[[deposits]]\npercent = 20\n");
        let peel = clinic.service_named("Peel").unwrap().id;
        assert_eq!(due(&clinic, Some(peel), new), None);
    }
}
