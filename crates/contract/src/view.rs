//! Views of what the proxy has said: the members of each type of the wire by their names.
//!
//! A view is a look at a [`Value`], not a value: it costs what is looked at. `tests/told.rs` holds
//! every one of them against serde's reading of the same text.

use chrono::{DateTime, Utc};

use crate::{
    Channel, DraftRelation, ErrorCode, FulfilmentStatus, Initiation, LossReason, MatchKey,
    MatchKind, NotSummedReason, OrderKind, PartName, PartyType, PaymentStatus, PhoneNumber,
    ProfileId, SearchOutcome, ShipmentStatus, ShopTime, Use, WebUrl,
    told::{Amount, Value},
};

/// Makes a view of an object; each member by the method of [`Value`] that reads it.
macro_rules! view {
    ($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident: $kind:ident $(<$type:ident>)? $key:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name<'a>(pub Value<'a>);

        impl<'a> $name<'a> {
            $(view!(@ $(#[$member_doc])* $member $key $kind $($type)?);)*
        }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal text) => {
        $(#[$doc])* pub fn $member(self) -> Option<String> { self.0.text($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal texts) => {
        $(#[$doc])* pub fn $member(self) -> Vec<String> { self.0.texts($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal flag) => {
        $(#[$doc])* pub fn $member(self) -> bool { self.0.flag($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal count) => {
        $(#[$doc])* pub fn $member(self) -> Option<u32> { self.0.count($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal money) => {
        $(#[$doc])* pub fn $member(self) -> Option<Amount> { self.0.money($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal instant) => {
        $(#[$doc])* pub fn $member(self) -> Option<DateTime<Utc>> { self.0.instant($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal shop_time) => {
        $(#[$doc])* pub fn $member(self) -> Option<ShopTime> { self.0.shop_time($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal url) => {
        $(#[$doc])* pub fn $member(self) -> Option<WebUrl> { self.0.url($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal profile_id) => {
        $(#[$doc])* pub fn $member(self) -> Option<ProfileId> { self.0.profile_id($key) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal phone_number) => {
        $(#[$doc])* pub fn $member(self) -> Option<PhoneNumber> { self.0.phone_number($key) }
    };
    // A word of a list that somebody may lengthen.
    (@ $(#[$doc:meta])* $member:ident $key:literal word $type:ident) => {
        $(#[$doc])* pub fn $member(self) -> $type { self.0.kind($key).into() }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal word_if $type:ident) => {
        $(#[$doc])* pub fn $member(self) -> Option<$type> { Some(self.0.text($key)?.into()) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal of $type:ident) => {
        $(#[$doc])* pub fn $member(self) -> $type<'a> { $type(self.0.member($key)) }
    };
    (@ $(#[$doc:meta])* $member:ident $key:literal list $type:ident) => {
        $(#[$doc])* pub fn $member(self) -> impl Iterator<Item = $type<'a>> + use<'a> {
            self.0.list($key).into_iter().map($type)
        }
    };
}

view! {
    /// One line of an answer.
    Part {
        /// Which part it is.
        name: word<PartName> "part",
        /// Whose.
        of: profile_id "profile",
        /// Of `contact`: what the flow has set.
        attributes: list<Attribute> "attributes",
        /// Of `profiles`: how well the customer is known.
        kind: word<MatchKind> "kind",
        /// Of `profiles`: all that were found.
        matches: list<Match> "matches",
        /// Of `profiles`: more were found than are given here.
        more: flag "more",
        /// Of `orders`: all orders are here.
        complete: flag "complete",
        /// Of `orders`: some of them, or all.
        orders: list<Order> "orders",
        /// Of `orders`: what was bought.
        totals: of<Totals> "totals",
        /// Of `orders` and `contacts`: there are more than are fetched.
        cut: flag "cut",
        /// Of `orders`: the shop's own orders were fetched.
        detailed: flag "detailed",
        /// Of `contacts`: earlier contacts, newest first.
        contacts: list<PastContact> "contacts",
        /// Of `calculated`: what Customer Profiles calculates.
        calculated: list<Calculated> "attributes",
        /// Of `problem`: which part cannot be had.
        about: word<PartName> "about",
        /// Of `problem`: why.
        error: of<Refusal> "error",
        /// What was found and could not be read.
        losses: list<Lost> "losses",
    }
}

view! {
    /// Why something was refused.
    Refusal {
        /// What is wrong.
        code: word_if<ErrorCode> "code",
        /// The request, as the proxy's log names it.
        request_id: text "request_id",
        /// Milliseconds after which it may be asked again.
        retry_after_ms: count "retry_after_ms",
    }
}

view! {
    /// Something that could not be read.
    Lost {
        /// Where.
        at: text "at",
        /// Why.
        why: word<LossReason> "why",
    }
}

view! {
    /// A value that the shop or the flow keeps under a name of its own.
    Attribute {
        /// Its name.
        name: text "name",
        /// Its value.
        value: text "value",
    }
}

view! {
    /// A customer, and why it may be this one.
    Match {
        /// Who.
        profile: of<Profile> "profile",
        /// Why.
        why: list<Reason> "why",
    }
}

view! {
    /// Why a customer was found.
    Reason {
        /// What was compared.
        by: word_if<MatchKey> "by",
        /// With which values.
        values: texts "values",
    }
}

view! {
    /// A person's name.
    Name {
        /// Family name.
        family: text "family",
        /// Given name.
        given: text "given",
        /// What stands between them.
        middle: text "middle",
    }
}

view! {
    /// A customer, or enough of one to be chosen among others.
    Profile {
        /// Whose it is.
        id: profile_id "id",
        /// Nothing but a number or a mail address is known.
        inferred: flag "inferred",
        /// The person's name.
        name: of<Name> "name",
        /// The company's name.
        business_name: text "business_name",
        /// Person or company.
        party_type: word_if<PartyType> "party_type",
        /// The shop's number for the customer.
        account_number: text "account_number",
        /// Day of birth as it is written.
        birth_date: text "birth_date",
        /// Gender as it is written.
        gender: text "gender",
        /// What somebody noted.
        memo: text "memo",
        /// Telephone numbers, the main one first.
        phones: list<Phone> "phones",
        /// Mail addresses, the main one first.
        mails: list<Mail> "mails",
        /// Addresses, the main one first.
        addresses: list<Place> "addresses",
        /// What the shop keeps besides.
        attributes: list<Attribute> "attributes",
        /// What could not be read.
        losses: list<Lost> "losses",
        /// Of a summary: the first telephone number.
        phone: of<Phone> "phone",
        /// Of a summary: the first mail address.
        mail: text "mail",
        /// Of a summary: town of the first address.
        city: text "city",
        /// Of a summary: province of the first address.
        province: text "province",
    }
}

view! {
    /// A telephone number of a customer's.
    Phone {
        /// What it is for.
        usage: word<Use> "use",
        /// As somebody once typed it.
        text: text "text",
        /// What it is dialled as.
        number: phone_number "number",
    }
}

view! {
    /// A mail address of a customer's.
    Mail {
        /// What it is for.
        usage: word<Use> "use",
        /// The address.
        address: text "address",
    }
}

view! {
    /// An address of a customer's, and what it is for.
    Place {
        /// What it is for.
        usage: word<Use> "use",
        /// The address.
        address: of<Address> "address",
    }
}

view! {
    /// A postal address.
    Address {
        /// To whom.
        name: text "name",
        /// Street and building.
        lines: texts "lines",
        /// Town, ward or village.
        city: text "city",
        /// County or district.
        county: text "county",
        /// State.
        state: text "state",
        /// Province or prefecture.
        province: text "province",
        /// The country as the shop names it.
        country: text "country",
        /// Postal code as it is written.
        postal_code: text "postal_code",
    }
}

view! {
    /// One order.
    Order {
        /// What it is known by.
        id: text "id",
        /// Bought or drafted.
        kind: word<OrderKind> "kind",
        /// How far the paying is.
        payment: word<PaymentStatus> "payment",
        /// How much is sent.
        fulfilment: word<FulfilmentStatus> "fulfilment",
        /// The shop's own order was read too.
        detailed: flag "detailed",
        /// Of a draft: what is known of the order that it may have become.
        relation: word_if<DraftRelation> "relation",
        /// Of an order: the draft that it was made from.
        draft: of<Draft> "draft",
        /// The shop's id.
        shop_id: text "shop_id",
        /// What the shop calls it.
        name: text "name",
        /// When it was written.
        created: shop_time "created",
        /// When it last changed.
        updated: shop_time "updated",
        /// When the customer ordered.
        processed: shop_time "processed",
        /// When the shop was done with it.
        closed: shop_time "closed",
        /// When it was cancelled.
        cancelled: shop_time "cancelled",
        /// Why it was cancelled.
        cancel_reason: text "cancel_reason",
        /// What all amounts of it are in.
        currency: text "currency",
        /// What the customer pays for all.
        total: money "total",
        /// Tax within or upon it.
        tax: money "tax",
        /// What was taken off.
        discounts: money "discounts",
        /// All lines together.
        items_total: money "items_total",
        /// Shipping.
        shipping: money "shipping",
        /// Tip.
        tip: money "tip",
        /// What is not paid yet.
        outstanding: money "outstanding",
        /// What was bought.
        items: list<Item> "items",
        /// What was sent.
        shipments: list<Shipment> "shipments",
        /// What was given back.
        refunds: list<Refund> "refunds",
        /// Where it goes.
        shipping_address: of<Address> "shipping_address",
        /// Who pays.
        billing_address: of<Address> "billing_address",
        /// Mail address given with the order.
        mail: text "mail",
        /// Telephone number given with the order.
        phone: text "phone",
        /// What somebody noted.
        memo: text "memo",
        /// How it was paid.
        gateway: text "gateway",
        /// Name of the card's company.
        card_company: text "card_company",
        /// Last digits of the card's number.
        card_number: text "card_number",
        /// The shop's page about this order, which carries a key.
        status_url: url "status_url",
        /// What the shop keeps besides.
        attributes: list<Attribute> "attributes",
        /// What could not be read.
        losses: list<Lost> "losses",
    }
}

view! {
    /// The draft that an order was made from.
    Draft {
        /// What it is known by.
        id: text "id",
        /// What the shop calls it.
        name: text "name",
        /// When it was written.
        created: shop_time "created",
    }
}

view! {
    /// One line of an order.
    Item {
        /// What was bought.
        title: text "title",
        /// Which variant of it.
        variant: text "variant",
        /// The shop's own number of it.
        sku: text "sku",
        /// How many were ordered.
        quantity: count "quantity",
        /// How many are left.
        current_quantity: count "current_quantity",
        /// The price of one.
        price: money "price",
        /// How much of the line was sent.
        fulfilment: word_if<FulfilmentStatus> "fulfilment",
    }
}

view! {
    /// Something that was sent.
    Shipment {
        /// Where it is.
        status: word<ShipmentStatus> "status",
        /// It was taken back before it was sent.
        cancelled: flag "cancelled",
        /// The carrier.
        company: text "company",
        /// Parcels, one by one.
        trackings: list<Tracking> "trackings",
        /// When it was recorded.
        created: shop_time "created",
        /// When its status last changed.
        updated: shop_time "updated",
    }
}

view! {
    /// A number that a carrier knows a parcel by.
    Tracking {
        /// The carrier's number.
        number: text "number",
        /// The carrier's page.
        url: url "url",
    }
}

view! {
    /// Money that was given back.
    Refund {
        /// When.
        at: shop_time "at",
        /// How much.
        amount: money "amount",
        /// What the clerk noted.
        note: text "note",
    }
}

view! {
    /// What a customer has bought, each currency by itself.
    Totals {
        /// One for each currency.
        sums: list<Sum> "sums",
        /// What would have to be counted and cannot be.
        not_summed: list<NotSummed> "not_summed",
    }
}

view! {
    /// All that was bought in one currency.
    Sum {
        /// How many orders are in it.
        orders: count "orders",
        /// The sum of their totals.
        sum: money "sum",
    }
}

view! {
    /// An order that is in no total.
    NotSummed {
        /// Which.
        order: text "order",
        /// Why.
        why: word<NotSummedReason> "why",
    }
}

view! {
    /// An earlier contact of a customer's.
    PastContact {
        /// Connect's id for it.
        id: text "id",
        /// How it was held.
        channel: word<Channel> "channel",
        /// How it began.
        initiation: word<Initiation> "initiation",
        /// When it began.
        started: instant "started",
        /// When an agent had it.
        connected: instant "connected",
        /// When it ended.
        ended: instant "ended",
        /// User name of the agent who had it.
        agent: text "agent",
        /// Seconds of talk.
        talk_seconds: count "talk_seconds",
        /// Name of the queue.
        queue: text "queue",
        /// Why it ended.
        disconnect_reason: text "disconnect_reason",
        /// What the flow had set.
        attributes: list<Attribute> "attributes",
        /// What could not be read.
        losses: list<Lost> "losses",
    }
}

view! {
    /// Something that Customer Profiles calculates about a customer.
    Calculated {
        /// Its name in the domain.
        name: text "name",
        /// What the domain calls it for the eye.
        display_name: text "display_name",
        /// Its value.
        value: text "value",
        /// Not all of the data was in it.
        partial: flag "partial",
        /// When the newest object in it was.
        last_object: instant "last_object",
    }
}

view! {
    /// Customers that a search found.
    Results {
        /// How it went.
        outcome: word_if<SearchOutcome> "outcome",
        /// Whom it found.
        results: list<Found> "results",
        /// Asks for the next page.
        next: text "next",
    }
}

view! {
    /// One customer that a search found.
    Found {
        /// Who.
        profile: of<Profile> "profile",
        /// Why.
        why: list<Reason> "why",
    }
}

impl Order<'_> {
    /// When it was ordered, or drafted: what a history is sorted by.
    pub fn ordered(self) -> Option<ShopTime> {
        self.processed().or(self.created())
    }
}
