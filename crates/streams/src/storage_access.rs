//! How the CCP asks for the cookies of a third party, where browsers keep them from frames:
//! `StorageAccessParameters` of the package's `src/index.d.ts`.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// How to ask for third-party storage.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StorageAccess {
    /// Whose banner asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<StorageAccessMode>,
    /// Whether to ask at all; the library's default is not to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_request: Option<bool>,
    /// The instance's address when the CCP's is that of the identity provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance_url: Option<String>,
    /// Looks of a custom banner, as CSS values.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub style: BTreeMap<BannerStyle, String>,
    /// Words of a custom banner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom: Option<Banner>,
}

/// Whose banner asks for storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum StorageAccessMode {
    /// Amazon's.
    Default,
    /// The deployer's, by [`StorageAccess::style`] and [`StorageAccess::custom`].
    Custom,
}

/// A custom banner.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Banner {
    /// Whether the CCP's frame disappears once access is granted; the library's default is
    /// that it does.
    pub hide_ccp: Option<bool>,
    /// Its sentences and the addresses that they link to.
    pub texts: BTreeMap<BannerText, String>,
}

impl Serialize for Banner {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members = serializer.serialize_map(None)?;
        if let Some(hide) = &self.hide_ccp {
            members.serialize_entry("hideCCP", hide)?;
        }
        for (text, words) in &self.texts {
            members.serialize_entry(text, words)?;
        }
        members.end()
    }
}

/// What of a custom banner can be styled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(
    missing_docs,
    reason = "the library's own names, which it does not explain"
)]
pub enum BannerStyle {
    FontFamily,
    PrimaryColor,
    PrimaryButtonHoverColor,
    LinkColor,
    BannerBoxShadow,
    BannerMargin,
    BorderRadius,
    BannerHeaderColor,
    BannerTitleColor,
    BannerRequestAccessDescriptionColor,
    BannerRequestDenyDescriptionColor,
    BannerRequestAccessBackground,
    BannerRequestDenyBackground,
    BannerIconDisplay,
    BannerRequestAccessIconColor,
    BannerRequestDenyIconColor,
    LineHeight,
    HeaderFontSize,
    BoldFontWeight,
    BannerDescriptionFontSize,
}

/// What of a custom banner can be worded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(
    missing_docs,
    reason = "the library's own names, which it does not explain"
)]
pub enum BannerText {
    Header,
    Title,
    AccessBannerDescription,
    DenyBannerDescription,
    AccessBannerButtonText,
    DenyBannerButtonText,
    AccessBannerLearnMoreUrl,
    DenyBannerLearnMoreUrl,
    AccessBannerLearnMoreText,
    DenyBannerLearnMoreText,
    PopupTitle,
    PopupBannerDescription,
    PopupBannerLearnMoreText,
    PopupBannerButtonText,
    PromptBannerTitle,
    PromptBannerDescription,
    PromptBannerButtonText,
}
