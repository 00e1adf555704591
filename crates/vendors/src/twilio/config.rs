//! Settings of Twilio.

use secrecy::SecretString;

/// Account and addresses.
#[derive(Clone, Debug)]
pub struct TwilioConfig {
    /// `AC…`.
    pub account_sid: String,
    /// The primary token: it signs webhooks as well.
    pub auth_token: SecretString,
    /// The API with its version path, `https://api.twilio.com/2010-04-01`.
    pub base_url: String,
    /// Where receipts are sent: our texts webhook.
    pub callback_url: String,
}

/// The vendor's own address.
pub const BASE_URL: &str = "https://api.twilio.com/2010-04-01";

/// What a webhook URL must end in at the vendor: without it a webhook is tried once. It is not part of the request, but may
/// be part of what is signed.
pub const CONNECTION_OVERRIDES: &str = "#rc=3&rp=all&rt=4000";
