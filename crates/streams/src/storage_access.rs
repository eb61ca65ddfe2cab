//! How the CCP asks for the cookies of a third party, where browsers keep them from frames:
//! `StorageAccessParameters` of the package's `src/index.d.ts`.

use crate::options::{Value, options};

options! {
    /// How to ask for third-party storage.
    StorageAccess {
        /// Whose banner asks.
        mode(StorageAccessMode) = "mode",
        /// Whether to ask at all; the library's default is not to.
        can_request(bool) = "canRequest",
        /// The instance's address when the CCP's is that of the identity provider.
        instance_url(&str) = "instanceUrl",
        /// Looks of a custom banner.
        style(BannerStyle) = "style",
        /// Words of a custom banner.
        custom(Banner) = "custom",
    }
}

/// Whose banner asks for storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StorageAccessMode {
    /// Amazon's.
    Default,
    /// The deployer's, by [`StorageAccess::style`] and [`StorageAccess::custom`].
    Custom,
}

impl From<StorageAccessMode> for Value {
    fn from(mode: StorageAccessMode) -> Self {
        let name = match mode {
            StorageAccessMode::Default => "default",
            StorageAccessMode::Custom => "custom",
        };
        name.into()
    }
}

options! {
    /// Looks of a custom banner, as CSS values. The library does not explain its names.
    BannerStyle {
        /// CSS of the font family.
        font_family(&str) = "font-family",
        /// CSS of the primary color.
        primary_color(&str) = "primary-color",
        /// CSS of the primary button hover color.
        primary_button_hover_color(&str) = "primary-button-hover-color",
        /// CSS of the link color.
        link_color(&str) = "link-color",
        /// CSS of the banner box shadow.
        banner_box_shadow(&str) = "banner-box-shadow",
        /// CSS of the banner margin.
        banner_margin(&str) = "banner-margin",
        /// CSS of the border radius.
        border_radius(&str) = "border-radius",
        /// CSS of the banner header color.
        banner_header_color(&str) = "banner-header-color",
        /// CSS of the banner title color.
        banner_title_color(&str) = "banner-title-color",
        /// CSS of the banner request access description color.
        banner_request_access_description_color(&str) = "banner-request-access-description-color",
        /// CSS of the banner request deny description color.
        banner_request_deny_description_color(&str) = "banner-request-deny-description-color",
        /// CSS of the banner request access background.
        banner_request_access_background(&str) = "banner-request-access-background",
        /// CSS of the banner request deny background.
        banner_request_deny_background(&str) = "banner-request-deny-background",
        /// CSS of the banner icon display.
        banner_icon_display(&str) = "banner-icon-display",
        /// CSS of the banner request access icon color.
        banner_request_access_icon_color(&str) = "banner-request-access-icon-color",
        /// CSS of the banner request deny icon color.
        banner_request_deny_icon_color(&str) = "banner-request-deny-icon-color",
        /// CSS of the line height.
        line_height(&str) = "line-height",
        /// CSS of the header font size.
        header_font_size(&str) = "header-font-size",
        /// CSS of the bold font weight.
        bold_font_weight(&str) = "bold-font-weight",
        /// CSS of the banner description font size.
        banner_description_font_size(&str) = "banner-description-font-size",
    }
}

options! {
    /// A custom banner: its sentences and the addresses that they link to.
    Banner {
        /// Whether the CCP's frame disappears once access is granted; the library's default is that
        /// it does.
        hide_ccp(bool) = "hideCCP",
        /// The words of the header.
        header(&str) = "header",
        /// The words of the title.
        title(&str) = "title",
        /// The words of the access banner description.
        access_banner_description(&str) = "accessBannerDescription",
        /// The words of the deny banner description.
        deny_banner_description(&str) = "denyBannerDescription",
        /// The words of the access banner button text.
        access_banner_button_text(&str) = "accessBannerButtonText",
        /// The words of the deny banner button text.
        deny_banner_button_text(&str) = "denyBannerButtonText",
        /// The address behind the access banner learn more text.
        access_banner_learn_more_url(&str) = "accessBannerLearnMoreUrl",
        /// The address behind the deny banner learn more text.
        deny_banner_learn_more_url(&str) = "denyBannerLearnMoreUrl",
        /// The words of the access banner learn more text.
        access_banner_learn_more_text(&str) = "accessBannerLearnMoreText",
        /// The words of the deny banner learn more text.
        deny_banner_learn_more_text(&str) = "denyBannerLearnMoreText",
        /// The words of the popup title.
        popup_title(&str) = "popupTitle",
        /// The words of the popup banner description.
        popup_banner_description(&str) = "popupBannerDescription",
        /// The words of the popup banner learn more text.
        popup_banner_learn_more_text(&str) = "popupBannerLearnMoreText",
        /// The words of the popup banner button text.
        popup_banner_button_text(&str) = "popupBannerButtonText",
        /// The words of the prompt banner title.
        prompt_banner_title(&str) = "promptBannerTitle",
        /// The words of the prompt banner description.
        prompt_banner_description(&str) = "promptBannerDescription",
        /// The words of the prompt banner button text.
        prompt_banner_button_text(&str) = "promptBannerButtonText",
    }
}
