//! What a CCP can be embedded with: `InitCCPOptions` of the package's `src/index.d.ts`.
//!
//! Every documented member is here but `provider` and `plugins`, which are live objects, and
//! `loginPopup`, which is always sent as `false`: the library opens pop-ups from timers, where
//! browsers block them and agents do not expect them. `logConfig` is documented but does nothing in
//! 2.28.2; [`LogLevels`] are set on the library's logger instead.

use serde::Serialize;

use crate::storage_access::StorageAccess;

/// How to embed the CCP. What is `None` is not sent, so the library's own default holds.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InitOptions {
    /// Address of the instance's CCP, such as `https://ALIAS.my.connect.aws/ccp-v2/`.
    pub ccp_url: String,
    /// Address of the CCP in the other region of the traffic distribution group.
    #[serde(rename = "secondaryCCPUrl", skip_serializing_if = "Option::is_none")]
    pub secondary_ccp_url: Option<String>,
    /// Global resiliency; needs `secondary_ccp_url` and `login_url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_global_resiliency: Option<bool>,
    /// The instance's region, such as `ap-northeast-1`. Only chats need it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Shape of the library's own login window.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_options: Option<LoginOptions>,
    /// Whether the library closes its login window after the agent has signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_popup_auto_close: Option<bool>,
    /// Where the agent signs in when that is not the CCP itself (SAML).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_url: Option<String>,
    /// Voice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub softphone: Option<SoftphoneOptions>,
    /// The ringtone of chats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chat: Option<RingtoneOptions>,
    /// The ringtone of tasks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<RingtoneOptions>,
    /// The tone of contacts that are accepted by themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_accept_tone: Option<RingtoneOptions>,
    /// The frame's title, which screen readers announce.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iframe_title: Option<String>,
    /// What the CCP's settings tab shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_options: Option<PageOptions>,
    /// Milliseconds to wait for the answer to a heartbeat; 3000 if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ccp_ack_timeout: Option<u32>,
    /// Milliseconds between an answer and the next heartbeat; 1000 if `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ccp_syn_timeout: Option<u32>,
    /// Milliseconds to wait for the CCP's first word, and between reloads after that; 5000 if
    /// `None`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ccp_load_timeout: Option<u32>,
    /// How to ask for third-party storage. The library throws for it unless `ccp_url` is a
    /// Connect domain or `localhost`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_access: Option<StorageAccess>,
    /// What the library writes to its log and to the console.
    #[serde(skip)]
    pub log: LogLevels,
}

impl InitOptions {
    /// Embeds the CCP at `ccp_url` with the softphone in its frame and a quiet console.
    pub fn new(ccp_url: impl Into<String>) -> Self {
        Self {
            ccp_url: ccp_url.into(),
            secondary_ccp_url: None,
            enable_global_resiliency: None,
            region: None,
            login_options: None,
            login_popup_auto_close: None,
            login_url: None,
            softphone: Some(SoftphoneOptions::default()),
            chat: None,
            task: None,
            auto_accept_tone: None,
            iframe_title: None,
            page_options: None,
            ccp_ack_timeout: None,
            ccp_syn_timeout: None,
            ccp_load_timeout: None,
            storage_access: None,
            log: LogLevels::default(),
        }
    }
}

/// `LoginOptions`. Lengths are CSS pixels.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names say it all")]
pub struct LoginOptions {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_auth_popup_after_logout: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_close: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left: Option<u32>,
}

/// `SoftPhoneOptions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SoftphoneOptions {
    /// Whether the CCP in the frame handles microphone and speaker. Only one window may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_framed_softphone: Option<bool>,
    /// Silences the ringtone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_ringtone: Option<bool>,
    /// Another ringtone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ringtone_url: Option<String>,
    /// Switches off the browser's echo cancellation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_echo_cancellation: Option<bool>,
    /// Keeps these options out of local storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_storing_params_in_local_storage: Option<bool>,
    /// Whether the CCP in the frame handles video. Only one window may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_framed_video_call: Option<bool>,
    /// Whether the CCP in the frame offers screen sharing. Only one window should.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_framed_screen_sharing: Option<bool>,
    /// Whether screen sharing opens a window of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_framed_screen_sharing_pop_up: Option<bool>,
    /// The virtual desktop that the agent works in.
    #[serde(rename = "VDIPlatform", skip_serializing_if = "Option::is_none")]
    pub vdi_platform: Option<VdiPlatform>,
    /// Whether the microphone is opened before a contact comes, so that calls connect sooner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_early_gum: Option<bool>,
    /// Whether the connection for audio outlives the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_extended_persistent_connection: Option<bool>,
}

impl Default for SoftphoneOptions {
    /// The softphone lives in the frame, all else is as the library has it.
    fn default() -> Self {
        Self {
            allow_framed_softphone: Some(true),
            disable_ringtone: None,
            ringtone_url: None,
            disable_echo_cancellation: None,
            disable_storing_params_in_local_storage: None,
            allow_framed_video_call: None,
            allow_framed_screen_sharing: None,
            allow_framed_screen_sharing_pop_up: None,
            vdi_platform: None,
            allow_early_gum: None,
            allow_extended_persistent_connection: None,
        }
    }
}

/// `VDIPlatformType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[expect(missing_docs, reason = "names of products")]
pub enum VdiPlatform {
    Citrix,
    #[serde(rename = "CITRIX_413")]
    Citrix413,
    AwsWorkspace,
    Omnissa,
    Azure,
}

/// `ChatOptions`, `TaskOptions` and `AutoAcceptToneOption`, which are the same.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RingtoneOptions {
    /// Silences it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_ringtone: Option<bool>,
    /// Another sound.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ringtone_url: Option<String>,
}

/// `PageOptions`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PageOptions {
    /// Whether microphone and speaker can be chosen in the settings tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_audio_device_settings: Option<bool>,
    /// Whether the camera can be chosen in the settings tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_video_device_settings: Option<bool>,
    /// Whether softphone or desk phone can be chosen in the settings tab.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enable_phone_type_settings: Option<bool>,
    /// Whether the CCP asks an agent who does nothing whether they are still there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_inactivity_modal: Option<bool>,
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
