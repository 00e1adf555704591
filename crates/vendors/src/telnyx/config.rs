//! Settings of Telnyx.

use secrecy::SecretString;

/// Account and addresses.
#[derive(Clone, Debug)]
pub struct TelnyxConfig {
    /// API v2 key.
    pub api_key: SecretString,
    /// The messaging profile of this organisation; opt-outs hold for all of its numbers.
    pub messaging_profile_id: Option<String>,
    /// The API with its version path, `https://api.telnyx.com/v2`.
    pub base_url: String,
    /// Where receipts are sent: our messages webhook.
    pub callback_url: String,
}

/// The vendor's own address.
pub const BASE_URL: &str = "https://api.telnyx.com/v2";
