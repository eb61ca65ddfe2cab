//! The options, as the library gets to see them.

use serde_json::json;
use streams::{
    Banner, BannerStyle, BannerText, InitOptions, LoginOptions, PageOptions, RingtoneOptions,
    SoftphoneOptions, StorageAccess, StorageAccessMode, VdiPlatform,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::library::init_ccp_params;
use crate::page::{Page, ccp_url};

#[wasm_bindgen_test]
async fn unset_options_are_not_sent() {
    let page = Page::embed(&InitOptions::new(ccp_url()), &json!({})).await;
    page.settle().await;

    assert_eq!(
        init_ccp_params(),
        json!({
            "ccpUrl": ccp_url(),
            "loginPopup": false,
            "softphone": { "allowFramedSoftphone": true },
        })
    );
}

#[wasm_bindgen_test]
async fn every_option_has_the_name_that_the_library_knows() {
    let options = all_options();

    let page = Page::embed(&options, &json!({})).await;
    page.settle().await;

    let ringtone = json!({ "disableRingtone": true, "ringtoneUrl": "https://r.example/" });
    assert_eq!(
        init_ccp_params(),
        json!({
            "ccpUrl": ccp_url(),
            "secondaryCCPUrl": "https://b.example/ccp-v2/",
            "enableGlobalResiliency": false,
            "region": "ap-northeast-1",
            "loginPopup": false,
            "loginOptions": {
                "disableAuthPopupAfterLogout": true, "autoClose": true,
                "height": 1, "width": 2, "top": 3, "left": 4,
            },
            "loginPopupAutoClose": true,
            "loginUrl": "https://sso.example/",
            "softphone": {
                "allowFramedSoftphone": true, "disableRingtone": true,
                "ringtoneUrl": "https://r.example/", "disableEchoCancellation": true,
                "disableStoringParamsInLocalStorage": true, "allowFramedVideoCall": true,
                "allowFramedScreenSharing": true, "allowFramedScreenSharingPopUp": true,
                "VDIPlatform": "CITRIX_413", "allowEarlyGum": false,
                "allowExtendedPersistentConnection": true,
            },
            "chat": ringtone,
            "task": ringtone,
            "autoAcceptTone": ringtone,
            "iframeTitle": "電話",
            "pageOptions": {
                "enableAudioDeviceSettings": true, "enableVideoDeviceSettings": false,
                "enablePhoneTypeSettings": true, "showInactivityModal": false,
            },
            "ccpAckTimeout": 3000,
            "ccpSynTimeout": 1000,
            "ccpLoadTimeout": 5000,
            "storageAccess": {
                "mode": "custom", "canRequest": false, "instanceUrl": "https://a.example/",
                "style": { "primary-button-hover-color": "#000" },
                "custom": { "hideCCP": false, "accessBannerLearnMoreUrl": "https://l.example/" },
            },
        })
    );
}

/// One value for every option there is.
fn all_options() -> InitOptions {
    let mut options = InitOptions::new(ccp_url());
    options.secondary_ccp_url = Some("https://b.example/ccp-v2/".into());
    options.enable_global_resiliency = Some(false);
    options.region = Some("ap-northeast-1".into());
    options.login_options = Some(LoginOptions {
        disable_auth_popup_after_logout: Some(true),
        auto_close: Some(true),
        height: Some(1),
        width: Some(2),
        top: Some(3),
        left: Some(4),
    });
    options.login_popup_auto_close = Some(true);
    options.login_url = Some("https://sso.example/".into());
    let ringtone = RingtoneOptions {
        disable_ringtone: Some(true),
        ringtone_url: Some("https://r.example/".into()),
    };
    options.softphone = Some(SoftphoneOptions {
        allow_framed_softphone: Some(true),
        disable_ringtone: Some(true),
        ringtone_url: Some("https://r.example/".into()),
        disable_echo_cancellation: Some(true),
        disable_storing_params_in_local_storage: Some(true),
        allow_framed_video_call: Some(true),
        allow_framed_screen_sharing: Some(true),
        allow_framed_screen_sharing_pop_up: Some(true),
        vdi_platform: Some(VdiPlatform::Citrix413),
        allow_early_gum: Some(false),
        allow_extended_persistent_connection: Some(true),
    });
    options.chat = Some(ringtone.clone());
    options.task = Some(ringtone.clone());
    options.auto_accept_tone = Some(ringtone);
    options.iframe_title = Some("電話".into());
    options.page_options = Some(PageOptions {
        enable_audio_device_settings: Some(true),
        enable_video_device_settings: Some(false),
        enable_phone_type_settings: Some(true),
        show_inactivity_modal: Some(false),
    });
    options.ccp_ack_timeout = Some(3000);
    options.ccp_syn_timeout = Some(1000);
    options.ccp_load_timeout = Some(5000);
    options.storage_access = Some(StorageAccess {
        mode: Some(StorageAccessMode::Custom),
        can_request: Some(false),
        instance_url: Some("https://a.example/".into()),
        style: [(BannerStyle::PrimaryButtonHoverColor, "#000".into())].into(),
        custom: Some(Banner {
            hide_ccp: Some(false),
            texts: [(
                BannerText::AccessBannerLearnMoreUrl,
                "https://l.example/".into(),
            )]
            .into(),
        }),
    });
    options
}
