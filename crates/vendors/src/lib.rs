//! Vendors, one folder each. No folder imports another; a vendor's word never leaves its folder.
//!
//! | vendor | texts | calls | webhooks | catch-up |
//! | --- | --- | --- | --- | --- |
//! | [`telnyx`] | yes | yes | yes | yes |
//! | [`twilio`] | yes | by the answer to the webhook | yes | texts |

mod exchange;
pub mod telnyx;
pub mod twilio;
