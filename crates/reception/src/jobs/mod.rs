//! Every kind of job in one list. A job carries ids, loads, checks that the work is still wanted, acts, and records the
//! result; each can run twice.

mod runner;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use frontdesk_domain::ids::{ConversationId, DepositId, MessageId, NoticeId, OrgId, ProviderId};
use frontdesk_engine::turn::Timer;
use frontdesk_ports::calls::CallCommand;
use frontdesk_ports::store::{ClaimedJob, JobEnd, NewJob};

use crate::outbound::Ready;
use crate::{Reception, ReceptionError, calls, catch_up, conversation, deposits, housekeeping, notify, outbound};

pub use runner::Runner;
pub(crate) use runner::back_off as wait;

/// The kinds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobKind {
    /// A vendor's event is handled.
    Inbound,
    /// Texts that settled are answered.
    Turn,
    /// A message goes to the carrier.
    SendText,
    /// A notice goes to staff.
    SendNotice,
    /// A wait of a conversation is over.
    Timer,
    /// A live call is commanded.
    CallCommand,
    /// What staff did is brought into its conversation.
    Staff,
    /// A payment link comes to its end.
    CloseLink,
    /// A payment goes back.
    Refund,
    /// What a carrier gave up on is fetched.
    CatchUp,
    /// Rows nobody needs any more are removed.
    Prune,
}

impl JobKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::Inbound,
        Self::Turn,
        Self::SendText,
        Self::SendNotice,
        Self::Timer,
        Self::CallCommand,
        Self::Staff,
        Self::CloseLink,
        Self::Refund,
        Self::CatchUp,
        Self::Prune,
    ];

    /// The name in the store.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Inbound => "inbound",
            Self::Turn => "turn",
            Self::SendText => "send_text",
            Self::SendNotice => "send_notice",
            Self::Timer => "timer",
            Self::CallCommand => "call_command",
            Self::Staff => "staff",
            Self::CloseLink => "close_link",
            Self::Refund => "refund",
            Self::CatchUp => "catch_up",
            Self::Prune => "prune",
        }
    }

    /// A job of this kind that nobody holds yet.
    pub(crate) fn job<T: Serialize>(
        self,
        org: OrgId,
        payload: &T,
        order_key: Option<String>,
        run_at: Timestamp,
    ) -> Result<NewJob, ReceptionError> {
        Ok(NewJob {
            org: Some(org),
            kind: self.key(),
            version: self.version(),
            payload: stored(payload)?,
            order_key,
            run_at,
            claimed_by: None,
        })
    }

    /// The version of the payload this program writes, and the newest it reads.
    pub const fn version(self) -> u32 {
        1
    }

    /// It goes on for ever: a failure is only a reason to try again later.
    pub(crate) const fn is_perpetual(self) -> bool {
        matches!(self, Self::CatchUp | Self::Prune)
    }

    pub(crate) fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// Payload of [`JobKind::Turn`].
#[derive(Debug, Serialize, Deserialize)]
pub struct TurnJob {
    /// The conversation to answer.
    pub conversation: ConversationId,
}

/// Payload of [`JobKind::SendText`].
#[derive(Debug, Serialize, Deserialize)]
pub struct SendTextJob {
    /// The message to send.
    pub message: MessageId,
}

/// Payload of [`JobKind::SendNotice`].
#[derive(Debug, Serialize, Deserialize)]
pub struct SendNoticeJob {
    /// The notice to send.
    pub notice: NoticeId,
}

/// Payload of [`JobKind::Timer`].
#[derive(Debug, Serialize, Deserialize)]
pub struct TimerJob {
    /// Whose wait.
    pub conversation: ConversationId,
    /// Which.
    pub timer: Timer,
}

/// Payload of [`JobKind::CallCommand`].
#[derive(Serialize, Deserialize)]
pub struct CallCommandJob {
    /// Which vendor's call.
    pub vendor: String,
    /// Which call.
    pub session: String,
    /// Which leg.
    pub leg: String,
    /// What.
    pub command: StoredCommand,
    /// The idempotency key.
    pub key: u128,
}

/// Payload of [`JobKind::Staff`].
#[derive(Debug, Serialize, Deserialize)]
pub struct StaffJob {
    /// Where.
    pub conversation: ConversationId,
    /// What.
    pub what: StaffDoing,
}

/// What staff did, as stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum StaffDoing {
    /// They asked for a fee.
    Fee {
        /// Its link.
        deposit: DepositId,
    },
    /// They confirmed a time.
    Confirm {
        /// When the visit begins.
        start: Timestamp,
        /// Who treats.
        provider: Option<ProviderId>,
    },
}

/// Payload of [`JobKind::CloseLink`].
#[derive(Debug, Serialize, Deserialize)]
pub struct CloseLinkJob {
    /// Whose link.
    pub deposit: DepositId,
}

/// Payload of [`JobKind::Refund`].
#[derive(Debug, Serialize, Deserialize)]
pub struct RefundJob {
    /// Of which deposit.
    pub deposit: DepositId,
    /// The vendor's id of the payment.
    pub payment: String,
}

/// A call command as stored.
#[derive(Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum StoredCommand {
    /// Pick up.
    Answer,
    /// Speak.
    Speak {
        /// The words.
        text: String,
        /// In Spanish.
        spanish: bool,
    },
    /// Ring.
    Ring {
        /// Which phone.
        to: frontdesk_domain::PhoneNumber,
        /// How long.
        seconds: u16,
        /// The caller as the carrier named them.
        caller: String,
        /// Our number.
        ours: frontdesk_domain::PhoneNumber,
    },
    /// Hang up.
    HangUp,
}

impl StoredCommand {
    pub(crate) fn command(self) -> CallCommand {
        match self {
            Self::Answer => CallCommand::Answer,
            Self::Speak { text, spanish } => CallCommand::Speak { text, language: if spanish { "es" } else { "en" } },
            Self::Ring { to, seconds, caller, ours } => CallCommand::Ring { to, seconds, caller, ours },
            Self::HangUp => CallCommand::HangUp,
        }
    }
}

/// How a job's function ended.
pub enum JobOutcome {
    /// The runner ends the row.
    End(JobEnd),
    /// The row was ended in the transaction of the effect; these jobs were stored as claimed and come next.
    Ended(Vec<Follower>),
}

/// A job stored as claimed by this process, with what it needs where that is at hand.
pub struct Follower {
    pub(crate) job: ClaimedJob,
    /// The message a [`JobKind::SendText`] sends, as it was just written.
    pub(crate) ready: Option<Box<Ready>>,
}

impl From<ClaimedJob> for Follower {
    fn from(job: ClaimedJob) -> Self {
        Self { job, ready: None }
    }
}

/// Runs one job.
pub(crate) async fn run(
    cx: &Reception,
    job: &ClaimedJob,
    ready: Option<Box<Ready>>,
) -> Result<JobOutcome, ReceptionError> {
    let kind = JobKind::from_key(&job.kind).ok_or(ReceptionError::Payload)?;
    if job.version > kind.version() {
        // A newer process wrote it: leave it to one that knows.
        return Ok(JobOutcome::End(JobEnd::Later { at: cx.now() + jiff::SignedDuration::from_secs(30) }));
    }
    match kind {
        JobKind::Inbound => conversation::receive::inbound(cx, job).await,
        JobKind::Turn => conversation::receive::settled(cx, job).await,
        JobKind::SendText => outbound::send_text(cx, job, ready).await,
        JobKind::SendNotice => notify::send_notice(cx, job).await,
        JobKind::Timer => conversation::receive::timer(cx, job).await,
        JobKind::CallCommand => calls::command(cx, job).await,
        JobKind::Staff => conversation::staff::carry_out(cx, job).await,
        JobKind::CloseLink => deposits::close_link(cx, job).await,
        JobKind::Refund => deposits::refund(cx, job).await,
        JobKind::CatchUp => catch_up::run(cx).await,
        JobKind::Prune => housekeeping::prune(cx).await,
    }
}

/// A job was given up: where a patient waits for it, a person hears of it. What they wrote is kept in their thread.
pub(crate) async fn given_up(cx: &Reception, job: &ClaimedJob) -> Result<(), ReceptionError> {
    match JobKind::from_key(&job.kind) {
        Some(JobKind::Inbound) => conversation::receive::unhandled(cx, job).await,
        Some(JobKind::Turn) => {
            let TurnJob { conversation } = payload(job)?;
            conversation::receive::unanswered(cx, job, conversation).await
        }
        Some(JobKind::SendText) => outbound::given_up(cx, job).await,
        Some(JobKind::Staff) => conversation::staff::given_up(cx, job).await,
        Some(JobKind::CloseLink) => {
            let CloseLinkJob { deposit } = payload(job)?;
            deposits::trouble(cx, job.org.ok_or(ReceptionError::Payload)?, deposit).await
        }
        Some(JobKind::Refund) => {
            let RefundJob { deposit, .. } = payload(job)?;
            deposits::trouble(cx, job.org.ok_or(ReceptionError::Payload)?, deposit).await
        }
        _ => Ok(()),
    }
}

/// The payload of a job.
pub(crate) fn payload<'a, T: Deserialize<'a>>(job: &'a ClaimedJob) -> Result<T, ReceptionError> {
    serde_json::from_str(&job.payload).map_err(|_| ReceptionError::Payload)
}

/// A payload as stored.
pub(crate) fn stored<T: Serialize>(payload: &T) -> Result<String, ReceptionError> {
    serde_json::to_string(payload).map_err(|_| ReceptionError::Payload)
}
