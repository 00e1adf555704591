//! From items to one preference: grouping days with their times, halves of the day, what was ruled out.

use jiff::ToSpan;
use jiff::civil::{Date, Time, Weekday};

use frontdesk_domain::preference::{DateRange, DayName, TimePreference, Window};

use super::clock::{Half, time};
use super::day::DayMeaning;
use super::items::{Bound, Item, Placed};
use crate::understand::text::Text;

#[derive(Debug, Clone, Default)]
struct Group {
    dates: Vec<Date>,
    range: Option<DateRange>,
    days: Vec<DayName>,
    times: Vec<Time>,
    after: Option<Time>,
    before: Option<Time>,
    has_days: bool,
    has_times: bool,
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

impl Group {
    fn day(&mut self, meaning: &DayMeaning) {
        self.has_days = true;
        match meaning {
            DayMeaning::Dated { date, weekday } => {
                add(&mut self.dates, *date);
                add(&mut self.days, DayName(*weekday));
            }
            DayMeaning::On { date, weekday } => {
                add(&mut self.dates, *date);
                if let Some(day) = weekday {
                    add(&mut self.days, DayName(*day));
                }
            }
            DayMeaning::Span { from, to } => self.widen(DateRange { from: *from, to: *to }),
            DayMeaning::Weekdays(days) => days.iter().for_each(|day| add(&mut self.days, DayName(*day))),
        }
    }

    fn widen(&mut self, range: DateRange) {
        self.has_days = true;
        self.range = Some(match self.range {
            None => range,
            Some(known) => DateRange { from: known.from.or(range.from), to: range.to.or(known.to) },
        });
    }

    /// What lies in both.
    fn narrow(&mut self, range: DateRange) {
        self.has_days = true;
        let known = self.range.unwrap_or(DateRange { from: None, to: None });
        let both = |a: Option<Date>, b: Option<Date>, pick: fn(Date, Date) -> Date| match (a, b) {
            (Some(a), Some(b)) => Some(pick(a, b)),
            (a, b) => a.or(b),
        };
        self.range =
            Some(DateRange { from: both(known.from, range.from, Date::max), to: both(known.to, range.to, Date::min) });
    }

    fn bounded(&self) -> bool {
        self.times.is_empty() && (self.after.is_some() || self.before.is_some())
    }
}

/// Puts the items together.
pub(super) fn resolve(text: &Text, items: &[Placed], today: Date, now: Time) -> TimePreference {
    let mut preference = TimePreference::default();
    let mut groups = vec![Group::default()];
    let day_first =
        items.iter().find(|p| !p.negated && !matches!(p.item, Item::Flexible)).is_some_and(|p| p.item.is_day());
    for (index, placed) in items.iter().enumerate() {
        // "Not mornings please, afternoons": what is wished for says more than what is not.
        let overridden = matches!(placed.item, Item::Stretch { .. })
            && items.iter().any(|other| {
                !other.negated && matches!(other.item, Item::Stretch { .. } | Item::At(_) | Item::TimeBound(..))
            });
        if placed.negated && overridden {
            continue;
        }
        if placed.negated {
            exclude(&mut preference, groups.last_mut().expect("one group stands from the start"), &placed.item);
            continue;
        }
        let is_day = placed.item.is_day();
        let current = groups.last().expect("one group stands from the start");
        let starts_new = match &placed.item {
            Item::Flexible => false,
            _ if is_day => day_first && current.has_times && current.has_days && alternates(text, items, index),
            _ => !day_first && current.has_days && current.has_times && alternates(text, items, index),
        };
        if starts_new {
            groups.push(Group::default());
        }
        let group = groups.last_mut().expect("one group stands from the start");
        match &placed.item {
            Item::Flexible => preference.flexible = true,
            Item::Hence(minutes) => {
                let at = today.to_datetime(now).checked_add(minutes.minutes()).unwrap_or(today.to_datetime(now));
                group.day(&DayMeaning::On { date: at.date(), weekday: None });
                group.has_times = true;
                add(
                    &mut group.times,
                    time(u32::try_from(at.hour()).unwrap_or(0), u32::try_from(at.minute()).unwrap_or(0)),
                );
            }
            Item::Day(meaning) => group.day(meaning),
            Item::DayBound(Bound::After, date) => group.narrow(DateRange { from: Some(*date), to: None }),
            Item::DayBound(Bound::Before, date) => {
                group.narrow(DateRange { from: None, to: date.checked_sub(1.day()).ok() });
            }
            Item::At(clock) => {
                group.has_times = true;
                add(&mut group.times, half_from(items, index, *clock, today, now).time());
            }
            Item::TimeBound(bound, clock) => {
                group.has_times = true;
                let at = half_from(items, index, *clock, today, now).time();
                match bound {
                    Bound::After => group.after = Some(group.after.filter(|known| *known > at).unwrap_or(at)),
                    Bound::Before => group.before = Some(at),
                }
            }
            Item::Stretch { after, before, exact } => stretch(group, *after, *before, *exact),
        }
    }
    for group in &mut groups {
        // An exact time says more than the part of day around it.
        if !group.times.is_empty() {
            group.after = None;
            group.before = None;
        }
    }
    let distinct = groups.len() > 1
        && groups.iter().all(|g| g.times.is_empty())
        && groups.iter().any(Group::bounded)
        && groups.windows(2).any(|pair| (pair[0].after, pair[0].before) != (pair[1].after, pair[1].before));
    for group in &groups {
        group.dates.iter().for_each(|d| add(&mut preference.dates, *d));
        group.days.iter().for_each(|d| add(&mut preference.days, *d));
        group.times.iter().for_each(|t| add(&mut preference.times, *t));
        preference.date_range = preference.date_range.or(group.range);
        if distinct {
            preference.windows.push(Window {
                days: group.days.clone(),
                dates: group.dates.clone(),
                after: group.after,
                before: group.before,
            });
        } else {
            preference.after = preference.after.or(group.after);
            preference.before = preference.before.or(group.before);
        }
    }
    preference.dates.sort_unstable();
    preference.dates.retain(|date| !preference.not_dates.contains(date));
    preference.days.retain(|day| !preference.not_days.contains(day));
    if preference.dates.iter().any(|date| preference.not_days.contains(&DayName(date.weekday()))) {
        let excluded = preference.not_days.clone();
        preference.dates.retain(|date| !excluded.contains(&DayName(date.weekday())));
    }
    if !preference.times.is_empty() {
        preference.after = None;
        preference.before = None;
    }
    let bounded = preference.says_days() || preference.says_times();
    preference.flexible &= !bounded;
    preference
}

/// Whether a new day or time begins an alternative ("Tuesday morning or Friday after 3") or belongs to what stands.
fn alternates(text: &Text, items: &[Placed], index: usize) -> bool {
    let Some(previous) = index.checked_sub(1) else { return false };
    let between = text.tokens.get(items[previous].end..items[index].start).unwrap_or_default();
    // "after 3 on Friday" may follow a day without beginning anew only when nothing joins it as an alternative.
    between.iter().any(|t| {
        matches!(t.word.as_str(), "or" | "and" | "," | "o" | "y" | "/" | "&" | ";" | "but" | "." | "\n" | "pero")
    }) || between.is_empty()
}

fn stretch(group: &mut Group, after: Option<Time>, before: Option<Time>, exact: bool) {
    let had_stretch = group.has_times && group.times.is_empty();
    group.has_times = true;
    if had_stretch && !exact {
        // "morning or afternoon" spans both; "after 3 in the afternoon" keeps its bound.
        match (group.after, group.before, after, before) {
            (Some(a), Some(b), Some(c), Some(d)) => {
                group.after = Some(a.min(c));
                group.before = Some(b.max(d));
            }
            (Some(a), None, Some(_), Some(d)) if a < d => group.before = None,
            (None, Some(b), Some(c), Some(_)) if c < b => {}
            _ => {}
        }
        return;
    }
    group.after = after.or(group.after);
    group.before = before.or(group.before);
}

/// The half of the day a neighbouring part of day gives an hour ("tomorrow morning at 7"), or "tonight".
fn half_from(
    items: &[Placed],
    index: usize,
    clock: super::clock::Clock,
    today: Date,
    now: Time,
) -> super::clock::Clock {
    if clock.fixed {
        return clock;
    }
    let near = |at: Option<usize>| at.and_then(|at| items.get(at)).map(|p| &p.item);
    for item in [near(index.checked_sub(1)), near(Some(index + 1))].into_iter().flatten() {
        if let Item::Stretch { after: Some(from), exact: false, .. } = item {
            let half = if from.hour() < 12 { Half::Am } else { Half::Pm };
            let candidate = clock.with(half);
            let fits = half == Half::Am || candidate.time() >= time(12, 0);
            if fits {
                return candidate;
            }
        }
    }
    // "today at 8" said at ten in the morning is this evening.
    let is_today = items.iter().any(|p| matches!(&p.item, Item::Day(meaning) if meaning.date() == Some(today)));
    if is_today && clock.time() < now && clock.with(Half::Pm).time() > now {
        return clock.with(Half::Pm);
    }
    clock
}

fn exclude(preference: &mut TimePreference, group: &mut Group, item: &Item) {
    match item {
        Item::Day(DayMeaning::On { weekday: Some(day), .. }) => add(&mut preference.not_days, DayName(*day)),
        Item::Day(DayMeaning::On { date, weekday: None } | DayMeaning::Dated { date, .. }) => {
            add(&mut preference.not_dates, *date);
        }
        Item::Day(DayMeaning::Weekdays(days)) => {
            days.iter().for_each(|day| add(&mut preference.not_days, DayName(*day)));
        }
        Item::Day(DayMeaning::Span { from: Some(from), to: Some(to) }) => {
            let weekend = from.weekday() == Weekday::Saturday || to.weekday() == Weekday::Sunday && *from == *to;
            let short = from.until(*to).is_ok_and(|s| s.get_days() <= 1);
            if weekend && short {
                add(&mut preference.not_days, DayName(Weekday::Saturday));
                add(&mut preference.not_days, DayName(Weekday::Sunday));
            } else {
                let mut day = *from;
                while day <= *to && preference.not_dates.len() < 31 {
                    add(&mut preference.not_dates, day);
                    let Ok(next) = day.tomorrow() else { break };
                    day = next;
                }
            }
        }
        Item::DayBound(Bound::Before, date) => group.narrow(DateRange { from: Some(*date), to: None }),
        Item::DayBound(Bound::After, date) => {
            group.narrow(DateRange { from: None, to: date.checked_sub(1.day()).ok() });
        }
        Item::TimeBound(Bound::Before, clock) => group.after = Some(clock.time()),
        // "After 5, not after 3" corrects; it bounds nothing.
        Item::TimeBound(Bound::After, clock) if group.after.is_some_and(|after| after >= clock.time()) => {}
        Item::TimeBound(Bound::After, clock) => group.before = Some(clock.time()),
        // "no mornings" leaves the rest of the day.
        Item::Stretch { before: Some(before), after: Some(after), .. } if after.hour() < 12 => {
            group.after = Some(*before);
        }
        Item::Stretch { after: Some(after), .. } => group.before = Some(*after),
        _ => {}
    }
    group.has_times |= group.after.is_some() || group.before.is_some();
}
