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
pub(crate) struct Requests {
    under_way: Vec<UnderWay>,
    /// A number that an earlier life of the page has dialled; whether Connect has said yes nobody
    /// knows.
    dialled_before: Option<Granted>,
}

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
        if self.under_way.len() == MOST_REQUESTS {
            self.under_way.remove(0);
        }
        self.under_way.push(UnderWay {
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
            .under_way
            .iter()
            .position(|request| request.action == *action && request.granted.is_none())?;
        // Without an answer Connect may dial all the same.
        let may_dial = matches!(
            (action, &result),
            (Action::Dial(_), Err(ActionError::TimedOut))
        );
        match result {
            result if may_dial || result.is_ok() && shows_in_a_snapshot(action) => {
                if let Some(request) = self.under_way.get_mut(index) {
                    request.granted = Some(Granted::at(now));
                }
                result.err()
            }
            result => {
                self.under_way.remove(index);
                result.err()
            }
        }
    }

    /// Forgets what a new snapshot has settled: the effect is there, or something else made the
    /// request pointless, or Connect has said yes and nothing came of it.
    pub(crate) fn settle(&mut self, contacts: &[Contact]) {
        self.dialled_before.take_if(Granted::is_settled);
        self.under_way.retain_mut(|request| {
            if request.granted.as_mut().is_some_and(Granted::is_settled) {
                return false;
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
        let is_due = |granted: Granted| granted.is_due(MILLIS_TO_DIAL, now);
        self.dialled_before.is_some_and(is_due)
            || self.under_way.iter().any(|request| request.is_due(now))
    }

    /// Forgets what time alone has settled.
    pub(crate) fn expire(&mut self, now: Instant) {
        self.dialled_before
            .take_if(|granted| granted.is_due(MILLIS_TO_DIAL, now));
        self.under_way.retain(|request| !request.is_due(now));
    }

    /// Waits for the call of a number that an earlier life of the page has dialled.
    pub(crate) fn wait_for_call(&mut self, now: Instant) {
        self.dialled_before = Some(Granted::at(now));
    }

    /// Whether the call of a number that was dialled may still come.
    pub(crate) fn is_dialling(&self) -> bool {
        self.dialled_before.is_some() || self.any(|action| matches!(action, Action::Dial(_)))
    }

    /// Forgets what was asked for a contact that is offered anew.
    pub(crate) fn offered_anew(&mut self, id: &ContactId) {
        self.under_way
            .retain(|request| request.action.contact() != Some(id));
    }

    pub(crate) fn any(&self, test: impl Fn(&Action) -> bool) -> bool {
        self.under_way.iter().any(|request| test(&request.action))
    }
}

impl UnderWay {
    fn is_due(&self, now: Instant) -> bool {
        let limit = match self.action {
            Action::Dial(_) => MILLIS_TO_DIAL,
            _ => MILLIS_TO_SETTLE,
        };
        self.granted
            .is_some_and(|granted| granted.is_due(limit, now))
    }
}

impl Granted {
    fn at(now: Instant) -> Self {
        Self {
            at: now,
            snapshots_since: 0,
        }
    }

    /// Counts one more snapshot; whether the effect should have been among them.
    fn is_settled(&mut self) -> bool {
        self.snapshots_since += 1;
        self.snapshots_since >= SNAPSHOTS_TO_SETTLE
    }

    /// Whether `limit` milliseconds have gone by.
    fn is_due(self, limit: i64, now: Instant) -> bool {
        self.at.after(limit) <= now
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
