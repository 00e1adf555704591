//! Every limit of the product in one place, each with its unit and its reason.

use crate::span::Span;

/// Longest text of a patient that is read; carriers end at 1,600 characters, web chat and e-mail do not.
pub const INBOUND_TEXT_MAX_CHARS: usize = 10_000;
/// Largest webhook body in bytes; a carrier's is a few kilobytes.
pub const WEBHOOK_BODY_MAX_BYTES: usize = 1_000_000;
/// A reply aims at two GSM-7 segments.
pub const REPLY_AIM_CHARS: usize = 320;
/// Longest reply that is not a list of times.
pub const REPLY_MAX_CHARS: usize = 480;
/// Longest single message handed to a carrier; Twilio refuses more than 1,600.
pub const CARRIER_TEXT_MAX_CHARS: usize = 1_530;
/// Longest a turn waits for another text, however many keep coming.
pub const SETTLE_CAP: Span = Span::secs(5);
/// A text that asks for nothing new within this time is the same text sent twice by hand.
pub const REPEATED_CHOICE: Span = Span::mins(10);
/// After this long a conversation introduces the assistant as an AI once more.
pub const REDISCLOSE_AFTER: Span = Span::days(7);
/// An answer to the patient's own message or call counts as a reply for this long (quiet hours).
pub const REPLY_WINDOW: Span = Span::mins(15);
/// The opt-out confirmation is sent within this time or not at all (47 CFR 64.1200(a)(12)).
pub const OPT_OUT_CONFIRMATION: Span = Span::mins(5);
/// Proactive messages to one person in 24 hours (Florida, Oklahoma and Maryland allow three).
pub const PROACTIVE_PER_DAY: u32 = 3;
/// How long a code texted to a typed number holds.
pub const CODE_LIFE: Span = Span::mins(10);
/// Wrong codes after which a texted code is dead: one in 200,000 guesses right.
pub const CODE_MISSES_MAX: u8 = 5;
/// Codes texted to one number in an hour: who types a stranger's number cannot keep it buzzing.
pub const CODES_PER_HOUR: u32 = 3;
/// Times offered at once: at most six fit a text, three by voice.
pub const OFFER_MAX: usize = 6;
/// Fewest times worth offering when more exist.
pub const OFFER_MIN: usize = 3;
/// Times offered a day unless the patient asked for that day.
pub const OFFER_PER_DAY: usize = 2;
/// Bookable starts lie on this grid of the wall clock.
pub const SLOT_GRID: Span = Span::mins(15);
/// The grain of the no-double-booking key: a visit takes each five-minute instant it touches.
pub const BOOKING_GRAIN: Span = Span::mins(5);
/// "Around three" offers what lies this near.
pub const NEAR: Span = Span::mins(60);
/// How often one question is asked before a person is asked to help.
pub const ASK_MAX: u8 = 3;
/// A job's lease; a killed process's work is free again after it.
pub const JOB_LEASE: Span = Span::secs(30);
/// Attempts of a job before it is a dead letter that a person sees.
pub const JOB_ATTEMPTS_MAX: u32 = 12;
/// First wait after a failed attempt; it doubles.
pub const BACKOFF_FIRST: Span = Span::secs(2);
/// Longest wait between attempts.
pub const BACKOFF_MAX: Span = Span::mins(10);
/// A reply older than this is no longer worth sending by itself; staff are told.
pub const REPLY_STALE: Span = Span::hours(12);
/// How long an unclear send waits for a receipt before anything else happens.
pub const UNKNOWN_WAIT: Span = Span::secs(90);
/// Deadline of one carrier request.
pub const CARRIER_TIMEOUT: Span = Span::secs(10);
/// Signature time stamps further away than this are stale (both directions).
pub const SIGNATURE_TOLERANCE: Span = Span::secs(300);
/// A spoken notice to a caller is cut here (Telnyx takes 3,000 characters).
pub const SPOKEN_MAX_CHARS: usize = 600;
/// Knowledge sections of a clinic.
pub const KNOWLEDGE_SECTIONS_MAX: usize = 50;
/// Running jobs get this long at shutdown.
pub const GRACEFUL_STOP: Span = Span::secs(20);
/// Events accepted in one transaction; beyond it latency grows without throughput.
pub const ACCEPT_BATCH: usize = 64;
/// Jobs claimed in one statement.
pub const CLAIM_BATCH: usize = 64;
/// Idle workers look for due jobs at least this often; a commit wakes them at once.
pub const POLL: Span = Span::millis(500);
/// How long a vendor's event is remembered; Telnyx and Twilio deliver one again for hours, the catch-up looks back 3 days.
pub const INBOX_KEPT: Span = Span::days(14);
/// How long the state of a call is kept; a call is over within hours.
pub const CALLS_KEPT: Span = Span::days(30);
/// How long a dead letter is kept for a person to look at.
pub const DEAD_JOBS_KEPT: Span = Span::days(90);
/// How long an idempotency key is remembered; a client that retries later than this asks anew.
pub const REQUESTS_KEPT: Span = Span::hours(24);
/// Longest idempotency key, in characters; a UUID has 36.
pub const IDEMPOTENCY_KEY_MAX_CHARS: usize = 128;
/// How long a request waits for the turn it asked for, before it answers that one is under way.
pub const API_WAIT: Span = Span::secs(8);
/// Requests of one token in a minute: ten a second, for a busy site.
pub const TOKEN_PER_MINUTE: u32 = 600;
/// Messages of one web chat in a minute; nobody types faster.
pub const CHAT_PER_MINUTE: u32 = 20;
/// Most days one look at open times may span.
pub const AVAILABILITY_MAX_DAYS: i64 = 31;
/// How often old rows are removed.
pub const PRUNE_EVERY: Span = Span::hours(6);
/// Texts one number may send in a burst before its texts are read but no longer answered one by one.
pub const TEXTS_PER_BURST: u32 = 60;
/// A number that used its burst up may be answered once more each time this passes.
pub const TEXT_REFILL: Span = Span::secs(20);
/// How long after a worry about a treated area a question counts as one about it.
pub const AFTERCARE_WATCH: Span = Span::hours(24);
/// "I'm here" and "running late" are about a visit that begins within this time, or began as long ago.
pub const ARRIVAL_WINDOW: Span = Span::hours(3);
/// A notice to staff waits this long between looks while no e-mail sender is configured.
pub const EMAIL_OFF_WAIT: Span = Span::mins(10);
/// Storing an event must answer the carrier within this time; it delivers again after a 503.
pub const ACCEPT_TIMEOUT: Span = Span::secs(8);
/// Life of the signed link of a lead card.
pub const STAFF_LINK: Span = Span::days(30);
/// How much longer than its link a time is kept: payments are told by webhook, seconds to minutes later.
pub const PAYMENT_GRACE: Span = Span::mins(10);
/// Life of a link for a fee: nothing is kept for it.
pub const FEE_LINK: Span = Span::days(7);
/// How far back the catch-up looks at most; Telnyx keeps message records 10 days.
pub const CATCH_UP_MAX: Span = Span::days(3);
