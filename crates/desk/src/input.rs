//! What goes into the desk, and what it asks for in return.

use std::sync::Arc;

use contract::{ContactId, PhoneNumber, ProfileId, SearchBy};

use crate::{
    action::{Action, ActionError, Digits},
    control::Control,
    desk::{Alert, Role},
    inquiry::{Access, Answer, InquiryId, Question},
    journal::Journal,
    link::{Link, Repair, SignInPage},
    notice::SoftphoneError,
    oddity::Oddity,
    quick_connect::{Destination, QuickConnect},
    readiness::{Policy, Workstation},
    snapshot::{Snapshot, StateChoice},
};

/// What came in.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The agent did something.
    Command(Command),
    /// What an earlier life of this page has kept, before the first snapshot; or what another
    /// page of this browser has kept, at any time.
    Journal(Journal),
    /// What Streams says now.
    Snapshot(Box<Snapshot>),
    /// The softphone said whether the agent's microphone is closed.
    MuteReported(bool),
    /// The browser has said what this page is among its pages.
    Role(Role),
    /// The library has said how it stands with the CCP.
    Link(Link),
    /// Something has become of the sign-in page.
    SignInPage(SignInPage),
    /// The CCP answers the library's heartbeat, or has not for a while.
    Heartbeat(bool),
    /// How many windows of this browser hold a CCP of this agent's.
    Softphones(u32),
    /// The CCP's frame was loaded anew.
    Reloaded,
    /// The CCP has lost its own connection to Connect, or has it back.
    ConnectLost(bool),
    /// The browser has said how the agent's place of work is now.
    Workstation(Workstation),
    /// The deployment's settings, before anything else.
    Policy(Policy),
    /// The softphone reported trouble with the audio.
    SoftphoneFailed(SoftphoneError),
    /// Connect has answered, or has not in time.
    Acted {
        /// What was asked.
        action: Action,
        /// How it went.
        result: Result<(), ActionError>,
    },
    /// Connect has told the quick connects, or why not.
    QuickConnects(Result<Vec<QuickConnect>, ActionError>),
    /// The proxy has answered, or part of it, or has not.
    Answered {
        /// Which question.
        id: InquiryId,
        /// What has come.
        answer: Answer,
    },
    /// How the agent stands to the identity provider now.
    Access(Access),
    /// Nothing but the time has changed; see [`Desk::is_due`](crate::Desk::is_due).
    TimePassed,
}

/// What the agent asked for. Commands name the contact that was on screen when they were given,
/// so that a press never hits another one that has just come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Press a button of a contact.
    Press(Control, ContactId),
    /// Call somebody in.
    CallIn {
        /// Into which call.
        contact: ContactId,
        /// Whom.
        to: Destination,
        /// Whether the agent leaves as soon as they are on the line. A page that is reloaded
        /// before has forgotten it: the agent is with them then.
        hand_on: bool,
    },
    /// Ask for the quick connects.
    ListQuickConnects,
    /// Bring a contact to the front.
    Select(ContactId),
    /// Send tones.
    SendDigits(ContactId, Digits),
    /// Close the microphone.
    Mute,
    /// Open the microphone.
    Unmute,
    /// Take the microphone to be as the softphone reports it.
    AcceptMute,
    /// Change state: at once, or after the call that goes on.
    SetState(StateChoice),
    /// Take back the queued state.
    CancelQueuedState,
    /// Something about customers.
    Customer(CustomerCommand),
    /// Call a number.
    Dial(PhoneNumber),
    /// Do what may mend what is in the way of calls.
    Repair(Repair),
    /// End the session.
    SignOut,
    /// Take a notice off the screen.
    Dismiss(u64),
}

/// What the agent asked for that concerns customers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerCommand {
    /// Sign in: the proxy answers nobody else.
    SignIn,
    /// Search for somebody.
    Search(SearchBy, String),
    /// Show more of what the search has found.
    SearchOn,
    /// Take the search off the screen.
    CloseSearch,
    /// Show somebody. While a contact is in front, they are its customer.
    Open(ProfileId),
    /// Take whom the agent has looked up off the screen.
    Close,
    /// Say who the customer of a contact is; or that it is not known after all.
    Choose(ContactId, Option<ProfileId>),
    /// Ask again what has failed.
    AskAgain,
}

/// What must be done.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Ask Connect; the answer comes back as [`Input::Acted`].
    Act(Action),
    /// Ask for the quick connects; they come back as [`Input::QuickConnects`].
    ListQuickConnects,
    /// Keep this in the browser, in place of what was kept.
    Save(Box<Journal>),
    /// Open the sign-in page in a pop-up.
    OpenSignIn,
    /// Load the CCP's frame anew, and again until it speaks.
    Reconnect,
    /// Make this page's frame the one that has the audio of calls.
    ClaimAudio,
    /// Load the page anew.
    Reload,
    /// Load the page anew, to lead whichever page leads now.
    Lead,
    /// Let the browser ask for the microphone, in the press that asks for it.
    AskForMicrophone,
    /// Let the browser ask for notifications, in the press that asks for it.
    AskForNotifications,
    /// Notify the agent; a press on it brings this page to the front. Or take the notification
    /// away.
    Alert(Option<Alert>),
    /// End the session with Connect, and let the CCP say so.
    SignOut,
    /// Ask the proxy; what comes is [`Input::Answered`].
    Inquire {
        /// By which its answer is known.
        id: InquiryId,
        /// What is asked.
        question: Arc<Question>,
    },
    /// Stop asking: nobody waits for the answer.
    Abandon(InquiryId),
    /// Open the identity provider's page in a pop-up, in the press that asks for it.
    SignInForCustomers,
    /// Forget the agent's sign-in with the identity provider: somebody else may work here next.
    ForgetSignIn,
    /// Close the pop-up: the CCP speaks.
    CloseSignIn,
    /// Write it to the console, once.
    Log(Oddity),
}
