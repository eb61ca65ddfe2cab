//! What the library says, as one enum, and which of its events each comes from.

use contract::ContactId;
use desk::Snapshot;
use wasm_bindgen::{JsCast, JsValue};

use crate::sys::Plain;

/// What the library has said.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The whole of what Connect says about the agent and their contacts; on every update,
    /// also one that tells nothing new.
    Snapshot(Box<Snapshot>),
    /// The softphone's microphone was closed (`true`) or opened, by whichever window.
    MuteReported(bool),
    /// The CCP has spoken for the first time: requests can be made from now on. Once per
    /// [`crate::Ccp`]; after a later sign-in it is the next [`Event::Snapshot`] that tells.
    Initialized,
    /// The CCP has answered a heartbeat; about once a second while it is well.
    Acknowledged,
    /// How many softphones of this agent's are open in this browser.
    Softphones(u32),
    /// The frame was loaded anew and has asked how it is configured.
    Reloaded,
    /// The CCP has not spoken in time. It may not be signed in.
    AckTimeout,
    /// The agent was signed out.
    Terminated,
    /// The agent's session is not valid any more.
    AuthFailed,
    /// The agent may not use the CCP.
    AccessDenied,
    /// The frame was reloaded ten times and the CCP has not spoken: no more is tried.
    RetriesExhausted,
    /// Signing in failed too often in this session.
    AuthorizeRetriesExhausted,
    /// Connect's telephony service refused the session too often in this page.
    CtiAuthorizeRetriesExhausted,
    /// The session is valid again.
    AuthorizeSucceeded,
    /// The softphone cannot work.
    SoftphoneError {
        /// `SoftphoneErrorTypes` of the typings, such as `microphone_not_shared`.
        kind: String,
    },
    /// The CCP has lost its line to Connect: snapshots are late from now on.
    WebSocketLost,
    /// The CCP has its line to Connect again.
    WebSocketRegained,
    /// A contact was accepted, by whichever window.
    Accepted(ContactId),
    /// The CCP shows this contact, or none.
    ViewContact(Option<ContactId>),
}

/// What an event of the library's bus calls for.
pub(crate) enum Heard {
    /// Read the agent's data.
    Update,
    /// The frame has got its configuration, and says so.
    Configured,
    /// Pass it on.
    Event(Event),
}

/// An event by its name on the library's bus (`EventType`, `AgentEvents` and `ContactEvents` in
/// `release/connect-streams.js`), and what its data calls for, if it can be read.
pub(crate) type Row = (&'static str, fn(&JsValue) -> Option<Heard>);

/// Every event that is listened to.
///
/// The bus is where `connect.core.on…`, `agent.on…`, `connect.contact` and `contact.on…` all
/// subscribe. Going there directly needs no agent and no contact to exist first, and hears of
/// contacts for which `connect.contact` never fires, because the update that brought them broke
/// off inside the library.
///
/// In 2.28.2 the events of a contact's life come after `agent::refresh`, in the same task and
/// from the same data, so they tell nothing that has not been read. That is how it is and not
/// what is promised: they are listened to, and whoever reads skips an update that has been read.
pub(crate) const EVENTS: [Row; 31] = [
    ("agent::refresh", update),
    ("contact::init", update),
    ("contact::incoming", update),
    ("contact::pending", update),
    ("contact::connecting", update),
    ("contact::connected", update),
    ("contact::missed", update),
    ("contact::acw", update),
    ("contact::ended", update),
    ("contact::error", update),
    ("contact::destroyed", update),
    ("contact::refresh", update),
    ("contact::accepted", |data| {
        Some(Heard::Event(Event::Accepted(contact_id(data)?)))
    }),
    ("contact::view", |data| {
        Some(Heard::Event(Event::ViewContact(contact_id(data))))
    }),
    ("agent::mute_toggle", |data| {
        let muted = member(data, "muted")?.as_bool()?;
        Some(Heard::Event(Event::MuteReported(muted)))
    }),
    ("agent::softphone_error", |data| {
        let kind = member(data, "errorType").and_then(|kind| kind.as_string());
        Some(Heard::Event(Event::SoftphoneError {
            kind: kind.unwrap_or_default(),
        }))
    }),
    ("agent::websocket_connection_lost", |_| {
        Some(Heard::Event(Event::WebSocketLost))
    }),
    ("agent::websocket_connection_gained", |_| {
        Some(Heard::Event(Event::WebSocketRegained))
    }),
    ("acknowledge", |_| Some(Heard::Event(Event::Acknowledged))),
    ("update_connected_ccps", |data| {
        let count = member(data, "length")?.as_f64()?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count; anything else saturates"
        )]
        Some(Heard::Event(Event::Softphones(count as u32)))
    }),
    ("configuration::configure", |_| Some(Heard::Configured)),
    ("request_configure", |_| Some(Heard::Event(Event::Reloaded))),
    ("init", |_| Some(Heard::Event(Event::Initialized))),
    ("ack_timeout", |_| Some(Heard::Event(Event::AckTimeout))),
    ("terminated", |_| Some(Heard::Event(Event::Terminated))),
    ("auth_fail", |_| Some(Heard::Event(Event::AuthFailed))),
    ("access_denied", |_| Some(Heard::Event(Event::AccessDenied))),
    ("iframe_retries_exhausted", |_| {
        Some(Heard::Event(Event::RetriesExhausted))
    }),
    ("authorize_retries_exhausted", |_| {
        Some(Heard::Event(Event::AuthorizeRetriesExhausted))
    }),
    ("cti_authorize_retries_exhausted", |_| {
        Some(Heard::Event(Event::CtiAuthorizeRetriesExhausted))
    }),
    ("authorize_success", |_| {
        Some(Heard::Event(Event::AuthorizeSucceeded))
    }),
];

/// What `data` of the event `name` calls for.
pub(crate) fn hear(name: &str, data: &JsValue) -> Option<Heard> {
    let (_, heard) = EVENTS.iter().find(|(known, _)| *known == name)?;
    heard(data)
}

#[expect(clippy::unnecessary_wraps, reason = "a row of the table")]
fn update(_: &JsValue) -> Option<Heard> {
    Some(Heard::Update)
}

/// Of `{ contactId }` or of a `connect.Contact`, which has a member of that name too; the CCP
/// says that it shows no contact by an empty one.
fn contact_id(data: &JsValue) -> Option<ContactId> {
    let id = member(data, "contactId")?.as_string()?;
    (!id.is_empty()).then(|| id.into())
}

fn member(data: &JsValue, name: &str) -> Option<JsValue> {
    data.unchecked_ref::<Plain>().get(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_event_is_listed_twice() {
        for (at, (name, _)) in EVENTS.iter().enumerate() {
            assert!(
                EVENTS[..at].iter().all(|(other, _)| other != name),
                "{name}"
            );
        }
    }
}
