//! Clinics: reading their settings (kept for a moment), importing and exporting clinic files.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError};

use jiff::{SignedDuration, Timestamp};

use frontdesk_domain::PhoneNumber;
use frontdesk_domain::appointment::Appointment;
use frontdesk_domain::clinic::{ClinicFile, ClinicSettings, Origin};
use frontdesk_domain::ids::{ClinicId, OrgId};
use frontdesk_engine::understand::{Menu, MenuItem};
use frontdesk_ports::store::{StoreError, StoredClinic};

use crate::{Reception, ReceptionError};

/// How long another process's edit may go unseen here.
const FRESH_S: i64 = 2;

/// A clinic ready for turns.
pub struct ClinicView {
    /// Its settings.
    pub settings: ClinicSettings,
    /// Its services, made ready for matching.
    pub menu: Menu,
    /// Version of the settings.
    pub version: u32,
}

impl ClinicView {
    /// Makes settings ready.
    pub fn new(stored: StoredClinic) -> Self {
        let menu = Menu::new(
            stored
                .settings
                .menu()
                .map(|s| MenuItem {
                    name: s.item.name.clone(),
                    aliases: s.item.aliases.clone(),
                    variants: s
                        .item
                        .variants
                        .iter()
                        .map(|v| MenuItem { name: v.name.clone(), aliases: v.aliases.clone(), variants: Vec::new() })
                        .collect(),
                })
                .collect(),
        );
        Self { menu, version: stored.version, settings: stored.settings }
    }
}

/// Clinics and numbers read a moment ago.
#[derive(Default)]
pub struct Cache {
    clinics: HashMap<ClinicId, (Timestamp, Arc<ClinicView>)>,
    numbers: HashMap<PhoneNumber, (Timestamp, OrgId, ClinicId)>,
    carriers: HashMap<PhoneNumber, String>,
}

impl Cache {
    /// Whether a number was last seen elsewhere; remembers where it is.
    pub(crate) fn is_news(&mut self, number: &PhoneNumber, vendor: &str) -> bool {
        let known = self.carriers.insert(number.clone(), vendor.to_owned());
        known.as_deref() != Some(vendor)
    }
}

fn is_fresh(cx: &Reception, read_at: Timestamp) -> bool {
    cx.clock.real_now().duration_since(read_at) < SignedDuration::from_secs(FRESH_S)
}

pub(crate) fn cached_number(cx: &Reception, number: &PhoneNumber) -> Option<(OrgId, ClinicId)> {
    let cache = cx.clinics.lock().unwrap_or_else(PoisonError::into_inner);
    cache.numbers.get(number).filter(|(at, _, _)| is_fresh(cx, *at)).map(|(_, org, clinic)| (*org, *clinic))
}

pub(crate) fn remember_number(cx: &Reception, number: &PhoneNumber, found: (OrgId, ClinicId)) {
    let mut cache = cx.clinics.lock().unwrap_or_else(PoisonError::into_inner);
    cache.numbers.insert(number.clone(), (cx.clock.real_now(), found.0, found.1));
}

/// A clinic, at most two seconds old.
///
/// # Errors
/// [`ReceptionError::NoClinic`] when there is none.
pub async fn view(cx: &Reception, id: ClinicId) -> Result<Arc<ClinicView>, ReceptionError> {
    {
        let cache = cx.clinics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, view)) = cache.clinics.get(&id) {
            if is_fresh(cx, *at) {
                return Ok(Arc::clone(view));
            }
        }
    }
    let mut tx = cx.store.begin_system().await?;
    let stored = tx.clinic(id).await?.ok_or(ReceptionError::NoClinic)?;
    drop(tx);
    let mut cache = cx.clinics.lock().unwrap_or_else(PoisonError::into_inner);
    // The menu of an unchanged version is still ready.
    let known =
        cache.clinics.get(&id).filter(|(_, view)| view.version == stored.version).map(|(_, view)| Arc::clone(view));
    let view = known.unwrap_or_else(|| Arc::new(ClinicView::new(stored)));
    cache.clinics.insert(id, (cx.clock.real_now(), Arc::clone(&view)));
    Ok(view)
}

/// Why a clinic file was not imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody edited the clinic since the last import.
    #[error(
        "the clinic was edited after its last import (version {version} by {author}); use --force to replace those edits"
    )]
    Edited {
        /// The version that stands.
        version: u32,
        /// Who wrote it.
        author: String,
    },
    /// One of its numbers is another clinic's.
    #[error("one of phone_numbers belongs to another clinic")]
    NumberTaken,
    /// The installation's carrier account is another organisation's.
    #[error(
        "the carrier account of the settings serves the organisation {0:?} alone: an opt-out of one would be an opt-out of both; run a second installation for another organisation"
    )]
    AccountTaken(String),
    /// A block names somebody, or a room, that the clinic does not have.
    #[error("a [[blocks]] table names {0:?}, but the clinic has no such provider or room; nothing would be blocked")]
    Block(String),
    /// The key is a clinic of another organisation.
    #[error("the key belongs to a clinic of another organisation")]
    OtherOrganisation,
}

/// Visits that stand, ahead, outside working time as the settings are now: a closure, a block or new hours came over them.
/// Nobody moves them but staff.
///
/// # Errors
/// When the store does not answer.
pub async fn outside_working_time(cx: &Reception, clinic: &ClinicSettings) -> Result<Vec<Appointment>, StoreError> {
    let now = cx.now();
    let until = now + clinic.booking.horizon.signed() + SignedDuration::from_hours(24);
    let ahead = cx.store.read(clinic.org).await?.appointments_between(now, until).await?;
    let standing = ahead.into_iter().filter(|visit| visit.clinic == clinic.id && visit.status.stands());
    Ok(standing.filter(|visit| !clinic.is_working(&visit.slot) || !clinic.has_room(&visit.slot)).collect())
}

/// The first name of a block that is nobody's: a partial file may name what the stored clinic does not have, or leave a block
/// behind whose provider was renamed.
fn unknown_block(clinic: &ClinicSettings) -> Option<String> {
    let provider = |name: &String| clinic.providers.iter().any(|p| !p.retired && p.item.name == *name);
    let room = |name: &String| clinic.rooms.iter().any(|r| !r.retired && r.item.name == *name);
    clinic.blocks.iter().find_map(|block| {
        let unknown = block.provider.as_ref().filter(|name| !provider(name));
        unknown.or(block.room.as_ref().filter(|name| !room(name))).cloned()
    })
}

/// Stores a clinic file as the next version of its clinic, which is made when new.
///
/// # Errors
/// [`ImportError`]; nothing is stored then.
pub async fn import(cx: &Reception, file: ClinicFile, author: &str, force: bool) -> Result<StoredClinic, ImportError> {
    let now = cx.now();
    let mut tx = cx.store.begin_system().await?;
    if cx.one_organisation {
        if let Some(other) = tx.organisations().await?.into_iter().find(|name| *name != file.organisation) {
            return Err(ImportError::AccountTaken(other));
        }
    }
    let org = tx.organisation(&file.organisation, OrgId::from_raw(cx.raw_id()), now).await?;
    let stored = tx.clinic_by_key(&file.key).await?;
    if let Some(stored) = &stored {
        if stored.settings.org != org {
            return Err(ImportError::OtherOrganisation);
        }
        let by_file = matches!(stored.author.as_str(), "import" | "sample");
        if !by_file && !force {
            return Err(ImportError::Edited { version: stored.version, author: stored.author.clone() });
        }
    }
    let over = stored.as_ref().map_or(0, |s| s.version);
    let mut new_id = || cx.raw_id();
    let clinic = stored.as_ref().map_or_else(|| ClinicId::from_raw(new_id()), |s| s.settings.id);
    let settings = file.apply(stored.map(|s| s.settings), &mut Origin { org, clinic, new_id: &mut new_id });
    if let Some(name) = unknown_block(&settings) {
        return Err(ImportError::Block(name));
    }
    let version = match tx.save_clinic(&settings, over, author, now).await {
        Ok(version) => version,
        Err(StoreError::Conflict) => return Err(ImportError::NumberTaken),
        Err(other) => return Err(other.into()),
    };
    tx.commit().await?;
    let mut cache = cx.clinics.lock().unwrap_or_else(PoisonError::into_inner);
    cache.clinics.remove(&settings.id);
    cache.numbers.clear();
    Ok(StoredClinic { settings, version, author: author.to_owned() })
}
