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
