//! Inputs that no Connect would send: any word, any date, any order.

use chrono::{DateTime, TimeDelta, Utc};
use desk::{
    Action, ActionError, AgentSnapshot, AgentStateSnapshot, AgentStateType, Attributes,
    ClockReading, Command, ContactKind, ContactSnapshot, ContactState, Control, Destination,
    EndpointSnapshot, Input, Instant, Journal, LegRole, LegSnapshot, LegState, Link, Permission,
    Policy, Repair, Role, Snapshot, SoftphoneError, Workstation,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use crate::support::{at, choice, id, number};

/// Any input at any moment.
pub(crate) fn input() -> impl Strategy<Value = (Instant, Input)> {
    let input = prop_oneof![
        8 => snapshot().prop_map(|told| Input::Snapshot(Box::new(told))),
        3 => command().prop_map(Input::Command),
        2 => (action(), option::of(Just(ActionError::InvalidState))).prop_map(|(action, error)| {
            Input::Acted { action, result: error.map_or(Ok(()), Err) }
        }),
        1 => any::<bool>().prop_map(Input::MuteReported),
        2 => select(vec![Link::Ready, Link::SignedOut, Link::GaveUp, Link::Blocked]).prop_map(Input::Link),
        1 => Just(Input::SoftphoneFailed(SoftphoneError::Other)),
        1 => any::<bool>().prop_map(Input::ConnectLost),
        1 => select(vec![Role::Leader, Role::Mirror, Role::Unknown]).prop_map(Input::Role),
        1 => Just(Input::TimePassed),
        2 => place().prop_map(Input::Workstation),
        1 => option::of(Just("Lunch".to_owned())).prop_map(|not_ready_state| {
            Input::Policy(Policy { not_ready_state, notifies: true })
        }),
        1 => select(vec![
            "desk-journal-1\tarn:1\ndesk-journal-1\tarn:2",
            "desk-journal-1\tarn:1\nrecord\ta\t\tin",
            "desk-journal-1\t",
        ]).prop_map(|text| Input::Journal(Journal::parse(text).unwrap())),
    ];
    (
        select(vec![i64::MIN, -1, 0, 5_000, i64::MAX]).prop_map(Instant::from_millis),
        input,
    )
}

fn place() -> impl Strategy<Value = Workstation> {
    let permission = || {
        select(vec![
            Permission::Unasked,
            Permission::Granted,
            Permission::Denied,
        ])
    };
    (permission(), permission(), any::<[bool; 3]>()).prop_map(|(microphone, notifications, is)| {
        Workstation {
            microphone,
            notifications,
            lacks_microphone: is[0],
            is_away: is[1],
            is_throttled: is[2],
            mirrors: 0,
        }
    })
}

fn date() -> impl Strategy<Value = DateTime<Utc>> {
    select(vec![
        DateTime::<Utc>::MIN_UTC,
        DateTime::UNIX_EPOCH,
        at(0),
        at(1),
        at(2),
        DateTime::<Utc>::MAX_UTC,
    ])
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,12}",
        Just("<script>alert(1)</script>".to_owned()),
        Just("長".repeat(300)),
        Just("AfterCallWork".to_owned()),
        Just("Busy".to_owned()),
    ]
}

fn snapshot() -> impl Strategy<Value = Snapshot> {
    let skew = select(vec![TimeDelta::MIN, TimeDelta::zero(), TimeDelta::MAX]);
    let clock = (date(), skew).prop_map(|(local, skew)| ClockReading { local, skew });
    (
        option::of(date()),
        option::of(clock),
        agent(),
        option::weighted(0.9, vec(contact(), 0..4)),
        vec(text().prop_map(Into::into), 0..2),
    )
        .prop_map(|(taken_at, clock, agent, contacts, oddities)| Snapshot {
            taken_at,
            clock,
            agent,
            contacts,
            oddities,
        })
}

fn agent() -> impl Strategy<Value = AgentSnapshot> {
    let kind = prop_oneof![
        Just(AgentStateType::Routable),
        Just(AgentStateType::System),
        Just(AgentStateType::Error),
        text().prop_map(AgentStateType::Unknown),
    ];
    let state = (text(), kind, option::of(date()))
        .prop_map(|(name, kind, since)| AgentStateSnapshot { name, kind, since })
        .boxed();
    (
        option::of(text()),
        option::of(select(vec!["arn:1", "arn:2"])),
        option::of(state.clone()),
        option::of(state),
        option::of(text()),
    )
        .prop_map(
            |(name, arn, state, next_state, availability)| AgentSnapshot {
                name,
                arn: arn.map(Into::into),
                state,
                next_state,
                availability,
                ..AgentSnapshot::default()
            },
        )
}

fn contact() -> impl Strategy<Value = ContactSnapshot> {
    let state = prop_oneof![
        select(vec![
            ContactState::Init,
            ContactState::Incoming,
            ContactState::Pending,
            ContactState::Connecting,
            ContactState::Connected,
            ContactState::Paused,
            ContactState::Ended,
            ContactState::Missed,
            ContactState::Error,
            ContactState::Rejected,
        ]),
        text().prop_map(ContactState::Unknown),
    ];
    let kind = prop_oneof![
        4 => Just(ContactKind::Voice),
        1 => Just(ContactKind::QueueCallback),
        1 => Just(ContactKind::Chat),
        1 => text().prop_map(ContactKind::Unknown),
    ];
    (
        select(vec!["a", "b", ""]),
        kind,
        option::of(state),
        option::of(date()),
        option::of(text()),
        option::of(vec(leg(), 0..4)),
        option::of(text()),
    )
        .prop_map(
            |(name, kind, state, since, initiation, legs, number)| ContactSnapshot {
                initial_id: Some(id("a")),
                kind,
                state,
                since,
                initiation,
                legs,
                attributes: Attributes::default(),
                customer: Some(EndpointSnapshot {
                    phone_number: number,
                    name: None,
                }),
                ..ContactSnapshot::new(id(name))
            },
        )
}

fn leg() -> impl Strategy<Value = LegSnapshot> {
    let state = prop_oneof![
        select(vec![
            LegState::Connecting,
            LegState::Connected,
            LegState::Hold,
            LegState::Disconnected,
        ]),
        text().prop_map(LegState::Unknown),
    ];
    let role = select(vec![LegRole::Agent, LegRole::Customer, LegRole::ThirdParty]);
    let endpoint = option::of(text()).prop_map(|phone_number| EndpointSnapshot {
        phone_number,
        name: None,
    });
    (
        role,
        option::of(any::<bool>()),
        option::of(state),
        option::of(date()),
        option::of(endpoint),
    )
        .prop_map(|(role, outbound, state, since, endpoint)| LegSnapshot {
            id: "leg".into(),
            role,
            outbound,
            state,
            since,
            endpoint,
            quick_connect: None,
            muted: None,
        })
}

fn command() -> impl Strategy<Value = Command> {
    let press = select(vec![
        Control::Accept,
        Control::HangUp,
        Control::Hold,
        Control::Leave,
        Control::Drop,
        Control::Complete,
    ]);
    prop_oneof![
        (press, select(vec!["a", "b"])).prop_map(|(press, on)| Command::Press(press, id(on))),
        select(vec![
            Command::Mute,
            Command::Repair(Repair::SignIn),
            Command::Repair(Repair::Reconnect),
            Command::SignOut,
            Command::Repair(Repair::Lead),
            Command::Repair(Repair::AllowNotifications),
            Command::CancelQueuedState,
            Command::SetState(choice("Lunch")),
            Command::Dial(number("+81312345678")),
            Command::Dismiss(1),
            Command::ListQuickConnects,
            Command::Select(id("a")),
            Command::Select(id("b")),
            Command::CallIn {
                contact: id("a"),
                to: Destination::QuickConnect("arn".into()),
                hand_on: true,
            },
        ]),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    select(vec![
        Action::Accept(id("a")),
        Action::Clear(id("b")),
        Action::Mute,
        Action::SetState(choice("Lunch")),
        Action::Dial(number("+81312345678")),
    ])
}
