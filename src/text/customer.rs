//! What is said of customers and their orders: a table for each list of words, for a word that is not
//! in it is shown as it came.

use contract::{ErrorCode, SearchBy, SearchOutcome};
use desk::{Identity, InquiryError, Reason};

use super::{Locale, Text};

/// What the words of a list mean; `None`: nothing that must be said.
pub(crate) type Words = [(&'static str, Option<Text>)];

/// Why a customer was found: [`contract::MatchKey`]. A key of the domain's own is its own name.
pub(crate) const MATCH_KEYS: &Words = &[
    ("phone", Some(Text::ByPhone)),
    ("mail", Some(Text::ByMail)),
    ("name", Some(Text::ByName)),
    ("account", Some(Text::ByAccount)),
    ("order", Some(Text::ByOrder)),
    ("shop_customer", Some(Text::ByShopCustomer)),
    ("profile", Some(Text::ByProfile)),
    ("contact", Some(Text::ByContact)),
];

/// What a number or an address is for: [`contract::Use`]. The main one needs no word.
pub(crate) const USES: &Words = &[
    ("mobile", Some(Text::UseMobile)),
    ("home", Some(Text::UseHome)),
    ("business", Some(Text::UseBusiness)),
    ("shipping", Some(Text::UseShipping)),
    ("billing", Some(Text::UseBilling)),
    ("main", None),
    ("private", None),
    ("mailing", None),
];

/// How far the paying is: [`contract::PaymentStatus`].
pub(crate) const PAYMENTS: &Words = &[
    ("open", Some(Text::OrderDraft)),
    ("invoice_sent", Some(Text::OrderInvoiceSent)),
    ("completed", Some(Text::OrderDraftDone)),
    ("pending", Some(Text::OrderUnpaid)),
    ("authorized", Some(Text::OrderAuthorized)),
    ("partially_paid", Some(Text::OrderPartlyPaid)),
    ("paid", Some(Text::OrderPaid)),
    ("partially_refunded", Some(Text::OrderPartlyRefunded)),
    ("refunded", Some(Text::OrderRefunded)),
    ("voided", Some(Text::OrderVoided)),
    ("expired", Some(Text::OrderExpired)),
    ("cancelled", Some(Text::OrderCancelled)),
    ("unstated", Some(Text::OrderPaymentUnstated)),
];

/// How much is sent: [`contract::FulfilmentStatus`].
pub(crate) const FULFILMENTS: &Words = &[
    ("unfulfilled", Some(Text::OrderUnsent)),
    ("partial", Some(Text::OrderPartlySent)),
    ("fulfilled", Some(Text::OrderSent)),
    ("restocked", Some(Text::OrderRestocked)),
    ("unstated", None),
];

/// Where a parcel is: [`contract::ShipmentStatus`].
pub(crate) const SHIPMENTS: &Words = &[
    ("label_purchased", Some(Text::ParcelPrepared)),
    ("label_printed", Some(Text::ParcelPrepared)),
    ("confirmed", Some(Text::ParcelPrepared)),
    ("carrier_picked_up", Some(Text::ParcelInTransit)),
    ("in_transit", Some(Text::ParcelInTransit)),
    ("delayed", Some(Text::ParcelDelayed)),
    ("out_for_delivery", Some(Text::ParcelOut)),
    ("attempted_delivery", Some(Text::ParcelAttempted)),
    ("ready_for_pickup", Some(Text::ParcelReady)),
    ("delivered", Some(Text::ParcelDelivered)),
    ("failure", Some(Text::ParcelFailed)),
    ("unstated", Some(Text::ParcelUnstated)),
];

/// What is known of the order that a draft may have become: [`contract::DraftRelation`].
pub(crate) const RELATIONS: &Words = &[
    ("not_ordered", Some(Text::DraftNotOrdered)),
    ("order_not_here", Some(Text::DraftOrderNotHere)),
    ("possible_duplicate", Some(Text::DraftPossibleDuplicate)),
];

/// How an earlier contact began: [`contract::Initiation`].
pub(crate) const INITIATIONS: &Words = &[
    ("inbound", Some(Text::Inbound)),
    ("outbound", Some(Text::Outbound)),
    ("external_outbound", Some(Text::Outbound)),
    ("callback", Some(Text::Callback)),
    ("transfer", Some(Text::Transfer)),
    ("queue_transfer", Some(Text::Transfer)),
    ("api", Some(Text::OtherContact)),
    ("disconnect", Some(Text::OtherContact)),
    ("monitor", Some(Text::OtherContact)),
    ("agent_reply", Some(Text::OtherContact)),
    ("flow", Some(Text::OtherContact)),
    ("webrtc_api", Some(Text::OtherContact)),
    ("unstated", None),
];

/// What a word of a list means in the reader's language.
pub(crate) fn word<'a>(words: &Words, word: &'a str, locale: Locale) -> &'a str {
    for (known, text) in words {
        if *known == word {
            return text.map_or("", |text| text.say(locale));
        }
    }
    word
}

/// What a search can go by, as the field offers it.
pub(crate) const SEARCHES: [(SearchBy, Text); 6] = [
    (SearchBy::Phone, Text::ByPhone),
    (SearchBy::Name, Text::ByName),
    (SearchBy::Mail, Text::ByMail),
    (SearchBy::OrderName, Text::ByOrder),
    (SearchBy::Account, Text::ByAccount),
    (SearchBy::Order, Text::ByOrderId),
];

/// Who the customer is, where nobody is shown.
pub(crate) fn identity(identity: Identity<'_>) -> Text {
    match identity {
        Identity::Unasked => Text::CustomersSignedOut,
        Identity::Matched(_) => Text::Customer,
        Identity::Searching => Text::CustomerSearching,
        Identity::Ambiguous => Text::CustomerAmbiguous,
        Identity::NoMatch => Text::CustomerNoMatch,
        Identity::Anonymous => Text::CustomerAnonymous,
        Identity::Failed(error) => inquiry(error),
    }
}

/// Why something about a customer is not there, and what to do.
pub(crate) fn inquiry(error: &InquiryError) -> Text {
    match error {
        InquiryError::SignIn => Text::CustomersSignedOut,
        InquiryError::Refused(error) => match error.code {
            ErrorCode::NotAvailable => Text::CustomerNotAvailable,
            ErrorCode::Throttled => Text::CustomerThrottled,
            ErrorCode::UpstreamFailed | ErrorCode::UpstreamTimeout | ErrorCode::Unavailable => {
                Text::CustomerUpstream
            }
            _ => Text::CustomerFault,
        },
        InquiryError::Unreachable | InquiryError::Timeout => Text::CustomerUnreachable,
        InquiryError::Unreadable => Text::CustomerFault,
    }
}

/// Why nothing can be said of who calls, and whether that is asked again without a press. (What the agent
/// has searched for is not.)
pub(crate) fn trouble(error: &InquiryError) -> [Option<Text>; 2] {
    let again = error.is_asked_again();
    [
        Some(inquiry(error)),
        again.then_some(Text::CustomerTriedAgain),
    ]
}

/// How a search went that has found nobody.
pub(crate) fn found_nobody(outcome: &SearchOutcome) -> Text {
    match outcome {
        SearchOutcome::NotANumber => Text::SearchNotANumber,
        SearchOutcome::NotIndexed => Text::SearchNotIndexed,
        SearchOutcome::Searched | SearchOutcome::Other(_) => Text::SearchNobody,
    }
}

/// What is the matter with an order.
pub(crate) fn reason(reason: Reason) -> Text {
    match reason {
        Reason::Cancelled => Text::ReasonCancelled,
        Reason::Unpaid => Text::ReasonUnpaid,
        Reason::PartlyShipped => Text::ReasonPartlyShipped,
        Reason::ParcelTrouble => Text::ReasonParcel,
        Reason::NotShipped(_) => Text::ReasonNotShipped,
        Reason::Delivered => Text::ReasonDelivered,
    }
}

#[cfg(test)]
mod tests {
    use contract::{
        DraftRelation, FulfilmentStatus, Initiation, MatchKey, PaymentStatus, ShipmentStatus, Use,
    };
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(MATCH_KEYS, MatchKey::WORDS)]
    #[case(USES, Use::WORDS)]
    #[case(PAYMENTS, PaymentStatus::WORDS)]
    #[case(FULFILMENTS, FulfilmentStatus::WORDS)]
    #[case(SHIPMENTS, ShipmentStatus::WORDS)]
    #[case(RELATIONS, DraftRelation::WORDS)]
    #[case(INITIATIONS, Initiation::WORDS)]
    fn every_word_of_the_wire_is_in_its_table(#[case] table: &Words, #[case] wire: &[&str]) {
        let mut known: Vec<_> = table.iter().map(|(word, _)| *word).collect();
        let mut wire = wire.to_vec();
        known.sort_unstable();
        wire.sort_unstable();
        assert_eq!(known, wire);
    }

    #[test]
    fn a_word_that_nobody_knows_is_shown_as_it_came() {
        assert_eq!(word(PAYMENTS, "on_the_house", Locale::En), "on_the_house");
    }
}
