//! A failure of the outside world, and the question that matters: did it happen?

use std::time::Duration;

/// Whether the thing asked for happened all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happened {
    /// It did not: asking again is safe.
    No,
    /// Nobody can tell: look it up before asking again.
    Unknown,
}

/// What kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PortErrorKind {
    /// The request itself is refused, for good.
    Rejected,
    /// The recipient opted out at the vendor.
    OptedOut,
    /// The credentials are refused.
    Unauthorized,
    /// Too fast.
    RateLimited,
    /// The vendor is down or cannot be reached.
    Unavailable,
    /// The answer makes no sense.
    Malformed,
}

impl PortErrorKind {
    /// The name in logs and the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Rejected => "rejected",
            Self::OptedOut => "opted_out",
            Self::Unauthorized => "unauthorized",
            Self::RateLimited => "rate_limited",
            Self::Unavailable => "unavailable",
            Self::Malformed => "malformed",
        }
    }
}

/// A failure. It carries no content: a vendor's error body may hold what a patient wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{vendor} {operation} failed: {} (code {code})", kind.key())]
pub struct PortError {
    /// What kind.
    pub kind: PortErrorKind,
    /// Whether it happened.
    pub happened: Happened,
    /// When the vendor wants to be asked again.
    pub retry_after: Option<Duration>,
    /// Which vendor.
    pub vendor: &'static str,
    /// Which operation.
    pub operation: &'static str,
    /// The vendor's own code, or the HTTP status.
    pub code: String,
}

impl PortError {
    /// A failure that did not happen and may be tried again when its kind allows.
    pub fn new(vendor: &'static str, operation: &'static str, kind: PortErrorKind, code: impl Into<String>) -> Self {
        Self { kind, happened: Happened::No, retry_after: None, vendor, operation, code: code.into() }
    }

    /// The same, when nobody can tell whether it happened.
    #[must_use]
    pub fn unknown(mut self) -> Self {
        self.happened = Happened::Unknown;
        self
    }

    /// Whether asking again may help.
    pub fn is_passing(&self) -> bool {
        match self.kind {
            PortErrorKind::RateLimited | PortErrorKind::Unavailable | PortErrorKind::Unauthorized => true,
            PortErrorKind::Rejected | PortErrorKind::OptedOut | PortErrorKind::Malformed => false,
        }
    }
}
