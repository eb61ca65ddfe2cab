//! What can be done in a history, and how likely it is.

use proptest::prelude::*;

use crate::event::{CustomerAct, ThirdPartyAct};
use crate::leg::LegState;
use crate::line::{Channel, Reach};

/// One thing that happens. Small numbers pick a target among what there is.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Wait(u32),
    Call { force: bool, channel: Channel },
    Callback(usize),
    Customer(usize, CustomerAct),
    Ask(usize, &'static str, usize, usize),
    Choose(usize, usize, bool),
    Dial(usize),
    CallIn(usize, usize, usize),
    ThirdParty(usize, ThirdPartyAct),
    Supervise(usize, Option<LegState>),
    Noise(usize, usize),
    OpenPage(usize),
    ClosePage(usize),
    SignOut(usize),
    Phone(Reach),
    DialOut,
    Stop(usize),
    SetAttributes(usize),
}

pub(super) const LOGINS: [&str; 2] = ["hanako.sato", "ichiro.suzuki"];
pub(super) const NUMBER: &str = "+819012345678";
const METHODS: [&str; 17] = [
    "acceptContact",
    "acceptContact",
    "rejectContact",
    "clearContact",
    "clearContact",
    "destroyConnection",
    "holdConnection",
    "resumeConnection",
    "muteParticipant",
    "sendDigits",
    "toggleActiveConnections",
    "conferenceConnections",
    "getEndpoints",
    "makeCoffee",
    "pauseContact",
    "resumeContact",
    "transferContact",
];

/// Anything, likelier what leads on.
pub(super) fn deed() -> impl Strategy<Value = Deed> {
    let acts = prop::sample::select(vec![
        CustomerAct::HangUp,
        CustomerAct::Answer,
        CustomerAct::Busy,
        CustomerAct::NoAnswer,
        CustomerAct::Refuse,
        CustomerAct::BadNumber,
        CustomerAct::RingOut,
        CustomerAct::Vanish,
    ]);
    // Voice above all: the others are to be beside it.
    let channels = prop::sample::select(vec![
        Channel::Voice,
        Channel::Voice,
        Channel::Voice,
        Channel::Chat,
        Channel::Task,
    ]);
    let reaches = prop::sample::select(vec![
        Reach::Ring,
        Reach::Answer,
        Reach::Busy,
        Reach::BadNumber,
        Reach::Refused,
    ]);
    let third = prop::sample::select(vec![ThirdPartyAct::Answer, ThirdPartyAct::HangUp]);
    let supervision = prop::sample::select(vec![
        Some(LegState::SilentMonitor),
        Some(LegState::Barge),
        None,
    ]);
    prop_oneof![
        3 => (0_u32..40_000).prop_map(Deed::Wait),
        4 => (prop::bool::weighted(0.2), channels)
            .prop_map(|(force, channel)| Deed::Call { force, channel }),
        1 => (0_usize..8).prop_map(Deed::Callback),
        4 => (0_usize..8, acts).prop_map(|(at, act)| Deed::Customer(at, act)),
        14 => (0_usize..2, prop::sample::select(METHODS.to_vec()), 0_usize..3, 0_usize..4)
            .prop_map(|(who, method, contact, leg)| Deed::Ask(who, method, contact, leg)),
        2 => (0_usize..2, 0_usize..5, any::<bool>())
            .prop_map(|(who, state, later)| Deed::Choose(who, state, later)),
        2 => (0_usize..2).prop_map(Deed::Dial),
        3 => (0_usize..2, 0_usize..2, 0_usize..4)
            .prop_map(|(who, at, whom)| Deed::CallIn(who, at, whom)),
        2 => (0_usize..4, third).prop_map(|(at, act)| Deed::ThirdParty(at, act)),
        1 => (0_usize..8, supervision).prop_map(|(at, how)| Deed::Supervise(at, how)),
        1 => (0_usize..3, 0_usize..6).prop_map(|(port, what)| Deed::Noise(port, what)),
        1 => (0_usize..2).prop_map(Deed::OpenPage),
        1 => (0_usize..3).prop_map(Deed::ClosePage),
        1 => (0_usize..2).prop_map(Deed::SignOut),
        1 => reaches.prop_map(Deed::Phone),
        1 => Just(Deed::DialOut),
        1 => (0_usize..8).prop_map(Deed::Stop),
        1 => (0_usize..8).prop_map(Deed::SetAttributes),
    ]
}
