//! Vendors, one folder each. No folder imports another; a vendor's word never leaves its folder.
//!
//! | vendor | texts | calls | webhooks | catch-up | e-mail |
//! | --- | --- | --- | --- | --- | --- |
//! | [`telnyx`] | yes | yes | yes | yes | - |
//! | [`twilio`] | yes | by the answer to the webhook | yes | texts | - |
//! | [`smtp`] | - | - | - | - | yes |

mod exchange;
pub mod smtp;
pub mod telnyx;
pub mod twilio;
