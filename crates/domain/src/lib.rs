//! The words and rules of the front desk.
//!
//! Everything here is pure: no clock, no database, no environment, no `async`. Functions that depend on the moment take
//! `now`. What a patient may be told lives in `engine`; what we need from the outside world lives in `ports`.

pub mod appointment;
pub mod area_codes;
pub mod call;
pub mod clinic;
pub mod consent;
pub mod contact_policy;
pub mod conversation;
pub mod deposit;
pub mod hours;
pub mod icalendar;
pub mod ids;
pub mod language;
pub mod lead;
pub mod limits;
pub mod money;
pub mod offer;
pub mod phone;
pub mod preference;
pub mod quiet_hours;
pub mod slot;
pub mod sms;
pub mod span;
pub mod text;
pub mod token;
pub mod zone;

pub use jiff::Timestamp;
pub use money::Money;
pub use phone::PhoneNumber;
pub use zone::Zone;
