//! What a CCP can be embedded with: `InitCCPOptions` of the package's `src/index.d.ts`.
//!
//! Every documented member is here but `provider` and `plugins`, which are live objects, and
//! `loginPopup`, which is always sent as `false`: the library opens pop-ups from timers, where
//! browsers block them and agents do not expect them. `logConfig` is documented but does nothing in
//! 2.28.2; [`LogLevels`] are set on the library's logger instead.
//!
//! Options are set one by one, and what is not set is not sent, so the library's own default holds.
//! A struct with a field for each of the 80 members would be written out member by member, with
//! 9 kB of wasm, for a page that sets five of them.

use serde::{Serialize, Serializer};

use crate::storage_access::StorageAccess;

/// Members of an object, in the order in which they were set; the last of a name holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Members(Vec<(&'static str, Value)>);

impl Members {
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Value>) {
        self.0.push((name, value.into()));
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

/// The value of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(crate) enum Value {
    Flag(bool),
    Number(u32),
    Text(String),
    Members(Members),
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Declares options, and for each a method that sets it, by the name that the library knows.
macro_rules! options {
    ($(#[$doc:meta])* $name:ident { $($(#[$about:meta])* $option:ident($value:ty) = $member:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        #[must_use]
        pub struct $name(pub(crate) $crate::options::Members);

        impl $name {
            $(
                $(#[$about])*
                pub fn $option(mut self, value: $value) -> Self {
                    self.0.set($member, value);
                    self
                }
            )*
        }

        impl From<$name> for $crate::options::Value {
            fn from(options: $name) -> Self {
                Self::Members(options.0)
            }
        }
    };
}
pub(crate) use options;

options! {
    /// How to embed the CCP.
    InitOptions {
        /// Address of the CCP in the other region of the traffic distribution group.
        secondary_ccp_url(&str) = "secondaryCCPUrl",
        /// Global resiliency; needs the secondary CCP's address and a login address.
        enable_global_resiliency(bool) = "enableGlobalResiliency",
        /// The instance's region, such as `ap-northeast-1`. Only chats need it.
        region(&str) = "region",
        /// Shape of the library's own login window.
        login_options(LoginOptions) = "loginOptions",
        /// Whether the library closes its login window after the agent has signed in.
        login_popup_auto_close(bool) = "loginPopupAutoClose",
        /// Where the agent signs in when that is not the CCP itself (SAML).
        login_url(&str) = "loginUrl",
        /// Voice. Without it the softphone lives in the frame.
        softphone(SoftphoneOptions) = "softphone",
        /// The ringtone of chats.
        chat(RingtoneOptions) = "chat",
        /// The ringtone of tasks.
        task(RingtoneOptions) = "task",
        /// The tone of contacts that are accepted by themselves.
        auto_accept_tone(RingtoneOptions) = "autoAcceptTone",
        /// The frame's title, which screen readers announce.
        iframe_title(&str) = "iframeTitle",
        /// What the CCP's settings tab shows.
        page_options(PageOptions) = "pageOptions",
        /// Milliseconds to wait for the answer to a heartbeat; 3000 if not set.
        ccp_ack_timeout(u32) = "ccpAckTimeout",
        /// Milliseconds between an answer and the next heartbeat; 1000 if not set.
        ccp_syn_timeout(u32) = "ccpSynTimeout",
        /// Milliseconds to wait for the CCP's first word, and between reloads after that; 5000 if
        /// not set.
        ccp_load_timeout(u32) = "ccpLoadTimeout",
        /// How to ask for third-party storage. The library throws for it unless the CCP's address
        /// is a Connect domain or `localhost`.
        storage_access(StorageAccess) = "storageAccess",
    }
}

impl InitOptions {
    /// Embeds the CCP at `ccp_url`, such as `https://ALIAS.my.connect.aws/ccp-v2/`, with the
    /// softphone in its frame.
    pub fn new(ccp_url: &str) -> Self {
        let mut members = Members::default();
        members.set("ccpUrl", ccp_url);
        members.set("loginPopup", false);
        Self(members).softphone(SoftphoneOptions::default().allow_framed_softphone(true))
    }
}

options! {
    /// `LoginOptions`. Lengths are CSS pixels.
    LoginOptions {
        /// Keeps the library from loading the frame anew, for a sign-in, when a session has ended.
        disable_auth_popup_after_logout(bool) = "disableAuthPopupAfterLogout",
        /// Whether the window closes after the agent has signed in.
        auto_close(bool) = "autoClose",
        /// The window's height.
        height(u32) = "height",
        /// The window's width.
        width(u32) = "width",
        /// The window's distance from the screen's upper edge.
        top(u32) = "top",
        /// The window's distance from the screen's left edge.
        left(u32) = "left",
    }
}

options! {
    /// `SoftPhoneOptions`.
    SoftphoneOptions {
        /// Whether the CCP in the frame handles microphone and speaker. Only one window may.
        allow_framed_softphone(bool) = "allowFramedSoftphone",
        /// Silences the ringtone.
        disable_ringtone(bool) = "disableRingtone",
        /// Another ringtone.
        ringtone_url(&str) = "ringtoneUrl",
        /// Switches off the browser's echo cancellation.
        disable_echo_cancellation(bool) = "disableEchoCancellation",
        /// Keeps these options out of local storage.
        disable_storing_params_in_local_storage(bool) = "disableStoringParamsInLocalStorage",
        /// Whether the CCP in the frame handles video. Only one window may.
        allow_framed_video_call(bool) = "allowFramedVideoCall",
        /// Whether the CCP in the frame offers screen sharing. Only one window should.
        allow_framed_screen_sharing(bool) = "allowFramedScreenSharing",
        /// Whether screen sharing opens a window of its own.
        allow_framed_screen_sharing_pop_up(bool) = "allowFramedScreenSharingPopUp",
        /// The virtual desktop that the agent works in.
        vdi_platform(VdiPlatform) = "VDIPlatform",
        /// Whether the microphone is opened before a contact comes, so that calls connect sooner.
        allow_early_gum(bool) = "allowEarlyGum",
        /// Whether the connection for audio outlives the call.
        allow_extended_persistent_connection(bool) = "allowExtendedPersistentConnection",
    }
}

/// `VDIPlatformType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "names of products")]
pub enum VdiPlatform {
    Citrix,
    Citrix413,
    AwsWorkspace,
    Omnissa,
    Azure,
}

impl From<VdiPlatform> for Value {
    fn from(platform: VdiPlatform) -> Self {
        let name = match platform {
            VdiPlatform::Citrix => "CITRIX",
            VdiPlatform::Citrix413 => "CITRIX_413",
            VdiPlatform::AwsWorkspace => "AWS_WORKSPACE",
            VdiPlatform::Omnissa => "OMNISSA",
            VdiPlatform::Azure => "AZURE",
        };
        name.into()
    }
}

options! {
    /// `ChatOptions`, `TaskOptions` and `AutoAcceptToneOption`, which are the same.
    RingtoneOptions {
        /// Silences it.
        disable_ringtone(bool) = "disableRingtone",
        /// Another sound.
        ringtone_url(&str) = "ringtoneUrl",
    }
}

options! {
    /// `PageOptions`.
    PageOptions {
        /// Whether microphone and speaker can be chosen in the settings tab.
        enable_audio_device_settings(bool) = "enableAudioDeviceSettings",
        /// Whether the camera can be chosen in the settings tab.
        enable_video_device_settings(bool) = "enableVideoDeviceSettings",
        /// Whether softphone or desk phone can be chosen in the settings tab.
        enable_phone_type_settings(bool) = "enablePhoneTypeSettings",
        /// Whether the CCP asks an agent who does nothing whether they are still there.
        show_inactivity_modal(bool) = "showInactivityModal",
    }
}

/// What the library keeps in its log and what it also writes to the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLevels {
    /// The least level that is kept for the log that agents can download.
    pub keep: LogLevel,
    /// The least level that is written to the console.
    pub echo: LogLevel,
}

impl Default for LogLevels {
    /// The library's own level for the log; on the console only what has gone wrong.
    fn default() -> Self {
        Self {
            keep: LogLevel::Info,
            echo: LogLevel::Error,
        }
    }
}

/// `LogLevel`, from the least to the most severe.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the usual levels, by the library's own names")]
pub enum LogLevel {
    Test,
    Trace,
    Debug,
    Info,
    Log,
    Warn,
    Error,
    Critical,
}

impl LogLevel {
    /// The library's name for it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Test => "TEST",
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO",
            Self::Log => "LOG",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
            Self::Critical => "CRITICAL",
        }
    }
}
