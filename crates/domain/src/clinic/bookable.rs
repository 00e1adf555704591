//! The free times of the built-in calendar: providers' schedules, closures, service length, buffer, notice, horizon.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::{ClinicSettings, Listed, Room};
use crate::hours::Stretch;
use crate::ids::{LocationId, ProviderId, RoomId, ServiceId};
use crate::preference::TimePreference;
use crate::slot::{Need, Slot, free_starts};

/// What a visit takes up: a provider, or the location itself where a clinic keeps no providers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resource {
    /// A provider's time.
    Provider(ProviderId),
    /// The only chair of a location.
    Location(LocationId),
}

impl Resource {
    /// The key of the row that forbids a double booking.
    pub fn key(self) -> String {
        match self {
            Self::Provider(id) => id.to_string(),
            Self::Location(id) => id.to_string(),
        }
    }

    /// The resource a slot takes up.
    pub fn of(slot: &Slot) -> Self {
        slot.provider.map_or(Self::Location(slot.location), Self::Provider)
    }
}

impl ClinicSettings {
    fn home(&self) -> Option<LocationId> {
        self.locations.iter().find(|l| !l.retired).map(|l| l.id)
    }

    /// Where a provider works.
    fn location_of(&self, name: &str) -> Option<LocationId> {
        let named = self.locations.iter().find(|l| !l.retired && !name.is_empty() && l.item.name == name);
        named.map(|l| l.id).or_else(|| self.home())
    }

    /// What can give a service, with where, in the order of the file. `wish` narrows it to one provider.
    pub fn resources_for(&self, service: ServiceId, wish: Option<ProviderId>) -> Vec<(Resource, LocationId)> {
        let Some(item) = self.service(service) else { return Vec::new() };
        let mut found: Vec<_> = self
            .providers_of(item)
            .filter(|provider| wish.is_none_or(|wish| wish == provider.id))
            .filter_map(|p| Some((Resource::Provider(p.id), self.location_of(&p.item.location)?)))
            .collect();
        if found.is_empty() && self.providers.iter().all(|p| p.retired) {
            found.extend(self.home().map(|home| (Resource::Location(home), home)));
        }
        found
    }

    /// When a provider, or the only chair of a location, works on a day: hours, schedule, closures and blocks together.
    pub fn working(&self, resource: Resource, day: Date) -> Vec<Stretch> {
        if self.closure_on(day).is_some() {
            return Vec::new();
        }
        let open = self.hours.on(day.weekday());
        let schedule = match resource {
            Resource::Provider(id) => self.provider(id).and_then(|p| p.schedule.as_ref()),
            Resource::Location(_) => None,
        };
        let shifts: Vec<Stretch> = match schedule {
            None => open.to_vec(),
            // A clinic without opening hours works when its providers do.
            Some(week) if self.hours.is_empty() => week.on(day.weekday()).to_vec(),
            Some(week) => week
                .on(day.weekday())
                .iter()
                .flat_map(|shift| open.iter().filter_map(|hours| shift.intersect(*hours)))
                .collect(),
        };
        let name = match resource {
            Resource::Provider(id) => self.provider(id).map(|p| p.name.as_str()),
            Resource::Location(_) => None,
        };
        let blocked = self.blocks.iter().filter(|block| block.is_for(name)).flat_map(|block| block.on(day));
        blocked.fold(shifts, |left, taken| left.into_iter().flat_map(|piece| piece.without(taken)).collect())
    }

    /// Whether a visit lies in its provider's working time: hours, closures, schedule and blocks as they stand now.
    pub fn is_working(&self, slot: &Slot) -> bool {
        let (start, end) = (self.timezone.local(slot.start), self.timezone.local(slot.end));
        let working = self.working(Resource::of(slot), start.date());
        start.date() == end.date() && working.iter().any(|s| s.from <= start.time() && end.time() <= s.to)
    }

    /// The rooms of which a service needs one; none where it needs none.
    pub fn rooms_of(&self, service: ServiceId) -> impl Iterator<Item = &Listed<RoomId, Room>> {
        let name = self.service(service).map(|s| s.name.as_str());
        self.rooms.iter().filter(move |room| {
            !room.retired && name.is_some_and(|name| room.item.services.iter().any(|needs| needs == name))
        })
    }

    /// Whether a visit that needs a room has one that is not blocked.
    pub fn has_room(&self, slot: &Slot) -> bool {
        let mut rooms = self.rooms_of(slot.service).peekable();
        rooms.peek().is_none() || rooms.any(|room| !self.is_blocked(&room.item, slot))
    }

    /// Whether a room is not to be used at some moment of a visit.
    pub fn is_blocked(&self, room: &Room, slot: &Slot) -> bool {
        let (start, end) = (self.timezone.local(slot.start), self.timezone.local(slot.end));
        let day = start.date();
        let blocks = self.blocks.iter().filter(|block| block.room.as_ref() == Some(&room.name));
        blocks.flat_map(|block| block.on(day)).any(|s| day.to_datetime(s.from) < end && start < day.to_datetime(s.to))
    }
}

/// The free slots of a service that suit a preference, by start and then by provider in the file's order.
///
/// `busy` holds the taken five-minute instants of each resource. `from` is the current moment: minimum notice and horizon
/// count from it.
pub fn available(
    clinic: &ClinicSettings,
    service: ServiceId,
    wish: Option<ProviderId>,
    wanted: &TimePreference,
    busy: &HashMap<Resource, HashSet<i64>>,
    from: Timestamp,
) -> Vec<Slot> {
    let Some(item) = clinic.service(service) else { return Vec::new() };
    let earliest = from + clinic.booking.minimum_notice.signed();
    let latest = from + clinic.booking.horizon.signed();
    let need = Need { minutes: u64::from(item.minutes), buffer_minutes: clinic.booking.buffer.as_mins() };
    let zone = &clinic.timezone;
    let resources = clinic.resources_for(service, wish);
    let nothing = HashSet::new();
    let mut slots = Vec::new();
    let (mut day, last) = (zone.local(earliest).date(), zone.local(latest).date());
    while day <= last {
        if wanted.admits_day(day) {
            for (resource, location) in &resources {
                let taken = busy.get(resource).unwrap_or(&nothing);
                let working = clinic.working(*resource, day);
                for (start, end) in free_starts(zone, day, &working, need, taken) {
                    if start >= earliest && start <= latest && wanted.admits(zone.local(start)) {
                        let provider = match resource {
                            Resource::Provider(id) => Some(*id),
                            Resource::Location(_) => None,
                        };
                        slots.push(Slot { start, end, provider, location: *location, service, platform_id: None });
                    }
                }
            }
        }
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    slots.sort_by_key(|slot| slot.start);
    slots
}
