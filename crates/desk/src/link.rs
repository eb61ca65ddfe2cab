//! How the desk stands to Connect.

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
    /// The CCP did not speak in time. Nobody is signed in, or the address or the approved
    /// origins are wrong.
    Silent,
    /// The CCP speaks.
    Ready,
    /// The agent's session has ended.
    SignedOut,
    /// Connect does not let this agent in.
    AccessDenied,
    /// The library has given up looking for the CCP.
    GaveUp,
}

impl Link {
    /// Whether requests can be made.
    pub fn is_ready(self) -> bool {
        self == Self::Ready
    }

    /// Whether signing in may help.
    pub fn wants_sign_in(self) -> bool {
        matches!(self, Self::Silent | Self::SignedOut | Self::GaveUp)
    }

    /// The library says more than once that a CCP is gone: signed out, then silent. The first
    /// word says why, so the silence after it adds nothing.
    pub(crate) fn after(self, told: Self) -> Self {
        match (self, told) {
            (Self::SignedOut | Self::AccessDenied, Self::Silent) => self,
            (_, told) => told,
        }
    }

    /// A snapshot is a sign of life. After a signed-out or silent CCP has been replaced the
    /// library tells of no new start, only snapshots come again. Before its first answer it
    /// would be too early: requests still throw.
    pub(crate) fn after_snapshot(self) -> Self {
        match self {
            Self::Loading | Self::Connecting => self,
            Self::Blocked
            | Self::Silent
            | Self::Ready
            | Self::SignedOut
            | Self::AccessDenied
            | Self::GaveUp => Self::Ready,
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
    #[case::no_more_retries(Link::SignedOut, Link::GaveUp, Link::GaveUp)]
    #[case::back_again(Link::SignedOut, Link::Ready, Link::Ready)]
    fn silence_does_not_hide_why_the_ccp_is_gone(
        #[case] before: Link,
        #[case] told: Link,
        #[case] after: Link,
    ) {
        assert_eq!(before.after(told), after);
    }
}
