//! What AWS does not document, as switches.
//!
//! Amazon Connect's behaviour is public only in part. Where two behaviours are plausible, the
//! simulator implements both and a scenario or `POST /control/switches` chooses; the defaults
//! are what public reports of the real service describe most often. This module only names the
//! choices, [`crate::instance`] obeys them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::profiles::Choices;

/// The undocumented choices. Every member has a default, so a JSON object may name only the
/// ones to change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one documented choice of its own, and JSON names them"
)]
pub struct Switches {
    /// Contact state after a voice offer rang out. The real service has said `error` for years
    /// (amazon-connect-streams issues 391, 551, 658, 792, 977, 1039).
    pub missed: UnansweredState,
    /// Contact state after the agent declined.
    pub declined: DeclinedState,
    /// Agent state's name after the agent declined (issue 344; `MissedCallAgent` is the other
    /// candidate).
    pub agent_state_after_decline: String,
    /// Agent state's name after the caller hung up while it rang.
    pub agent_state_after_abandon: String,
    /// Agent state's name after the agent hung up while dialling.
    pub agent_state_after_cancel: String,
    /// Contact state after the agent hung up while dialling.
    pub cancelled: CancelledState,
    /// How long a failed outbound contact stays before the CCP clears it; `null`: until the
    /// agent clears it.
    pub clear_failed_outbound_after_ms: Option<u32>,
    /// The same for a call whose caller hung up while it rang.
    pub clear_abandoned_after_ms: Option<u32>,
    /// After-call work ends by itself after this time; `null`: only when the agent clears it.
    pub after_call_work_limit_ms: Option<u32>,
    /// An offer rings for this long.
    pub ring_ms: u32,
    /// A call rings for this long at an agent whose softphone accepts by itself.
    pub auto_accept_ms: u32,
    /// What becomes of accepting a call while the agent is on another.
    pub second_call: SecondCall,
    /// A dialled telephone rings for this long before the attempt fails.
    pub dial_ms: u32,
    /// How long after the request the agent's own leg of an outbound call is up, and the customer
    /// is dialled; 0: in a snapshot of its own at once.
    pub agent_leg_ms: u32,
    /// The customer's leg of an outbound call until the agent's own leg is up.
    pub undialled: UndialledLeg,
    /// The snapshot that shows a change is sent before the answer to the request that caused it.
    pub snapshot_before_response: bool,
    /// How long after an answer the snapshot that shows its effect arrives, in milliseconds of
    /// real time: the network's delay, which no frozen clock stops. Meanwhile the library's
    /// follow-up broadcasts go through, as `onAccepted` before `onConnected`.
    pub snapshot_lag_ms: u32,
    /// Whether the outbound contact turns `connected` with the agent's own leg rather than when
    /// the customer answers.
    pub outbound_connected_at_agent_leg: bool,
    /// Whether a held customer is taken off hold when the last third party leaves.
    pub resume_when_third_party_leaves: bool,
    /// Whether choosing a state during after-call work ends the work instead of being refused.
    pub state_change_ends_after_call_work: bool,
    /// The telephone number shown for a caller who withholds it; `null` for no number at all.
    pub withheld_number: Option<String>,
    /// The exception types by which methods are refused, where they are to be others than the
    /// simulator's guess: `{"putAgentState": "AccessDeniedException"}`.
    pub refusals: BTreeMap<String, String>,
    /// Publish the unchanged snapshot this often, as the real worker's polling does.
    pub republish_ms: Option<u32>,
    /// Quick connects per page of `getEndpoints`, whatever the library asks for; at least 1.
    pub endpoints_per_page: u32,
    /// How long after its first acknowledgement a page learns its id, without which the library
    /// does not start; `null`: with it.
    pub acknowledge_id_after_ms: Option<u32>,
    /// Whether a page whose session has ended stays and answers the heartbeat, which keeps the
    /// library from looking for a new one, instead of showing the sign-in form.
    pub acknowledges_after_sign_out: bool,
    /// Those of Customer Profiles.
    pub profiles: Choices,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            missed: UnansweredState::Error,
            declined: DeclinedState::Error,
            agent_state_after_decline: "FailedConnectAgent".to_owned(),
            agent_state_after_abandon: "MissedCallAgent".to_owned(),
            agent_state_after_cancel: "FailedConnectCustomer".to_owned(),
            cancelled: CancelledState::Error,
            clear_failed_outbound_after_ms: Some(5_000),
            clear_abandoned_after_ms: Some(5_000),
            after_call_work_limit_ms: None,
            ring_ms: 20_000,
            auto_accept_ms: 1_000,
            second_call: SecondCall::HoldsTheFirst,
            dial_ms: 30_000,
            agent_leg_ms: 0,
            undialled: UndialledLeg::Connecting,
            snapshot_before_response: false,
            snapshot_lag_ms: 100,
            outbound_connected_at_agent_leg: false,
            resume_when_third_party_leaves: false,
            state_change_ends_after_call_work: false,
            withheld_number: Some("anonymous".to_owned()),
            refusals: BTreeMap::new(),
            republish_ms: Some(30_000),
            endpoints_per_page: 500,
            acknowledge_id_after_ms: None,
            acknowledges_after_sign_out: false,
            profiles: Choices::default(),
        }
    }
}

/// Contact state of a voice offer that nobody accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnansweredState {
    /// As the real service reports voice.
    Error,
    /// As the documentation reads.
    Missed,
}

/// Contact state of a voice offer that the agent declined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclinedState {
    /// As the real service reports voice.
    Error,
    /// As the documentation reads.
    Rejected,
}

/// Contact state of an outbound call that the agent gave up while it was dialling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelledState {
    /// A failed contact; no after-call work follows (issue 567).
    Error,
    /// An ordinary end with after-call work.
    Ended,
}

/// Accepting a call while the agent is on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondCall {
    /// The first is put on hold, and the agent toggles between the two ("Flow block: Interrupt
    /// agent", AWS administrator guide).
    HoldsTheFirst,
    /// Not possible, as before there were interrupt contacts.
    Refused,
}

/// State of the customer's leg before the customer is dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UndialledLeg {
    /// As when it is being dialled.
    Connecting,
    /// `init`, which the library counts as no active connection.
    Init,
}
