//! Which carrier a text leaves by: the one its number was seen at, then the others in the configured order. Never the next
//! one after an unclear answer, and not while a carrier asked for a pause.

use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::ids::ClinicId;
use frontdesk_ports::sms::{OutboundSms, SmsSender, VendorMessageId};
use frontdesk_ports::{Happened, PortError, PortErrorKind};

use crate::{Reception, ReceptionError};

/// Longest pause a carrier is given after it said "too fast".
const PAUSE_MAX: SignedDuration = SignedDuration::from_mins(10);
/// The pause where it named none.
const PAUSE: SignedDuration = SignedDuration::from_secs(2);

/// One way a text can leave.
struct Way {
    carrier: Arc<dyn SmsSender>,
    from: PhoneNumber,
}

fn off() -> PortError {
    PortError::new("sms", "send", PortErrorKind::Unavailable, "off")
}

/// The ways out for a clinic's number, best first.
async fn ways(cx: &Reception, clinic: ClinicId, ours: &PhoneNumber) -> Result<Vec<Way>, ReceptionError> {
    if cx.carriers.len() < 2 {
        return Ok(cx.carriers.iter().map(|c| Way { carrier: Arc::clone(c), from: ours.clone() }).collect());
    }
    let mut tx = cx.store.begin_system().await?;
    let seen = tx.carriers_of(clinic).await?;
    drop(tx);
    let at = |vendor: &str| seen.iter().find(|(_, known)| known == vendor).map(|(number, _)| number);
    let home = seen.iter().find(|(number, _)| number == ours).map(|(_, vendor)| vendor.clone());
    let mut ways: Vec<Way> = cx
        .carriers
        .iter()
        .map(|carrier| {
            let is_home = home.as_deref().is_none_or(|home| home == carrier.vendor());
            // Another carrier sends from a number of this clinic that is known to be there; failing that from the same
            // one, which may be hosted at both.
            let from = if is_home { ours } else { at(carrier.vendor()).unwrap_or(ours) };
            Way { carrier: Arc::clone(carrier), from: from.clone() }
        })
        .collect();
    // A stable sort: the number's own carrier first, the rest as configured.
    ways.sort_by_key(|way| home.as_deref().is_some_and(|home| home != way.carrier.vendor()));
    Ok(ways)
}

/// Whether the next carrier may be tried: this one certainly does not have it and is itself in trouble.
fn fails_over(error: &PortError) -> bool {
    error.happened == Happened::No && matches!(error.kind, PortErrorKind::Unavailable | PortErrorKind::Unauthorized)
}

/// Hands a text over by the best way that works.
pub(crate) async fn send(
    cx: &Reception,
    clinic: ClinicId,
    sms: OutboundSms,
) -> Result<(&'static str, VendorMessageId), PortError> {
    let mut first: Option<PortError> = None;
    // Without the store nobody was asked: it certainly did not happen.
    let nowhere = |_| PortError::new("sms", "route", PortErrorKind::Unavailable, "store");
    for Way { carrier, from } in ways(cx, clinic, &sms.from).await.map_err(nowhere)? {
        let vendor = carrier.vendor();
        if let Some(wait) = cx.pauses.left(vendor, &from, cx.clock.real_now()) {
            // It asked for a pause: asking again would only make it longer. Order is kept, so nobody jumps the queue.
            let mut error = PortError::new(vendor, "send", PortErrorKind::RateLimited, "pause");
            error.retry_after = Some(wait);
            return Err(first.unwrap_or(error));
        }
        let attempt = OutboundSms { from: from.clone(), ..sms.clone() };
        match carrier.send(&attempt).await {
            Ok(id) => {
                if first.is_some() {
                    cx.metrics.failed_over.inc();
                }
                return Ok((vendor, id));
            }
            Err(error) => {
                cx.metrics.failure(&error);
                if error.kind == PortErrorKind::RateLimited {
                    cx.pauses.pause(vendor, &from, cx.clock.real_now(), error.retry_after);
                }
                let goes_on = fails_over(&error);
                // A later carrier that does not know the number proves nothing: what counts is what the first one said.
                let is_unclear = error.happened == Happened::Unknown;
                if is_unclear || first.is_none() {
                    first = Some(error);
                }
                if !goes_on {
                    break;
                }
            }
        }
    }
    Err(first.unwrap_or_else(off))
}

/// Until when carriers asked to be left alone, by the number that sent too fast (real clock): carriers grant each number a
/// throughput of its own, and one clinic's burst must not hold up another's emergency.
#[derive(Debug, Default)]
pub struct Pauses(std::sync::Mutex<std::collections::HashMap<(&'static str, PhoneNumber), Timestamp>>);

impl Pauses {
    fn left(&self, vendor: &'static str, from: &PhoneNumber, now: Timestamp) -> Option<std::time::Duration> {
        let until = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&(vendor, from.clone())).copied()?;
        std::time::Duration::try_from(until.duration_since(now)).ok().filter(|left| !left.is_zero())
    }

    fn pause(&self, vendor: &'static str, from: &PhoneNumber, now: Timestamp, asked: Option<std::time::Duration>) {
        let asked = asked.and_then(|span| SignedDuration::try_from(span).ok()).unwrap_or(PAUSE).min(PAUSE_MAX);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((vendor, from.clone()), now + asked);
    }
}

/// Writes down that a number was seen at a carrier, when that is news.
pub(crate) async fn learn(cx: &Reception, number: &PhoneNumber, vendor: &str) -> Result<(), ReceptionError> {
    if cx.carriers.len() < 2 || !cx.carriers.iter().any(|carrier| carrier.vendor() == vendor) {
        return Ok(());
    }
    {
        let mut cache = cx.clinics.lock().unwrap_or_else(PoisonError::into_inner);
        if !cache.is_news(number, vendor) {
            return Ok(());
        }
    }
    let mut tx = cx.store.begin_system().await?;
    tx.seen_at(number, vendor).await?;
    tx.commit().await?;
    Ok(())
}
