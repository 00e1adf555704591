//! A visit asked for by a form: the facts of a whole conversation at once. From here on it goes the way of one.

use frontdesk_domain::conversation::Stage;
use frontdesk_domain::lead::LeadStatus;

use super::{Turn, booking, phone};
use crate::phrase::Act;
use crate::state::EmailFact;
use crate::turn::VisitForm;

/// Takes the facts of a form in and the time it names.
pub(super) fn filled(turn: &mut Turn<'_>, form: VisitForm) {
    let lead = &mut turn.state.lead;
    lead.name = Some(form.name.clone());
    lead.services = vec![form.slot.service];
    lead.patient_type = Some(form.patient_type);
    lead.email = form.email.map_or(EmailFact::Declined, EmailFact::Given);
    lead.status = LeadStatus::Qualified;
    turn.state.language = form.language;
    turn.state.introduced_at = Some(turn.now);
    turn.state.heard_at = Some(turn.now);
    turn.state.stage = Stage::Qualifying;
    turn.state.form_agreed = form.agreed;
    if let Some(first) = form.name.split_whitespace().next() {
        if turn.state.say_once("thanks_name") {
            turn.say(Act::NiceToMeet { first: first.to_owned() });
        }
    }
    if let Some((number, may_text)) = form.phone {
        phone::given(turn, number, may_text);
    }
    booking::take(turn, form.slot);
}
