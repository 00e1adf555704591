//! A phone call as the carrier reports it, and the moment it counts as missed.
//!
//! No carrier reports "missed": it follows from how the clinic's phone is wired and from which leg ended why. See the
//! decision table in `docs/adr/0007-calls.md`.

use serde::{Deserialize, Serialize};

/// How a clinic's phone is wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wiring {
    /// The clinic's own line forwards to our number when nobody answers: every call that reaches us is a missed one.
    #[default]
    Forwarded,
    /// Our number rings the clinic's phone first.
    Ring,
}

/// What the carrier reported of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallReport {
    /// A caller dialled our number.
    Arrived,
    /// The caller's leg was picked up (by us).
    Answered,
    /// The clinic's phone was picked up.
    ClinicAnswered,
    /// The clinic's phone rang out, was busy or refused.
    ClinicUnanswered,
    /// Our spoken notice is over.
    NoticeSpoken,
    /// The caller's leg ended.
    Ended,
}

/// What is to be done about a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallStep {
    /// Ring the clinic's phone.
    RingClinic,
    /// Pick up the caller's leg.
    Answer,
    /// Tell the caller that a text is coming.
    SpeakNotice,
    /// End the caller's leg.
    HangUp,
    /// The call was missed: text the caller.
    Missed,
}

/// What is known of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Call {
    /// The caller's leg was reported.
    pub arrived: bool,
    /// The clinic picked up: not missed, whatever comes after.
    pub clinic_answered: bool,
    /// It counts as missed.
    pub missed: bool,
    /// The caller is gone.
    pub ended: bool,
}

impl Call {
    /// The call after a report, and what to do. Reports may come twice and out of order.
    pub fn after(mut self, report: CallReport, wiring: Wiring) -> (Self, Vec<CallStep>) {
        let mut steps = Vec::new();
        let miss = |call: &mut Self, steps: &mut Vec<CallStep>| {
            if !call.missed && !call.clinic_answered {
                call.missed = true;
                steps.push(CallStep::Missed);
            }
        };
        match report {
            CallReport::Arrived => {
                if !self.arrived && !self.ended {
                    match wiring {
                        Wiring::Forwarded => {
                            miss(&mut self, &mut steps);
                            steps.push(CallStep::Answer);
                        }
                        Wiring::Ring => steps.push(CallStep::RingClinic),
                    }
                } else if !self.arrived && wiring == Wiring::Forwarded {
                    miss(&mut self, &mut steps);
                }
                self.arrived = true;
            }
            CallReport::Answered => {
                if self.missed && !self.ended {
                    steps.push(CallStep::SpeakNotice);
                }
            }
            CallReport::ClinicAnswered => self.clinic_answered = true,
            CallReport::ClinicUnanswered => {
                let was_missed = self.missed;
                miss(&mut self, &mut steps);
                if self.missed && !was_missed && !self.ended {
                    steps.push(CallStep::Answer);
                }
            }
            CallReport::NoticeSpoken => {
                if !self.ended {
                    steps.push(CallStep::HangUp);
                }
            }
            CallReport::Ended => {
                // The caller gave up while the clinic's phone rang.
                if self.arrived || wiring == Wiring::Ring {
                    miss(&mut self, &mut steps);
                }
                self.ended = true;
            }
        }
        (self, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CallReport::{Answered, Arrived, ClinicAnswered, ClinicUnanswered, Ended, NoticeSpoken};

    fn missed_times(wiring: Wiring, reports: &[CallReport]) -> (usize, Vec<CallStep>) {
        let (mut call, mut all) = (Call::default(), Vec::new());
        for report in reports {
            let (next, steps) = call.after(*report, wiring);
            call = next;
            all.extend(steps);
        }
        (all.iter().filter(|step| **step == CallStep::Missed).count(), all)
    }

    #[test]
    fn when_a_call_counts_as_missed() {
        let cases: [(Wiring, &[CallReport], usize, &str); 9] = [
            (Wiring::Forwarded, &[Arrived, Answered, NoticeSpoken, Ended], 1, "every forwarded call"),
            (Wiring::Forwarded, &[Arrived, Arrived, Ended], 1, "reported twice"),
            (Wiring::Ring, &[Arrived, ClinicAnswered, Ended], 0, "a person spoke"),
            (Wiring::Ring, &[Arrived, ClinicUnanswered, Answered, NoticeSpoken, Ended], 1, "rang out"),
            (Wiring::Ring, &[Arrived, Ended], 1, "the caller gave up"),
            (Wiring::Ring, &[Arrived, Ended, ClinicUnanswered], 1, "gave up, then the other leg ended"),
            (Wiring::Ring, &[Arrived, ClinicAnswered, ClinicUnanswered, Ended], 0, "answered, then hung up"),
            (Wiring::Ring, &[Ended, Arrived], 1, "out of order"),
            (Wiring::Forwarded, &[Ended, Arrived], 1, "out of order, forwarded"),
        ];
        for (wiring, reports, missed, why) in cases {
            assert_eq!(missed_times(wiring, reports).0, missed, "{why}");
        }
        let (_, steps) = missed_times(Wiring::Forwarded, &[Arrived, Answered, NoticeSpoken]);
        assert_eq!(steps, [CallStep::Missed, CallStep::Answer, CallStep::SpeakNotice, CallStep::HangUp]);
    }
}
