//! The options, as the library gets to see them.

use serde_json::json;
use streams::{
    Banner, BannerStyle, InitOptions, LoginOptions, PageOptions, RingtoneOptions, SoftphoneOptions,
    StorageAccess, StorageAccessMode, VdiPlatform,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::library::init_ccp_params;
use crate::page::{Page, ccp_url};

#[wasm_bindgen_test]
async fn unset_options_are_not_sent() {
    let page = Page::embed(&InitOptions::new(&ccp_url()), &json!({})).await;
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

/// One value for every option there is, but for the many of a banner.
fn all_options() -> InitOptions {
    let ringtone = RingtoneOptions::default()
        .disable_ringtone(true)
        .ringtone_url("https://r.example/");
    InitOptions::new(&ccp_url())
        .secondary_ccp_url("https://b.example/ccp-v2/")
        .enable_global_resiliency(false)
        .region("ap-northeast-1")
        .login_options(
            LoginOptions::default()
                .disable_auth_popup_after_logout(true)
                .auto_close(true)
                .height(1)
                .width(2)
                .top(3)
                .left(4),
        )
        .login_popup_auto_close(true)
        .login_url("https://sso.example/")
        .softphone(
            SoftphoneOptions::default()
                .allow_framed_softphone(true)
                .disable_ringtone(true)
                .ringtone_url("https://r.example/")
                .disable_echo_cancellation(true)
                .disable_storing_params_in_local_storage(true)
                .allow_framed_video_call(true)
                .allow_framed_screen_sharing(true)
                .allow_framed_screen_sharing_pop_up(true)
                .vdi_platform(VdiPlatform::Citrix413)
                .allow_early_gum(false)
                .allow_extended_persistent_connection(true),
        )
        .chat(ringtone.clone())
        .task(ringtone.clone())
        .auto_accept_tone(ringtone)
        .iframe_title("電話")
        .page_options(
            PageOptions::default()
                .enable_audio_device_settings(true)
                .enable_video_device_settings(false)
                .enable_phone_type_settings(true)
                .show_inactivity_modal(false),
        )
        .ccp_ack_timeout(3000)
        .ccp_syn_timeout(1000)
        .ccp_load_timeout(5000)
        .storage_access(
            StorageAccess::default()
                .mode(StorageAccessMode::Custom)
                .can_request(false)
                .instance_url("https://a.example/")
                .style(BannerStyle::default().primary_button_hover_color("#000"))
                .custom(
                    Banner::default()
                        .hide_ccp(false)
                        .access_banner_learn_more_url("https://l.example/"),
                ),
        )
}
