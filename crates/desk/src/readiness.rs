//! Whether the next call would reach the agent, and what is in its way.
//!
//! A pure function of what was told: by the library, of the softphone and its line to Connect; by
//! the browser, of the microphone, the notifications and the page. It knows no words.

use crate::{
    desk::{Desk, Role},
    link::{Link, Repair},
    notice::SoftphoneError,
};

/// What the browser says of the place that the agent works at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Workstation {
    /// Whether this page may use the microphone. The CCP's frame uses it by the page's leave: the
    /// library embeds it with `allow="microphone"`.
    pub microphone: Permission,
    /// Whether the browser finds no microphone at all.
    pub lacks_microphone: bool,
    /// Whether this page may notify.
    pub notifications: Permission,
    /// Whether the page is hidden or without the focus: a ring in it goes unseen.
    pub is_away: bool,
    /// Whether the browser slows the page down or has frozen it.
    pub is_throttled: bool,
    /// How many pages of this browser wait to lead.
    pub mirrors: u32,
}

/// What the browser lets a page do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Permission {
    /// The browser does not say.
    #[default]
    Unknown,
    /// It asks the agent first.
    Unasked,
    /// It may.
    Granted,
    /// It may not, and the browser does not ask.
    Denied,
}

/// What the deployment has decided about calls that would go by the agent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Policy {
    /// The state that the desk chooses for an agent who could not take the next call, as it is
    /// configured in the instance; `None` leaves the agent as they are.
    pub not_ready_state: Option<String>,
    /// Whether a ring notifies an agent who looks elsewhere.
    pub notifies: bool,
}

/// Something in the way of the next call, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// Another page of this browser leads.
    ReadOnly,
    /// The CCP does not speak.
    NotLinked,
    /// The CCP has lost its line to Connect.
    ConnectLost,
    /// The browser does not let the softphone use the microphone.
    MicrophoneDenied,
    /// There is no microphone.
    MicrophoneMissing,
    /// The library has reported trouble with the audio.
    Softphone(SoftphoneError),
    /// The browser would ask for the microphone while the call rings.
    MicrophoneUnasked,
    /// The audio may go to another softphone of this browser.
    SecondSoftphone,
    /// The browser does not let the desk notify.
    NotificationsDenied,
    /// Nobody has been asked whether the desk may notify.
    NotificationsUnasked,
    /// The browser slows the page down.
    Throttled,
    /// The browser cannot say whether another page takes calls too.
    TabsUnknown,
}

/// What the light shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// The CCP is on its way.
    Starting,
    /// The next call reaches the agent.
    Ready,
    /// It may go by an agent who does not look.
    Attention,
    /// It would be missed.
    Blocked,
    /// Calls are taken in another page.
    ReadOnly,
}

impl Concern {
    /// Whether the next call would be missed by what is wrong where the agent sits. Of what is wrong
    /// on the way to Connect the desk can tell Connect nothing.
    pub(crate) fn is_of_the_place(self) -> bool {
        self.costs_calls() && !matches!(self, Self::NotLinked | Self::ConnectLost)
    }

    /// Whether the next call would be missed.
    pub fn costs_calls(self) -> bool {
        match self {
            Self::NotLinked
            | Self::ConnectLost
            | Self::MicrophoneDenied
            | Self::MicrophoneMissing => true,
            Self::Softphone(error) => error != SoftphoneError::Other,
            Self::ReadOnly
            | Self::MicrophoneUnasked
            | Self::SecondSoftphone
            | Self::NotificationsDenied
            | Self::NotificationsUnasked
            | Self::Throttled
            | Self::TabsUnknown => false,
        }
    }
}

impl Desk {
    /// What is in the way of the next call, the worst first.
    pub fn concerns(&self) -> Vec<Concern> {
        if self.role() == Role::Mirror {
            return vec![Concern::ReadOnly];
        }
        let place = self.workstation();
        let has_softphone = self.has_softphone();
        let notifies = self.policy().notifies;
        let microphone = |is| has_softphone && place.microphone == is;
        let notifications = |is| notifies && place.notifications == is;

        let mut concerns = Vec::new();
        let mut add = |holds, concern| {
            if holds {
                concerns.push(concern);
            }
        };
        add(!self.link().is_ready(), Concern::NotLinked);
        add(self.has_lost_connect(), Concern::ConnectLost);
        add(microphone(Permission::Denied), Concern::MicrophoneDenied);
        let lacks_microphone = has_softphone && place.lacks_microphone;
        add(lacks_microphone, Concern::MicrophoneMissing);
        for error in self.softphone_failures() {
            add(true, Concern::Softphone(*error));
        }
        add(microphone(Permission::Unasked), Concern::MicrophoneUnasked);
        add(self.has_second_softphone(), Concern::SecondSoftphone);
        add(
            notifications(Permission::Denied),
            Concern::NotificationsDenied,
        );
        add(
            notifications(Permission::Unasked),
            Concern::NotificationsUnasked,
        );
        add(place.is_throttled, Concern::Throttled);
        add(self.role() == Role::Unknown, Concern::TabsUnknown);
        concerns
    }

    /// What the light shows.
    pub fn readiness(&self) -> Readiness {
        if self.role() == Role::Mirror {
            return Readiness::ReadOnly;
        }
        if matches!(
            self.link(),
            Link::Loading | Link::Connecting | Link::Finding(_)
        ) {
            return Readiness::Starting;
        }
        match self.concerns().as_slice() {
            [] => Readiness::Ready,
            concerns if concerns.iter().any(|one| one.costs_calls()) => Readiness::Blocked,
            _ => Readiness::Attention,
        }
    }

    /// What may mend a concern, in one press.
    pub fn repair_of(&self, concern: Concern) -> Option<Repair> {
        match concern {
            Concern::ReadOnly => Some(Repair::Lead),
            Concern::NotLinked => self.repair_offered(),
            Concern::Softphone(_) => (!self.holds_audio()).then_some(Repair::Reconnect),
            Concern::MicrophoneUnasked => Some(Repair::AllowMicrophone),
            Concern::NotificationsUnasked => Some(Repair::AllowNotifications),
            Concern::ConnectLost
            | Concern::MicrophoneDenied
            | Concern::MicrophoneMissing
            | Concern::SecondSoftphone
            | Concern::NotificationsDenied
            | Concern::Throttled
            | Concern::TabsUnknown => None,
        }
    }
}
