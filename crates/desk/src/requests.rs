//! Requests to Connect whose effect is not on screen yet.
//!
//! Response and snapshot travel apart, in either order. A button that was pressed waits until
//! a snapshot shows the effect, or until Connect refuses; else it would be pressed twice. When
//! Connect has said yes and nothing comes of it, it waits for some snapshots or some seconds,
//! whichever is sooner: between calls the same snapshot comes all day.

use contract::ContactId;

use crate::{
    action::{Action, ActionError},
    clock::Instant,
    contact::Contact,
    control::Control,
};

/// The requests that are under way, oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Requests(Vec<UnderWay>);

#[derive(Debug, Clone, PartialEq)]
struct UnderWay {
    action: Action,
    /// `None` until Connect has said yes.
    granted: Option<Granted>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Granted {
    at: Instant,
    snapshots_since: u32,
}

/// Snapshots after a positive answer, when the effect should have been among them.
const SNAPSHOTS_TO_SETTLE: u32 = 2;

/// Milliseconds after a positive answer, when the effect should have come to be seen.
const MILLIS_TO_SETTLE: i64 = 5_000;

/// The same for a number that is dialled, of which the effect is a call: nobody must be called twice
/// because Connect is slow. It sends the agent's data this often at the least.
const MILLIS_TO_DIAL: i64 = 30_000;

/// More requests than can be under way, were every one of them answered in time.
const MOST_REQUESTS: usize = 50;

impl Requests {
    pub(crate) fn begin(&mut self, action: Action) {
        if self.0.len() == MOST_REQUESTS {
            self.0.remove(0);
        }
        self.0.push(UnderWay {
            action,
            granted: None,
        });
    }

    /// Takes in an answer. The refusal, if it is one and the request is still under way.
    pub(crate) fn answer(
        &mut self,
        action: &Action,
        result: Result<(), ActionError>,
        now: Instant,
    ) -> Option<ActionError> {
        let index = self
            .0
            .iter()
            .position(|request| request.action == *action && request.granted.is_none())?;
        // Without an answer Connect may dial all the same.
        let may_dial = matches!(
            (action, &result),
            (Action::Dial(_), Err(ActionError::TimedOut))
        );
        match result {
            result if may_dial || result.is_ok() && shows_in_a_snapshot(action) => {
                if let Some(request) = self.0.get_mut(index) {
                    request.granted = Some(Granted {
                        at: now,
                        snapshots_since: 0,
                    });
                }
                result.err()
            }
            result => {
                self.0.remove(index);
                result.err()
            }
        }
    }

    /// Forgets what a new snapshot has settled: the effect is there, or something else made the
    /// request pointless, or Connect has said yes and nothing came of it.
    pub(crate) fn settle(&mut self, contacts: &[Contact]) {
        self.0.retain_mut(|request| {
            if let Some(granted) = &mut request.granted {
                granted.snapshots_since += 1;
                if granted.snapshots_since >= SNAPSHOTS_TO_SETTLE {
                    return false;
                }
            }
            let find = |id: &ContactId| contacts.iter().find(|contact| contact.id == *id);
            if let Action::CallIn(id, _) = &request.action {
                return find(id).is_some_and(Contact::takes_party);
            }
            let Some((control, id)) = Control::that_asks(&request.action) else {
                return true;
            };
            let contact = find(id);
            contact.is_some_and(|contact| contact.action(control).as_ref() == Some(&request.action))
        });
    }

    /// Whether time alone has settled something.
    pub(crate) fn are_due(&self, now: Instant) -> bool {
        self.0.iter().any(|request| request.is_due(now))
    }

    /// Forgets what time alone has settled.
    pub(crate) fn expire(&mut self, now: Instant) {
        self.0.retain(|request| !request.is_due(now));
    }

    /// Forgets what was asked for a contact that is offered anew.
    pub(crate) fn offered_anew(&mut self, id: &ContactId) {
        self.0
            .retain(|request| request.action.contact() != Some(id));
    }

    pub(crate) fn any(&self, test: impl Fn(&Action) -> bool) -> bool {
        self.0.iter().any(|request| test(&request.action))
    }
}

impl UnderWay {
    fn is_due(&self, now: Instant) -> bool {
        let limit = match self.action {
            Action::Dial(_) => MILLIS_TO_DIAL,
            _ => MILLIS_TO_SETTLE,
        };
        self.granted
            .is_some_and(|granted| granted.at.after(limit) <= now)
    }
}

/// Whether a request that was granted shows in a later snapshot.
fn shows_in_a_snapshot(action: &Action) -> bool {
    match action {
        Action::Accept(_)
        | Action::Decline(_)
        | Action::HangUp(..)
        | Action::Hold(..)
        | Action::Resume(..)
        | Action::CallIn(..)
        | Action::Swap(_)
        | Action::Conference(_)
        | Action::Leave(..)
        | Action::Drop(..)
        | Action::Clear(_)
        | Action::Dial(_) => true,
        Action::SendDigits(..)
        | Action::Mute
        | Action::Unmute
        | Action::SetState(_)
        | Action::QueueState(_) => false,
    }
}
