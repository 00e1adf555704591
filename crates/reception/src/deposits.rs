//! Deposits carried out: the link, what became of it, its end, and money that goes back.

use std::sync::Arc;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use frontdesk_domain::appointment::Hold;
use frontdesk_domain::clinic::{FeeKind, PaymentsChoice};
use frontdesk_domain::deposit::{self, Deposit, DepositEvent, DepositStatus, Purpose};
use frontdesk_domain::ids::{ConversationId, DepositId, HoldId, OrgId};
use frontdesk_domain::limits::{FEE_LINK, PAYMENT_GRACE};
use frontdesk_domain::money::Money;
use frontdesk_engine::turn::{DepositOrder, HoldOrder, NoticeAbout};
use frontdesk_engine::{Conversation, Input};
use frontdesk_ports::booking_platform::HoldOutcome;
use frontdesk_ports::inbound::{Inbound, InboundEvent, PaymentReport};
use frontdesk_ports::payments::{LinkEnd, LinkRequest, Payments, RefundRequest};
use frontdesk_ports::store::{ClaimedJob, ConversationRow, JobEnd, OrgTx, StoreError};
use frontdesk_ports::{Happened, PortError, PortErrorKind};

use crate::conversation::receive::{CONFLICTS, with_deposit};
use crate::conversation::staff::staff_later;
use crate::conversation::{lead_id, state_of};
use crate::jobs::{CloseLinkJob, JobKind, JobOutcome, RefundJob, StaffDoing, StaffJob, payload};
use crate::{ClinicView, Reception, ReceptionError, clinics, notify};

/// Who takes payments for a clinic; none where that vendor is off.
fn vendor_of(cx: &Reception, view: &ClinicView) -> Option<Arc<dyn Payments>> {
    let name = match view.settings.payments {
        PaymentsChoice::Square => "square",
        PaymentsChoice::Stripe => "stripe",
        PaymentsChoice::Sandbox => "sandbox",
        PaymentsChoice::None => return None,
    };
    cx.payments.get(name).cloned()
}

/// An id that is the same for the same thing, so that a turn that runs twice makes it once.
fn derived(parts: &[&str]) -> u128 {
    let digest = Sha256::digest(parts.join("|"));
    u128::from_be_bytes(digest[..16].try_into().expect("SHA-256 has 32 bytes")) & ((1 << 125) - 1)
}

/// Keeps a slot until a deposit is agreed to.
pub(crate) async fn hold(
    cx: &Reception,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    order: HoldOrder,
    now: Timestamp,
) -> Result<Input, ReceptionError> {
    let number = format!("{}.{}.{}", state.lead.sequence, state.bookings, state.deposits);
    let id = HoldId::from_raw(derived(&["hold", &row.id.to_string(), &number, &order.slot.start.to_string()]));
    let expires_at = now + view.settings.booking.hold.signed();
    let hold = Hold { id, slot: order.slot.clone(), expires_at };
    // The new time is kept before the old one is let go: who loses the race for another time keeps theirs.
    let mut outcome = cx.calendar.hold(&view.settings, &hold, now).await?;
    let before = order.replaces.clone().filter(|before| before.id != id);
    let overlaps = |b: &Hold| {
        b.slot.provider == hold.slot.provider && b.slot.start < hold.slot.end && hold.slot.start < b.slot.end
    };
    match (&outcome, before) {
        (HoldOutcome::Held(_), Some(before)) => cx.calendar.release(&view.settings, before.id).await?,
        // A quarter of an hour later stands in its own way.
        (HoldOutcome::SlotTaken, Some(before)) if overlaps(&before) => {
            cx.calendar.release(&view.settings, before.id).await?;
            outcome = cx.calendar.hold(&view.settings, &hold, now).await?;
            if matches!(outcome, HoldOutcome::SlotTaken) && before.expires_at > now {
                cx.calendar.hold(&view.settings, &before, now).await?;
            }
        }
        _ => {}
    }
    Ok(match outcome {
        HoldOutcome::Held(hold) => Input::Held(order, hold),
        HoldOutcome::SlotTaken => Input::HoldTaken(order),
    })
}

/// Makes the link that was agreed to. Its row is stored before anybody hears of it, with the job that ends it.
pub(crate) async fn request(
    cx: &Reception,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    order: DepositOrder,
    now: Timestamp,
) -> Result<Input, ReceptionError> {
    let number = format!("{}.{}", state.lead.sequence, state.deposits);
    let id = DepositId::from_raw(derived(&["deposit", &row.id.to_string(), &number]));
    if let Some(known) = cx.store.read(row.org).await?.deposit(id).await? {
        return Ok(Input::Linked(order, known));
    }
    let Some(vendor) = vendor_of(cx, view) else {
        tracing::error!(clinic.id = %view.settings.id, "a deposit is due, but no payment vendor is configured");
        return Ok(Input::PaymentsDown(order));
    };
    let life = view.settings.booking.link.max(vendor.capabilities().shortest_link);
    let expires_at = now + life.signed();
    let mut hold = None;
    if let Some(slot) = &order.agreement.slot {
        let kept = order.hold.clone().filter(|hold| hold.slot == *slot);
        let hold_id = kept.map_or_else(|| HoldId::from_raw(derived(&["hold", &id.to_string()])), |hold| hold.id);
        // A payment made in the last moment is told a little later: nobody else gets the time before it is.
        let longer = Hold { id: hold_id, slot: slot.clone(), expires_at: expires_at + PAYMENT_GRACE.signed() };
        match cx.calendar.hold(&view.settings, &longer, now).await? {
            HoldOutcome::Held(held) => hold = Some(held),
            HoldOutcome::SlotTaken => return Ok(Input::KeptTimeGone(order)),
        }
    }
    let wanted = Wanted { id, purpose: Purpose::Deposit, amount: order.agreement.amount, hold, expires_at };
    match link(cx, view, row, state, vendor.as_ref(), wanted, &order.agreement.policy, now).await {
        Ok(deposit) => Ok(Input::Linked(order, deposit)),
        Err(ReceptionError::Port(error)) => {
            // Nobody may pay by a page that nobody was told of: it ends by itself.
            tracing::error!(
                vendor = error.vendor,
                kind = error.kind.key(),
                code = error.code,
                "no payment link can be made"
            );
            cx.metrics.failed.inc();
            Ok(Input::PaymentsDown(order))
        }
        Err(error) => Err(error),
    }
}

/// What a link is made for.
struct Wanted {
    id: DepositId,
    purpose: Purpose,
    amount: Money,
    hold: Option<Hold>,
    expires_at: Timestamp,
}

#[expect(clippy::too_many_arguments, reason = "one call, the same words at both callers")]
async fn link(
    cx: &Reception,
    view: &ClinicView,
    row: &ConversationRow,
    state: &Conversation,
    vendor: &dyn Payments,
    wanted: Wanted,
    policy: &str,
    now: Timestamp,
) -> Result<Deposit, ReceptionError> {
    let code = cx.links.code("pay", &wanted.id.to_string());
    let what = match wanted.purpose {
        Purpose::Deposit => "Deposit",
        Purpose::NoShowFee => "Missed visit",
        Purpose::LateCancellationFee => "Late cancellation",
    };
    let asked = LinkRequest {
        key: wanted.id.to_string(),
        amount: wanted.amount,
        description: format!("{what}, {}", view.settings.name),
        reference: reference(row.org, wanted.id),
        code: code.clone(),
        expires_at: wanted.expires_at,
    };
    let made = match vendor.create_link(&asked).await {
        // Its answer was lost: under the same key it makes the same page.
        Err(error) if error.happened == Happened::Unknown => vendor.create_link(&asked).await,
        made => made,
    };
    let link = made?;
    let service = state.lead.services.first().and_then(|id| view.settings.service(*id));
    let deposit = Deposit {
        id: wanted.id,
        org: row.org,
        clinic: row.clinic,
        conversation: row.id,
        lead: lead_id(row, state),
        purpose: wanted.purpose,
        amount: wanted.amount,
        status: DepositStatus::Requested,
        hold: wanted.hold,
        service_name: service.map(|service| service.name.clone()).unwrap_or_default(),
        policy: policy.to_owned(),
        short_link: format!("{}/p/{code}", cx.public_url),
        code,
        vendor: vendor.vendor().to_owned(),
        vendor_link: link.id,
        url: link.url,
        vendor_payment: None,
        requested_at: now,
        expires_at: link.expires_at.min(wanted.expires_at),
        paid_at: None,
    };
    let mut tx = cx.store.begin(row.org).await?;
    tx.insert_deposit(&deposit, now).await?;
    close_later(tx.as_mut(), &deposit, deposit.expires_at).await?;
    tx.commit().await?;
    Ok(deposit)
}

async fn close_later(tx: &mut dyn OrgTx, deposit: &Deposit, at: Timestamp) -> Result<(), ReceptionError> {
    tx.enqueue(JobKind::CloseLink.job(deposit.org, &CloseLinkJob { deposit: deposit.id }, None, at)?).await?;
    Ok(())
}

/// Takes an open link back; its page is closed by a job.
pub(crate) async fn cancel(tx: &mut dyn OrgTx, id: DepositId, now: Timestamp) -> Result<(), ReceptionError> {
    let Some(deposit) = tx.deposit(id).await? else { return Ok(()) };
    let Ok(status) = deposit.status.after(DepositEvent::Cancelled) else { return Ok(()) };
    tx.save_deposit(&Deposit { status, ..deposit.clone() }, deposit.status, now).await?;
    close_later(tx, &deposit, now).await
}

/// Orders a payment to be given back.
pub(crate) async fn give_back(tx: &mut dyn OrgTx, id: DepositId, now: Timestamp) -> Result<(), ReceptionError> {
    let Some(deposit) = tx.deposit(id).await? else { return Ok(()) };
    let Some(payment) = deposit.vendor_payment.clone() else { return Ok(()) };
    refund_later(tx, &deposit, payment, now).await
}

async fn refund_later(
    tx: &mut dyn OrgTx,
    deposit: &Deposit,
    payment: String,
    now: Timestamp,
) -> Result<(), ReceptionError> {
    let payload = RefundJob { deposit: deposit.id, payment };
    let order_key = Some(format!("pay:{}", deposit.id));
    tx.enqueue(JobKind::Refund.job(deposit.org, &payload, order_key, now)?).await?;
    Ok(())
}

/// The reference a vendor gives back in its events.
pub fn reference(org: OrgId, deposit: DepositId) -> String {
    format!("{org}.{deposit}")
}

/// The deposit of a payment event.
pub(crate) async fn of_event(cx: &Reception, event: &InboundEvent) -> Result<Option<Deposit>, ReceptionError> {
    let Inbound::Payment { reference, .. } = &event.what else { return Ok(None) };
    let Some((org, id)) = reference.as_deref().and_then(crate::split_reference) else { return Ok(None) };
    let found = cx.store.read(org).await?.deposit(id).await?;
    Ok(found.filter(|deposit| deposit.vendor == event.vendor))
}

/// What a report means for a deposit.
enum Meaning {
    /// It is known, or cannot follow what stands.
    Nothing,
    /// It changes, and the conversation hears of it.
    Changed(Deposit, Input),
    /// It was paid once more: that payment goes back.
    PaidAgain(String),
}

fn meaning(known: &Deposit, payment: &str, report: PaymentReport, now: Timestamp) -> Meaning {
    let event = match report {
        PaymentReport::Paid { .. } => DepositEvent::Paid,
        PaymentReport::Failed => DepositEvent::Failed,
        PaymentReport::Refunded => DepositEvent::Refunded,
        PaymentReport::Disputed => DepositEvent::Disputed,
        PaymentReport::DisputeWon => DepositEvent::Decided(true),
        PaymentReport::DisputeLost => DepositEvent::Decided(false),
    };
    let ours = known.vendor_payment.as_deref();
    if event == DepositEvent::Paid && ours.is_some_and(|ours| ours != payment) {
        return Meaning::PaidAgain(payment.to_owned());
    }
    // A payment that is none of what stands here has nothing to say about it.
    if event != DepositEvent::Paid && event != DepositEvent::Failed && ours != Some(payment) {
        return Meaning::Nothing;
    }
    let Ok(status) = known.status.after(event) else { return Meaning::Nothing };
    let mut after = Deposit { status, ..known.clone() };
    if event == DepositEvent::Paid {
        after.vendor_payment = Some(payment.to_owned());
        after.paid_at = Some(now);
    }
    let input = match event {
        DepositEvent::Paid => Input::Paid(after.clone()),
        DepositEvent::Failed => Input::PaymentFailed(after.clone()),
        DepositEvent::Refunded => Input::Refunded(after.clone()),
        _ => Input::Disputed(after.clone()),
    };
    Meaning::Changed(after, input)
}

/// What became of a payment, as the vendor reports it.
pub(crate) async fn settle(
    cx: &Reception,
    job: &ClaimedJob,
    event: &InboundEvent,
) -> Result<JobOutcome, ReceptionError> {
    let Inbound::Payment { payment, report, .. } = &event.what else { return Err(ReceptionError::Payload) };
    for _ in 0..CONFLICTS {
        let Some(known) = of_event(cx, event).await? else {
            tracing::warn!(vendor = event.vendor, "a payment event that names no deposit of ours");
            return Ok(JobOutcome::End(JobEnd::Done));
        };
        let now = cx.now();
        let too_little =
            matches!(report, PaymentReport::Paid { amount_minor } if *amount_minor < known.amount.minor_units());
        if too_little && known.vendor_payment.is_none() {
            // A part of it books nothing: a person decides.
            tracing::error!(vendor = event.vendor, deposit.id = %known.id, "less was paid than asked; staff are told");
            trouble(cx, known.org, known.id).await?;
            return Ok(JobOutcome::End(JobEnd::Done));
        }
        let outcome = match meaning(&known, payment, *report, now) {
            Meaning::Nothing => return Ok(JobOutcome::End(JobEnd::Done)),
            Meaning::Changed(after, input) => with_deposit(cx, job, &after, known.status, input).await,
            Meaning::PaidAgain(payment) => paid_again(cx, job, &known, payment, now).await,
        };
        match outcome {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

async fn paid_again(
    cx: &Reception,
    job: &ClaimedJob,
    deposit: &Deposit,
    payment: String,
    now: Timestamp,
) -> Result<JobOutcome, ReceptionError> {
    let view = clinics::view(cx, deposit.clinic).await?;
    let mut tx = cx.store.begin(deposit.org).await?;
    let row = tx.conversation(deposit.conversation).await?.ok_or(ReceptionError::Payload)?;
    refund_later(tx.as_mut(), deposit, payment, now).await?;
    notify::write(cx, tx.as_mut(), &view, &row, &state_of(&row)?, NoticeAbout::DepositRefunded).await?;
    tx.end_job(job.id, cx.worker, job.attempt, JobEnd::Done).await?;
    tx.commit().await?;
    Ok(JobOutcome::Ended(Vec::new()))
}

/// A link's end: closed at the vendor first. What was paid in the last moment is not given away.
pub(crate) async fn close_link(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    let CloseLinkJob { deposit: id } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    let done = || Ok(JobOutcome::End(JobEnd::Done));
    for _ in 0..CONFLICTS {
        let Some(known) = cx.store.read(org).await?.deposit(id).await? else { return done() };
        if !known.status.is_open() && known.status != DepositStatus::Cancelled {
            return done();
        }
        let vendor = cx.payments.get(known.vendor.as_str()).cloned();
        // A vendor that is off now cannot be asked; its links end by themselves.
        let end = match &vendor {
            Some(vendor) => vendor.close_link(&known.vendor_link).await?,
            None => LinkEnd::Closed,
        };
        if end == LinkEnd::Paid || !known.status.is_open() {
            return done();
        }
        let hold = known.hold.clone().map(|hold| Hold { expires_at: cx.now(), ..hold });
        let after = Deposit { status: DepositStatus::Expired, hold, ..known.clone() };
        match with_deposit(cx, job, &after, known.status, Input::DepositExpired(after.clone())).await {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

/// Gives a payment back.
pub(crate) async fn refund(cx: &Reception, job: &ClaimedJob) -> Result<JobOutcome, ReceptionError> {
    let RefundJob { deposit: id, payment } = payload(job)?;
    let org = job.org.ok_or(ReceptionError::Payload)?;
    for _ in 0..CONFLICTS {
        let known = cx.store.read(org).await?.deposit(id).await?.ok_or(ReceptionError::Payload)?;
        let is_its_own = known.vendor_payment.as_deref() == Some(&payment);
        if is_its_own && known.status == DepositStatus::Refunded {
            return Ok(JobOutcome::End(JobEnd::Done));
        }
        let vendor = cx.payments.get(known.vendor.as_str()).cloned();
        let vendor = vendor.ok_or_else(|| PortError::new("payments", "refund", PortErrorKind::Unavailable, "off"))?;
        let asked = RefundRequest { key: format!("{id}.{payment}"), payment: payment.clone(), amount: known.amount };
        vendor.refund(&asked).await?;
        let Ok(status) = known.status.after(DepositEvent::Refunded) else {
            return Ok(JobOutcome::End(JobEnd::Done));
        };
        if !is_its_own {
            return Ok(JobOutcome::End(JobEnd::Done));
        }
        let after = Deposit { status, ..known.clone() };
        match with_deposit(cx, job, &after, known.status, Input::Refunded(after.clone())).await {
            Err(ReceptionError::Store(StoreError::Conflict)) => {}
            other => return other,
        }
    }
    Err(ReceptionError::Store(StoreError::Conflict))
}

/// A refund that was given up, or a payment nobody could handle: a person looks.
pub(crate) async fn trouble(cx: &Reception, org: OrgId, id: DepositId) -> Result<(), ReceptionError> {
    let Some(deposit) = cx.store.read(org).await?.deposit(id).await? else { return Ok(()) };
    let view = clinics::view(cx, deposit.clinic).await?;
    let mut tx = cx.store.begin(org).await?;
    let row = tx.conversation(deposit.conversation).await?.ok_or(ReceptionError::Payload)?;
    let state = state_of(&row).unwrap_or_default();
    notify::write(cx, tx.as_mut(), &view, &row, &state, NoticeAbout::PaymentTrouble).await?;
    tx.commit().await?;
    Ok(())
}

/// What the page behind a short link shows.
pub struct Page {
    /// The deposit.
    pub deposit: Deposit,
    /// The clinic's name.
    pub clinic: String,
    /// The time it keeps, by the clinic's clock, in words.
    pub when: Option<String>,
    /// It can be paid now.
    pub is_open: bool,
}

/// The page behind a short link's code.
///
/// # Errors
/// When the store does not answer.
pub async fn page(cx: &Reception, code: &str) -> Result<Option<Page>, ReceptionError> {
    let found = cx.store.begin_system().await?.deposit_of_code(code).await?;
    let Some((org, id)) = found else { return Ok(None) };
    let Some(deposit) = cx.store.read(org).await?.deposit(id).await? else { return Ok(None) };
    let view = clinics::view(cx, deposit.clinic).await?;
    let when = deposit.hold.as_ref().map(|hold| notify::when(&view.settings, hold.slot.start));
    let is_open = deposit.status.is_open() && deposit.expires_at > cx.now();
    Ok(Some(Page { deposit, clinic: view.settings.name.clone(), when, is_open }))
}

/// Why money cannot be asked for or given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The clinic's rules name no such fee.
    #[error("the clinic's [[fees]] name no such fee")]
    NoRule,
    /// Nothing is paid that could go back.
    #[error("nothing is paid that could go back")]
    NothingPaid,
    /// It is paid.
    #[error("this fee is paid already")]
    Paid,
    /// The patient wants no texts.
    #[error("this patient wants no texts; please call them")]
    OptedOut,
    /// No link can be made now.
    #[error("no payment link can be made now")]
    PaymentsDown,
}

/// A person gives the last payment of a conversation back.
///
/// # Errors
/// When the store does not answer.
pub async fn refund_by_person(
    cx: &Reception,
    org: OrgId,
    conversation: ConversationId,
    deposit: DepositId,
) -> Result<Result<(), Refused>, ReceptionError> {
    let mut tx = cx.store.begin(org).await?;
    let all = tx.deposits_of(conversation).await?;
    let paid = all.into_iter().rev().find(|known| known.status.is_paid() && known.id == deposit);
    let Some(deposit) = paid else { return Ok(Err(Refused::NothingPaid)) };
    give_back(tx.as_mut(), deposit.id, cx.now()).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// A person asks for a fee, by link.
///
/// # Errors
/// When the store or the payments vendor does not answer.
pub async fn ask_fee(
    cx: &Reception,
    org: OrgId,
    conversation: ConversationId,
    kind: FeeKind,
) -> Result<Result<(), Refused>, ReceptionError> {
    let now = cx.now();
    let row = cx.store.read(org).await?.conversation(conversation).await?.ok_or(ReceptionError::Payload)?;
    let view = clinics::view(cx, row.clinic).await?;
    if row.consent.is_opted_out() {
        return Ok(Err(Refused::OptedOut));
    }
    let Some(amount) = deposit::fee(&view.settings, kind) else { return Ok(Err(Refused::NoRule)) };
    let Some(vendor) = vendor_of(cx, &view) else { return Ok(Err(Refused::PaymentsDown)) };
    let state = state_of(&row)?;
    let purpose = Purpose::from(kind);
    let before = cx.store.read(org).await?.deposits_of(conversation).await?;
    let before: Vec<&Deposit> =
        before.iter().filter(|d| d.purpose == purpose && d.lead == lead_id(&row, &state)).collect();
    if before.iter().any(|fee| fee.status.is_paid()) {
        return Ok(Err(Refused::Paid));
    }
    // One that is open is told again under its own link.
    let ended = before.iter().filter(|fee| !fee.status.is_open()).count().to_string();
    let lead = lead_id(&row, &state).to_string();
    let id = DepositId::from_raw(derived(&["fee", &lead, &ended, &format!("{kind:?}")]));
    // A fee has days, not an hour: nothing is kept for it.
    let expires_at = now + FEE_LINK.signed();
    let wanted = Wanted { id, purpose, amount, hold: None, expires_at };
    let policy = view.settings.booking.policy.clone();
    let deposit = match link(cx, &view, &row, &state, vendor.as_ref(), wanted, &policy, now).await {
        Ok(deposit) => deposit,
        Err(ReceptionError::Port(_)) => return Ok(Err(Refused::PaymentsDown)),
        Err(error) => return Err(error),
    };
    let mut tx = cx.store.begin(org).await?;
    staff_later(tx.as_mut(), org, StaffJob { conversation, what: StaffDoing::Fee { deposit: deposit.id } }, now)
        .await?;
    tx.commit().await?;
    Ok(Ok(()))
}
