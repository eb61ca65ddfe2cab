//! How the desk stands to Connect: the states of signing in and out, as a page can tell them apart.
//!
//! A page sees neither the sign-in page nor the softphone, which are of another origin. It sees
//! whether the library loaded, whether the CCP has spoken, whether the window that it opened is
//! still there, and the library's events; nothing else is taken for known here.

use crate::clock::Instant;

/// Where the connection to the CCP stands, as far as a page can see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Link {
    /// The Streams library is on its way.
    #[default]
    Loading,
    /// The Streams library did not load: blocked, missing, or not what was pinned.
    Blocked,
    /// The CCP is embedded and has not spoken yet.
    Connecting,
    /// The CCP did not speak in time. Most likely nobody is signed in.
    Silent,
    /// The browser did not let the sign-in page open.
    PopUpBlocked,
    /// The sign-in page is open.
    SigningIn,
    /// The sign-in page was closed; until then the CCP may take to speak.
    Finding(Instant),
    /// The sign-in page was closed and the CCP did not speak after it.
    StillSilent,
    /// The CCP speaks.
    Ready,
    /// The CCP has spoken and answers no more.
    Stalled,
    /// The agent has signed out, or was signed out.
    SignedOut,
    /// The agent's session is not valid any more.
    Expired,
    /// Connect does not let this agent in.
    AccessDenied,
    /// The library has given up looking for the CCP.
    GaveUp,
}

/// What became of the sign-in page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignInPage {
    /// The browser did not let it open.
    Blocked,
    /// Somebody has closed it.
    Closed,
}

/// The one thing that may mend what is in the way of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repair {
    /// Open the sign-in page, in the click that asks for it.
    SignIn,
    /// Load the softphone's frame anew.
    Reconnect,
    /// Load the page anew.
    Reload,
    /// Let this page lead.
    Lead,
    /// Let the browser ask for the microphone.
    AllowMicrophone,
    /// Let the browser ask for notifications.
    AllowNotifications,
}

/// How long the CCP may take to speak after the sign-in page was closed, in milliseconds: two
/// reloads of its frame by the library, and some.
const FINDING_MS: i64 = 12_000;

impl Link {
    /// Whether requests can be made.
    pub fn is_ready(self) -> bool {
        self == Self::Ready
    }

    /// What may help.
    pub fn repair(self) -> Option<Repair> {
        match self {
            Self::Loading | Self::Connecting | Self::Finding(_) | Self::Ready => None,
            Self::Blocked | Self::AccessDenied => Some(Repair::Reload),
            Self::Stalled => Some(Repair::Reconnect),
            Self::Silent
            | Self::PopUpBlocked
            | Self::SigningIn
            | Self::StillSilent
            | Self::SignedOut
            | Self::Expired
            | Self::GaveUp => Some(Repair::SignIn),
        }
    }

    /// The library says more than once that a CCP is gone: signed out, then silent. The first
    /// word says why, so the silence after it adds nothing; nor does it while the agent signs in.
    pub(crate) fn after(self, told: Self) -> Self {
        match (self, told) {
            (
                Self::SignedOut
                | Self::Expired
                | Self::AccessDenied
                | Self::PopUpBlocked
                | Self::SigningIn
                | Self::Finding(_)
                | Self::StillSilent,
                Self::Silent,
            )
            | (
                Self::SigningIn | Self::Finding(_),
                Self::GaveUp | Self::SignedOut | Self::Expired,
            )
            | (Self::StillSilent | Self::PopUpBlocked, Self::GaveUp)
            | (Self::SignedOut, Self::Expired) => self,
            (_, told) => told,
        }
    }

    pub(crate) fn after_page(self, page: SignInPage, now: Instant) -> Self {
        match (self, page) {
            (Self::SigningIn, SignInPage::Blocked) => Self::PopUpBlocked,
            (Self::SigningIn, SignInPage::Closed) => Self::Finding(now.after(FINDING_MS)),
            _ => self,
        }
    }

    /// Whether it answers is heard of every second, in every state.
    pub(crate) fn after_heartbeat(self, answers: bool) -> Self {
        match (self, answers) {
            (Self::Ready, false) => Self::Stalled,
            (Self::Stalled, true) => Self::Ready,
            _ => self,
        }
    }

    pub(crate) fn is_due(self, now: Instant) -> bool {
        matches!(self, Self::Finding(until) if until <= now)
    }

    /// A snapshot is a sign of life. After a signed-out or silent CCP has been replaced the
    /// library tells of no new start, only snapshots come again. Before its first answer it
    /// would be too early: requests still throw.
    pub(crate) fn after_snapshot(self) -> Self {
        match self {
            Self::Loading | Self::Connecting => self,
            _ => Self::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::silence_before_sign_in(Link::Connecting, Link::Silent, Link::Silent)]
    #[case::silence_after_sign_out(Link::SignedOut, Link::Silent, Link::SignedOut)]
    #[case::silence_after_a_refusal(Link::AccessDenied, Link::Silent, Link::AccessDenied)]
    #[case::silence_while_signing_in(Link::SigningIn, Link::Silent, Link::SigningIn)]
    #[case::no_more_retries(Link::SignedOut, Link::GaveUp, Link::GaveUp)]
    #[case::no_more_retries_while_signing_in(Link::SigningIn, Link::GaveUp, Link::SigningIn)]
    #[case::the_candidates_stay(Link::StillSilent, Link::GaveUp, Link::StillSilent)]
    #[case::signed_out_is_more_than_expired(Link::SignedOut, Link::Expired, Link::SignedOut)]
    #[case::expired_and_then_signed_out(Link::Expired, Link::SignedOut, Link::SignedOut)]
    #[case::back_again(Link::SignedOut, Link::Ready, Link::Ready)]
    fn silence_does_not_hide_why_the_ccp_is_gone(
        #[case] before: Link,
        #[case] told: Link,
        #[case] after: Link,
    ) {
        assert_eq!(before.after(told), after);
    }
}
