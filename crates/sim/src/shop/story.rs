//! What becomes of orders: how old they are, and where payment and parcel stand.

use super::random::Random;

/// What has become of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Story {
    /// Long ago, and all is well.
    Delivered,
    /// The parcel came yesterday.
    JustDelivered,
    /// The parcel is on its way.
    InTransit,
    /// Paid the day before, not yet shipped.
    Unshipped,
    /// Paid nine days ago, not yet shipped.
    Late,
    /// To be paid at a convenience store.
    Unpaid,
    /// One line has been shipped.
    PartlyShipped,
    /// By the customer, before it was shipped.
    Cancelled,
    /// Sent back as a whole.
    Refunded,
    /// Half the price of a piece was given back.
    PartlyRefunded,
    /// An agent had drafted it.
    FromDraft,
    /// A draft that nobody has finished.
    OpenDraft,
    /// A draft whose invoice the customer has.
    InvoiceSent,
}

impl Story {
    pub(super) fn by_chance(random: &mut Random) -> Self {
        match random.below(100) {
            0..70 => Self::Delivered,
            70..74 => Self::JustDelivered,
            74..78 => Self::InTransit,
            78..81 => Self::Unshipped,
            81 => Self::Late,
            82..85 => Self::Unpaid,
            85..88 => Self::PartlyShipped,
            88..91 => Self::Cancelled,
            91..93 => Self::Refunded,
            93..96 => Self::PartlyRefunded,
            96..98 => Self::FromDraft,
            98 => Self::OpenDraft,
            _ => Self::InvoiceSent,
        }
    }

    /// Whether there is only a draft.
    pub(super) fn is_draft(self) -> bool {
        matches!(self, Self::OpenDraft | Self::InvoiceSent)
    }

    /// Days ago.
    pub(super) fn age(self, random: &mut Random) -> i64 {
        let days = |from: u64, within: u64, random: &mut Random| {
            i64::try_from(from + random.below(within)).unwrap_or_default()
        };
        match self {
            Self::Delivered => days(20, 700, random),
            Self::Cancelled | Self::Refunded | Self::PartlyRefunded | Self::FromDraft => {
                days(10, 300, random)
            }
            Self::JustDelivered | Self::InTransit | Self::OpenDraft => 3,
            Self::Unshipped => 1,
            Self::Late => 9,
            Self::Unpaid => days(1, 3, random),
            Self::PartlyShipped | Self::InvoiceSent => 4,
        }
    }

    pub(super) fn financial_status(self) -> &'static str {
        match self {
            Self::Unpaid => "pending",
            Self::Cancelled | Self::Refunded => "refunded",
            Self::PartlyRefunded => "partially_refunded",
            _ => "paid",
        }
    }

    pub(super) fn fulfillment_status(self) -> Option<&'static str> {
        match self {
            Self::PartlyShipped => Some("partial"),
            Self::Refunded => Some("restocked"),
            Self::Unshipped | Self::Late | Self::Unpaid | Self::Cancelled => None,
            _ => Some("fulfilled"),
        }
    }

    pub(super) fn shipment_status(self) -> &'static str {
        match self {
            Self::InTransit | Self::PartlyShipped => "in_transit",
            _ => "delivered",
        }
    }
}
