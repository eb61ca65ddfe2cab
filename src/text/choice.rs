//! Which sentence is said of what: one function for each thing that the desk tells.

use desk::{
    ActionError, AgentKind, AgentState, CallOutcome, CallPhase, Concern, Contact, ContactKind,
    Control, Conversation, Desk, DialRefusal, Direction, Link, MuteConflict, NoticeKind,
    PhoneNumberError, QuickConnectKind, Readiness, Repair, Request, Role, SignOutFailure,
    SoftphoneError, Supervision, TimeSource,
};

use super::{Locale, Text};
use crate::settings::SettingsError;

/// The state of the agent in the reader's words. Configured names are shown as configured, but
/// for the two that every instance has; the system's own words never.
pub fn agent_state(state: &AgentState, locale: Locale) -> String {
    let text = match state.name.as_str() {
        "PendingBusy" | "Pending" => Text::StateRinging,
        "CallingCustomer" => Text::StateDialing,
        "Busy" => Text::StateOnCall,
        "AfterCallWork" => Text::StateAfterCallWork,
        "MissedCallAgent" => Text::StateMissed,
        "FailedConnectAgent" => Text::StateDeclined,
        "FailedConnectCustomer" | "MissedCallCustomer" => Text::StateCustomerNotReached,
        "LineEngagedCustomer" => Text::StateCustomerBusy,
        "BadAddressCustomer" => Text::StateBadNumber,
        "Init" => Text::StateStarting,
        name => match state.kind {
            AgentKind::System => Text::StateBusySystem,
            AgentKind::Error => Text::StateError,
            AgentKind::Routable
            | AgentKind::NotRoutable
            | AgentKind::AfterCallWork
            | AgentKind::Offline => return configured_state(name, locale),
        },
    };
    text.say(locale).into()
}

/// The name of a state that an agent may choose.
pub fn configured_state(name: &str, locale: Locale) -> String {
    match name {
        "Available" => Text::StateAvailable.say(locale).into(),
        "Offline" => Text::StateOffline.say(locale).into(),
        name => name.into(),
    }
}

/// What a call is doing.
pub fn phase(phase: Option<CallPhase>) -> Text {
    match phase {
        None => Text::PhaseIdle,
        Some(CallPhase::Ringing) => Text::PhaseRinging,
        Some(CallPhase::Dialing) => Text::PhaseDialing,
        Some(CallPhase::Connected { on_hold: false }) => Text::PhaseConnected,
        Some(CallPhase::Connected { on_hold: true }) => Text::PhaseOnHold,
        Some(CallPhase::AfterCallWork) => Text::PhaseWrapUp,
        Some(CallPhase::Missed) => Text::PhaseMissed,
        Some(CallPhase::Failed) => Text::PhaseFailed,
    }
}

/// How a contact came.
pub fn kind(kind: &ContactKind, direction: Direction) -> Text {
    match kind {
        ContactKind::Voice => match direction {
            Direction::Inbound => Text::Inbound,
            Direction::Outbound => Text::Outbound,
        },
        ContactKind::QueueCallback => Text::Callback,
        ContactKind::Chat => Text::Chat,
        ContactKind::Task => Text::Task,
        ContactKind::Email => Text::Email,
        ContactKind::Unknown(_) => Text::OtherContact,
    }
}

/// How an offer ended.
pub fn outcome(outcome: CallOutcome) -> Text {
    match outcome {
        CallOutcome::Answered => Text::OutcomeAnswered,
        CallOutcome::Missed => Text::OutcomeMissed,
        CallOutcome::Declined => Text::OutcomeDeclined,
        CallOutcome::Abandoned => Text::OutcomeAbandoned,
        CallOutcome::Busy => Text::OutcomeBusy,
        CallOutcome::NoAnswer => Text::OutcomeNoAnswer,
        CallOutcome::BadNumber => Text::OutcomeBadNumber,
        CallOutcome::Cancelled => Text::OutcomeCancelled,
        CallOutcome::Refused => Text::OutcomeRefused,
        CallOutcome::Failed => Text::OutcomeFailed,
        CallOutcome::NotPlaced => Text::OutcomeNotPlaced,
        CallOutcome::Unconfirmed => Text::OutcomeUnconfirmed,
    }
}

/// How a time is known.
pub fn source(source: TimeSource) -> Text {
    match source {
        TimeSource::ContactState => Text::SourceContactState,
        TimeSource::Leg => Text::SourceLeg,
        TimeSource::AgentState => Text::SourceAgentState,
        TimeSource::FirstSeen => Text::SourceFirstSeen,
        TimeSource::Absence => Text::SourceAbsence,
        TimeSource::Request => Text::SourceRequest,
    }
}

/// What went wrong, and what to do: one or two sentences.
pub fn notice(kind: &NoticeKind) -> [Option<Text>; 2] {
    match kind {
        NoticeKind::ActionFailed(Request::Dial, ActionError::TimedOut) => [
            Some(Text::FailedDialSilence),
            Some(Text::BecauseDialSilence),
        ],
        NoticeKind::NotReached(outcome) => [
            Some(match outcome {
                CallOutcome::Busy => Text::NotReachedBusy,
                CallOutcome::NoAnswer => Text::NotReachedNoAnswer,
                CallOutcome::BadNumber => Text::NotReachedBadNumber,
                CallOutcome::Refused => Text::NotReachedRefused,
                _ => Text::NotReachedFailed,
            }),
            None,
        ],
        NoticeKind::ActionFailed(request, error) => [Some(failed(*request)), Some(because(error))],
        NoticeKind::DialRefused(refusal) => [Some(refused(*refusal)), None],
        NoticeKind::SoftphoneFailed(error) => [Some(softphone(*error)), None],
        NoticeKind::WentNotReady => [Some(Text::WentNotReady), None],
        NoticeKind::SoftphoneReloaded => [Some(Text::SoftphoneReloaded), None],
        NoticeKind::SignOutFailed(why) => [
            Some(match why {
                SignOutFailure::OnCall => Text::SignOutOnCall,
                SignOutFailure::StillAvailable => Text::SignOutStillAvailable,
                SignOutFailure::StillSignedIn => Text::SignOutStillSignedIn,
            }),
            None,
        ],
    }
}

fn softphone(error: SoftphoneError) -> Text {
    match error {
        SoftphoneError::Microphone => Text::SoftphoneMicrophone,
        SoftphoneError::Connection => Text::SoftphoneConnection,
        SoftphoneError::Other => Text::SoftphoneOther,
    }
}

/// What is in the way of the next call, and what to do.
pub(crate) fn concern(desk: &Desk, concern: Concern) -> Option<Text> {
    Some(match concern {
        Concern::ReadOnly => Text::Mirror,
        Concern::NotLinked | Concern::ConnectLost | Concern::SecondSoftphone => return link(desk),
        Concern::MicrophoneDenied => Text::SoftphoneMicrophone,
        Concern::MicrophoneMissing => Text::MicrophoneMissing,
        Concern::Softphone(error) => softphone(error),
        Concern::MicrophoneUnasked => Text::MicrophoneUnasked,
        Concern::NotificationsDenied => Text::NotificationsDenied,
        Concern::NotificationsUnasked => Text::NotificationsUnasked,
        Concern::Throttled => Text::Throttled,
        Concern::TabsUnknown => Text::TabsUnknown,
    })
}

/// What the light says.
pub(crate) fn readiness(light: Readiness) -> Text {
    match light {
        Readiness::Starting => Text::StateStarting,
        Readiness::Ready => Text::LightReady,
        Readiness::Attention => Text::LightAttention,
        Readiness::Blocked => Text::LightBlocked,
        Readiness::ReadOnly => Text::LightReadOnly,
    }
}

/// From when that is which is shown.
pub fn shown_is_from(time: &str, locale: Locale) -> String {
    let (before, after) = match locale {
        Locale::Ja => ("", " 時点の表示です。"),
        Locale::En => ("What is shown is from ", "."),
    };
    [before, time, after].concat()
}

/// Who hears whom, what happens next by itself, and what leaving would do.
pub(crate) fn conversation(desk: &Desk, call: &Contact) -> [Option<Text>; 2] {
    let Some(conversation) = call.conversation() else {
        return [None, None];
    };
    let on_hold = call.phase == CallPhase::Connected { on_hold: true };
    let (said, then) = match conversation {
        Conversation::Calling => (Text::TalkCalling, call.hands_on.then_some(Text::WillHandOn)),
        Conversation::Consulting => (Text::TalkConsulting, None),
        Conversation::Swapped => (Text::TalkSwapped, None),
        Conversation::Conference => (Text::TalkConference, None),
        Conversation::AllOnHold => (Text::TalkAllOnHold, None),
        Conversation::WithoutCustomer => (Text::TalkWithoutCustomer, None),
        Conversation::NotReached => (Text::TalkNotReached, on_hold.then_some(Text::StillOnHold)),
        Conversation::Left => (Text::TalkLeft, on_hold.then_some(Text::StillOnHold)),
    };
    let leave = || {
        desk.allows(Control::Leave, &call.id)
            .then_some(Text::LeaveMeans)
    };
    [Some(said), then.or_else(leave)]
}

/// Who else is in the call.
pub(crate) fn supervision(supervision: Supervision) -> Text {
    match supervision {
        Supervision::Listening => Text::Monitored,
        Supervision::TakingPart => Text::Barged,
    }
}

/// What a quick connect leads to.
pub(crate) fn quick_connect(kind: QuickConnectKind) -> Text {
    match kind {
        QuickConnectKind::External => Text::External,
        QuickConnectKind::Agent => Text::Agent,
        QuickConnectKind::Queue => Text::Queue,
        QuickConnectKind::Unknown => Text::OtherContact,
    }
}

/// Adds a sentence. Japanese puts no space between two.
pub(crate) fn add(words: &mut String, sentence: &str, locale: Locale) {
    if locale == Locale::En {
        words.push(' ');
    }
    words.push_str(sentence);
}

/// Sentences, one after the other.
pub(crate) fn join(sentences: [Option<Text>; 2], locale: Locale) -> String {
    let [first, second] = sentences.map(|text| text.map(|text| text.say(locale)));
    let mut words = first.unwrap_or_default().to_owned();
    if let Some(second) = second {
        add(&mut words, second, locale);
    }
    words
}

/// How many notices there are besides.
pub fn more_notices(count: usize, locale: Locale) -> String {
    let (before, after) = match locale {
        Locale::Ja => ("ほか ", " 件"),
        Locale::En => ("", " more"),
    };
    [before, &count.to_string(), after].concat()
}

fn failed(request: Request) -> Text {
    match request {
        Request::Accept => Text::FailedAccept,
        Request::Decline => Text::FailedDecline,
        Request::HangUp => Text::FailedHangUp,
        Request::Hold => Text::FailedHold,
        Request::Resume => Text::FailedResume,
        Request::SendDigits => Text::FailedDigits,
        Request::CallIn => Text::FailedCallIn,
        Request::Swap => Text::FailedSwap,
        Request::Conference => Text::FailedConference,
        Request::Leave => Text::FailedLeave,
        Request::Drop => Text::FailedDrop,
        Request::Clear => Text::FailedClear,
        Request::Mute => Text::FailedMute,
        Request::SetState => Text::FailedSetState,
        Request::Dial => Text::FailedDial,
    }
}

pub(crate) fn because(error: &ActionError) -> Text {
    match error {
        ActionError::InvalidState => Text::BecauseInvalidState,
        ActionError::BadEndpoint => Text::BecauseBadEndpoint,
        ActionError::AccessDenied => Text::BecauseAccessDenied,
        ActionError::SessionExpired => Text::BecauseSessionExpired,
        ActionError::QuotaExceeded => Text::BecauseQuota,
        ActionError::InvalidConfiguration => Text::BecauseConfiguration,
        ActionError::InvalidContactType => Text::BecauseContactType,
        ActionError::SendDigitsFailed => Text::BecauseDigits,
        ActionError::Gone => Text::BecauseGone,
        ActionError::NotReady => Text::BecauseNotReady,
        ActionError::TimedOut => Text::BecauseTimedOut,
        ActionError::Unclassified(_) => Text::BecauseUnknown,
    }
}

/// Why nothing was dialled.
pub fn refused(refusal: DialRefusal) -> Text {
    match refusal {
        DialRefusal::ReadOnly => Text::Mirror,
        DialRefusal::NotReady => Text::RefusedNotReady,
        DialRefusal::Offline => Text::RefusedOffline,
        DialRefusal::OnCall => Text::RefusedOnCall,
        DialRefusal::Dialing => Text::RefusedDialing,
    }
}

/// Why what was typed is not a number.
pub fn number_error(error: PhoneNumberError) -> Text {
    match error {
        PhoneNumberError::Empty => Text::NumberEmpty,
        PhoneNumberError::Unexpected(_) => Text::NumberUnexpected,
        PhoneNumberError::NoCountryCode => Text::NumberNoCountry,
        PhoneNumberError::ZeroCountryCode => Text::NumberZeroCountry,
        PhoneNumberError::Length(_) => Text::NumberLength,
        PhoneNumberError::Emergency => Text::NumberEmergency,
    }
}

/// What the agent must know of the way to Connect; `None` while all is well or on its way.
pub fn link(desk: &Desk) -> Option<Text> {
    Some(match desk.link() {
        Link::Loading | Link::Connecting => return None,
        link if desk.role() == Role::Mirror && !link.is_ready() => Text::LinkStalled,
        Link::Ready if desk.has_lost_connect() => Text::LinkLost,
        Link::Ready if desk.has_second_softphone() => Text::SecondSoftphone,
        Link::Ready => return None,
        Link::Blocked => Text::LinkBlocked,
        Link::Silent => Text::LinkSilent,
        Link::PopUpBlocked => Text::PopUpBlocked,
        Link::SigningIn => Text::LinkSigningIn,
        Link::Finding(_) => Text::LinkFinding,
        Link::StillSilent => Text::LinkStillSilent,
        Link::Stalled => Text::LinkStalled,
        Link::SignedOut => Text::LinkSignedOut,
        Link::Expired => Text::LinkExpired,
        Link::AccessDenied => Text::LinkAccessDenied,
        Link::GaveUp => Text::LinkGaveUp,
    })
}

/// What else keeps calls from this page, and what mends it: that it is read-only, and where the sound
/// of the call is; or what the browser says. What the library says has a notice of its own.
pub(crate) fn obstacle(desk: &Desk) -> Option<([Option<Text>; 2], Option<Repair>)> {
    if desk.role() != Role::Mirror {
        let (Concern::MicrophoneDenied | Concern::MicrophoneMissing) = desk.risk()? else {
            return None;
        };
        return Some(([concern(desk, desk.risk()?), None], None));
    }
    let mut contacts = desk.front().into_iter().chain(desk.others());
    let sound = match () {
        () if desk.holds_audio() => Some(Text::MirrorHoldsAudio),
        () if contacts.any(|contact| contact.phase.is_live()) => Some(Text::MirrorInCall),
        () => None,
    };
    Some(([Some(Text::Mirror), sound], Some(Repair::Lead)))
}

/// What the customer hears, when it is not what the agent thinks.
pub fn mute_conflict(conflict: MuteConflict) -> Text {
    match conflict {
        MuteConflict::Heard => Text::ConflictHeard,
        MuteConflict::NotHeard => Text::ConflictNotHeard,
        MuteConflict::LineMuted => Text::ConflictLineMuted,
    }
}

/// What the button is called that may mend it.
pub fn repair(repair: Repair) -> Text {
    match repair {
        Repair::SignIn => Text::SignIn,
        Repair::Reconnect => Text::Reconnect,
        Repair::Reload => Text::Reload,
        Repair::Lead => Text::WorkHere,
        Repair::AllowMicrophone | Repair::AllowNotifications => Text::Allow,
    }
}

/// Why there is no desk, and the member that is to blame, if one is.
pub(crate) fn settings_error(error: SettingsError) -> (Text, Option<&'static str>) {
    match error {
        SettingsError::Unavailable => (Text::SettingsUnavailable, None),
        SettingsError::NotJson => (Text::SettingsNotJson, None),
        SettingsError::Member(path) => (Text::SettingsMember, Some(path)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_state_is_never_shown_by_its_own_name() {
        let state = AgentState {
            name: "RealtimeCommunicationError".into(),
            kind: AgentKind::Error,
            since: None,
        };
        assert_eq!(agent_state(&state, Locale::En), "Error");
    }

    #[test]
    fn a_configured_state_is_shown_as_configured() {
        let state = AgentState {
            name: "昼休み".into(),
            kind: AgentKind::NotRoutable,
            since: None,
        };
        assert_eq!(agent_state(&state, Locale::En), "昼休み");
    }
}
