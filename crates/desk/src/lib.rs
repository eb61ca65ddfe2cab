//! The agent desk as a state machine: what came in, what is, what must be done.
//!
//! This crate owns all behaviour. [`Desk::handle`] takes an [`Input`] and the monotonic time,
//! and gives back [`Effect`]s; between calls the desk can be read, never changed. It knows no
//! browser, no clock, no transport and no language.
//!
//! Inputs are level-triggered: a [`Snapshot`] says what is, and the desk compares. Events of
//! the library, which come twice, late or never, have no place here.
//!
//! # Invariants
//!
//! Each is a property in `tests/properties.rs`, `tests/dialling.rs`, `tests/shared.rs` or
//! `tests/customers.rs`, under the name in brackets, over histories of
//! a modelled Connect whose snapshots are lost, doubled, late and spoiled. A snapshot or a state
//! that bears no time counts as new.
//!
//! - At most one call is in front of the agent, and a second contact never replaces a connected
//!   one by itself (`a_second_contact_never_replaces_a_connected_one`).
//! - An offer that a snapshot showed leaves through exactly one [`CallRecord`], as long as states
//!   bear times and, where snapshots come late, can be read. Two offers under one id are one to the desk when no snapshot showed how the
//!   first ended and none showed the second ring (`an_offer_leaves_through_one_record`).
//! - A number that Connect is asked to dial leaves exactly one record, over reloads too: its call's
//!   if a snapshot shows one that began before the desk gave up waiting, else its own
//!   (`a_dial_leaves_one_record`).
//! - No effect names a contact that the desk does not hold (`effects_name_held_contacts`).
//! - Feeding the same snapshot twice changes nothing and asks for nothing
//!   (`the_same_snapshot_twice_changes_nothing`).
//! - A snapshot that is older than the last one by up to an hour changes nothing, unless the CCP
//!   received it after that one was read, or the PC's clock was set back while it was under way:
//!   then the last one bore a wrong time (`an_older_snapshot_changes_nothing`).
//! - A snapshot with a time from the future costs that snapshot's time and the next one's, never
//!   those after (`a_time_from_the_future_costs_one_snapshot`).
//! - After the last snapshot of any history, phases are what that snapshot says; an error, which
//!   does not say what went before it, is a failure if an earlier snapshot had shown a talk or a
//!   dialling and else a miss (`the_last_snapshot_heals_everything`).
//! - Times come in order: connecting ≤ connected ≤ ended ≤ cleared, holds between connected and
//!   ended (`times_are_in_order`).
//! - A time whose source is the contact's state is the one that Connect gave to that state of that
//!   offer, under the same condition (`stated_times_are_the_servers`).
//! - After a sound snapshot the desk's clock is the server's, however the PC's is set or jumps
//!   (`the_clock_is_the_servers`).
//! - A page that is reloaded at any moment ends with the records of one that was not and that
//!   missed the same snapshots (`a_reload_loses_no_record`).
//! - What any of several pages has listed is in the journal that they write between them, and once,
//!   as soon as they have heard of each other; and they come to rest
//!   (`several_pages_keep_one_journal`).
//! - A page that does not lead asks nothing of Connect, keeps nothing and opens nothing, whatever
//!   comes in (`a_mirror_only_shows`).
//! - A contact is asked about once at a time, by an agent who is signed in and only while the desk
//!   holds it; it is tied to nobody but the customer on screen; an hour after a contact has gone
//!   nothing of its customer is left
//!   (`customers_are_asked_about_once_at_a_time_and_leave_nothing`).
//! - After any inputs every accessor returns (`every_accessor_returns`).

mod action;
mod agent;
mod attributes;
mod call_log;
mod caller;
mod clock;
mod contact;
mod control;
mod desk;
mod foreign_text;
mod input;
mod inquiry;
mod journal;
mod link;
mod notice;
mod oddity;
mod offer;
mod outcome;
mod party;
mod phase;
mod quick_connect;
mod readiness;
mod reason;
mod requests;
mod roster;
mod screen_pop;
mod snapshot;
mod time;

pub use action::{Action, ActionError, Digits};
pub use agent::{Agent, AgentKind, AgentState};
pub use attributes::Attributes;
pub use call_log::{CallLog, CallRecord, spreadsheet_row};
pub use caller::Caller;
pub use clock::{Instant, ServerClock};
pub use contact::{Contact, Direction};
pub use contract::{ConnectionId, ContactId, Country, PhoneNumber, PhoneNumberError};
pub use control::Control;
pub use desk::{Alert, Desk, Lookup, MuteConflict, Role};
pub use foreign_text::visible;
pub use input::{Command, CustomerCommand, Effect, Input};
pub use inquiry::{Access, Answer, InquiryError, InquiryId, Question};
pub use journal::{Journal, SharedJournal};
pub use link::{Link, Repair, SignInPage};
pub use notice::{DialRefusal, Notice, NoticeKind, Request, SignOutFailure, SoftphoneError};
pub use oddity::Oddity;
pub use outcome::CallOutcome;
pub use party::{Conversation, Party, PartyState, Supervision};
pub use phase::CallPhase;
pub use quick_connect::{Destination, Directory, QuickConnect, QuickConnectKind};
pub use readiness::{Concern, Permission, Policy, Readiness, Workstation};
pub use reason::{Likely, Reason, SHIPS_WITHIN_DAYS};
pub use screen_pop::{Candidate, Identity, Loadable, Orders, ScreenPop, Tie};
pub use snapshot::{
    AgentSnapshot, AgentStateSnapshot, AgentStateType, ClockReading, ContactKind, ContactSnapshot,
    ContactState, EndpointSnapshot, LegRole, LegSnapshot, LegState, Snapshot, StateChoice,
};
pub use time::{Hold, OfferTimes, Stamp, TimeSource, elapsed};
