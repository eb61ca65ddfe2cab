//! The values that views show, put together: what serde would have read.

use contract::*;

/// What the views show of a text that is a line of an answer.
pub(crate) fn part(text: &str) -> Result<CustomerPart, Unreadable> {
    let told = Told::parse(text)?;
    let part = view::Part(told.value());
    read_part(part).ok_or(Unreadable)
}

/// What the views show of a text that is what a search found.
pub(crate) fn results(text: &str) -> Result<SearchResults, Unreadable> {
    let told = Told::parse(text)?;
    let results = view::Results(told.value());
    Ok(SearchResults {
        outcome: results.outcome().ok_or(Unreadable)?,
        results: results.results().filter_map(found).collect(),
        next: results.next(),
    })
}

/// What the views show of a text that is a refusal.
pub(crate) fn refusal(text: &str) -> Result<ErrorBody, Unreadable> {
    let told = Told::parse(text)?;
    let error = error(view::Refusal(told.value().member("error")));
    Ok(ErrorBody {
        error: error.ok_or(Unreadable)?,
    })
}

fn personal(text: Option<String>) -> Option<Personal> {
    text.map(Personal::from)
}

fn personals(texts: Vec<String>) -> Vec<Personal> {
    texts.into_iter().map(Personal::from).collect()
}

fn losses<'a>(told: impl Iterator<Item = view::Lost<'a>>) -> Vec<Loss> {
    let loss = |lost: view::Lost<'_>| {
        Some(Loss {
            at: lost.at()?,
            why: lost.why(),
        })
    };
    told.filter_map(loss).collect()
}

fn attributes<'a>(told: impl Iterator<Item = view::Attribute<'a>>) -> Vec<Attribute> {
    let attribute = |attribute: view::Attribute<'_>| {
        Some(Attribute {
            name: attribute.name()?.into(),
            value: attribute.value()?.into(),
        })
    };
    told.filter_map(attribute).collect()
}

fn reasons<'a>(told: impl Iterator<Item = view::Reason<'a>>) -> Vec<MatchReason> {
    let reason = |reason: view::Reason<'_>| {
        Some(MatchReason {
            by: reason.by()?,
            values: personals(reason.values()),
        })
    };
    told.filter_map(reason).collect()
}

fn read_part(part: view::Part<'_>) -> Option<CustomerPart> {
    let losses = losses(part.losses());
    part.0.text("part")?;
    Some(match part.name() {
        PartName::Contact => CustomerPart::Contact(ContactPart {
            contact_id: part.0.text("contact_id")?.as_str().into(),
            caller: caller(part.0.member("caller")),
            attributes: attributes(part.attributes()),
        }),
        PartName::Profiles => CustomerPart::Profiles(ProfilesPart {
            kind: part.kind(),
            matches: part.matches().filter_map(matched).collect(),
            more: part.more(),
            losses,
        }),
        PartName::Orders => CustomerPart::Orders(OrdersPart {
            profile: part.of()?,
            complete: part.complete(),
            orders: part.orders().filter_map(order).collect(),
            totals: totals(part.totals()),
            cut: part.cut(),
            detailed: part.detailed(),
            losses,
        }),
        PartName::Contacts => CustomerPart::Contacts(ContactsPart {
            profile: part.of()?,
            contacts: part.contacts().filter_map(past_contact).collect(),
            cut: part.cut(),
            losses,
        }),
        PartName::Calculated => CustomerPart::Calculated(CalculatedPart {
            profile: part.of()?,
            attributes: part.calculated().filter_map(calculated).collect(),
            losses,
        }),
        PartName::Other(name) if name.as_str() == "problem" => CustomerPart::Problem(ProblemPart {
            about: part.about(),
            profile: part.of(),
            error: error(part.error())?,
        }),
        PartName::Other(name) if name.as_str() == "end" => CustomerPart::End(EndPart {}),
        PartName::Other(_) => CustomerPart::Unknown,
    })
}

fn caller(told: Value<'_>) -> Caller {
    match told.kind("kind").as_str() {
        "number" => told
            .phone_number("number")
            .map_or(Caller::Unknown, |number| Caller::Number { number }),
        "address" => personal(told.text("address"))
            .map_or(Caller::Unknown, |address| Caller::Address { address }),
        "withheld" => Caller::Withheld,
        _ => Caller::Unknown,
    }
}

fn matched(found: view::Match<'_>) -> Option<Match> {
    Some(Match {
        profile: profile(found.profile())?,
        why: reasons(found.why()),
    })
}

fn found(found: view::Found<'_>) -> Option<SearchResult> {
    Some(SearchResult {
        profile: summary(found.profile())?,
        why: reasons(found.why()),
    })
}

fn name(name: view::Name<'_>) -> PersonName {
    PersonName {
        family: personal(name.family()),
        given: personal(name.given()),
        middle: personal(name.middle()),
    }
}

fn profile(told: view::Profile<'_>) -> Option<Profile> {
    Some(Profile {
        id: told.id()?,
        inferred: told.inferred(),
        name: name(told.name()),
        business_name: personal(told.business_name()),
        party_type: told.party_type(),
        account_number: personal(told.account_number()),
        birth_date: personal(told.birth_date()),
        gender: personal(told.gender()),
        memo: personal(told.memo()),
        phones: told.phones().filter_map(phone).collect(),
        mails: told
            .mails()
            .filter_map(|mail| {
                Some(Mail {
                    r#use: mail.usage(),
                    address: mail.address()?.into(),
                })
            })
            .collect(),
        addresses: told
            .addresses()
            .filter_map(|place| {
                Some(ProfileAddress {
                    r#use: place.usage(),
                    address: address(place.address())?,
                })
            })
            .collect(),
        attributes: attributes(told.attributes()),
        losses: losses(told.losses()),
    })
}

fn summary(told: view::Profile<'_>) -> Option<ProfileSummary> {
    Some(ProfileSummary {
        id: told.id()?,
        inferred: told.inferred(),
        name: name(told.name()),
        business_name: personal(told.business_name()),
        account_number: personal(told.account_number()),
        phone: phone(told.phone()),
        mail: personal(told.mail()),
        city: personal(told.city()),
        province: personal(told.province()),
    })
}

fn phone(told: view::Phone<'_>) -> Option<Phone> {
    Some(Phone {
        r#use: told.usage(),
        text: told.text()?.into(),
        number: told.number(),
    })
}

fn address(told: view::Address<'_>) -> Option<Address> {
    told.0.is_object().then(|| Address {
        name: personal(told.name()),
        lines: personals(told.lines()),
        city: personal(told.city()),
        county: personal(told.county()),
        state: personal(told.state()),
        province: personal(told.province()),
        country: personal(told.country()),
        postal_code: personal(told.postal_code()),
    })
}

fn order(told: view::Order<'_>) -> Option<Order> {
    let id = |id: Option<String>| Some(OrderId::from(id?.as_str()));
    Some(Order {
        id: id(told.id())?,
        kind: told.kind(),
        payment: told.payment(),
        fulfilment: told.fulfilment(),
        detailed: told.detailed(),
        relation: told.relation(),
        draft: id(told.draft().id()).map(|id| DraftOrigin {
            id,
            name: personal(told.draft().name()),
            created: told.draft().created(),
        }),
        shop_id: personal(told.shop_id()),
        name: personal(told.name()),
        created: told.created(),
        updated: told.updated(),
        processed: told.processed(),
        closed: told.closed(),
        cancelled: told.cancelled(),
        cancel_reason: personal(told.cancel_reason()),
        currency: told.currency().unwrap_or_default().into(),
        total: told.total().as_ref().and_then(money),
        tax: told.tax().as_ref().and_then(money),
        discounts: told.discounts().as_ref().and_then(money),
        items_total: told.items_total().as_ref().and_then(money),
        shipping: told.shipping().as_ref().and_then(money),
        tip: told.tip().as_ref().and_then(money),
        outstanding: told.outstanding().as_ref().and_then(money),
        items: told.items().map(item).collect(),
        shipments: told.shipments().map(shipment).collect(),
        refunds: told
            .refunds()
            .map(|refund| Refund {
                at: refund.at(),
                amount: refund.amount().as_ref().and_then(money),
                note: personal(refund.note()),
            })
            .collect(),
        shipping_address: address(told.shipping_address()),
        billing_address: address(told.billing_address()),
        mail: personal(told.mail()),
        phone: personal(told.phone()),
        memo: personal(told.memo()),
        gateway: personal(told.gateway()),
        card_company: personal(told.card_company()),
        card_number: personal(told.card_number()),
        status_url: told.status_url(),
        attributes: attributes(told.attributes()),
        losses: losses(told.losses()),
    })
}

fn item(told: view::Item<'_>) -> LineItem {
    LineItem {
        title: personal(told.title()),
        variant: personal(told.variant()),
        sku: personal(told.sku()),
        quantity: told.quantity(),
        current_quantity: told.current_quantity(),
        price: told.price().as_ref().and_then(money),
        fulfilment: told.fulfilment(),
    }
}

fn shipment(told: view::Shipment<'_>) -> Shipment {
    Shipment {
        status: told.status(),
        cancelled: told.cancelled(),
        company: personal(told.company()),
        trackings: told
            .trackings()
            .map(|tracking| Tracking {
                number: personal(tracking.number()),
                url: tracking.url(),
            })
            .collect(),
        created: told.created(),
        updated: told.updated(),
    }
}

fn totals(told: view::Totals<'_>) -> Option<Totals> {
    told.0.is_object().then(|| Totals {
        sums: told
            .sums()
            .filter_map(|sum| {
                Some(CurrencyTotal {
                    orders: sum.orders()?,
                    sum: money(&sum.sum()?)?,
                })
            })
            .collect(),
        not_summed: told
            .not_summed()
            .filter_map(|order| {
                Some(NotSummed {
                    order: OrderId::from(order.order()?.as_str()),
                    why: order.why(),
                })
            })
            .collect(),
    })
}

fn past_contact(told: view::PastContact<'_>) -> Option<PastContact> {
    Some(PastContact {
        id: told.id()?.as_str().into(),
        channel: told.channel(),
        initiation: told.initiation(),
        started: told.started(),
        connected: told.connected(),
        ended: told.ended(),
        agent: personal(told.agent()),
        talk_seconds: told.talk_seconds(),
        queue: personal(told.queue()),
        disconnect_reason: personal(told.disconnect_reason()),
        attributes: attributes(told.attributes()),
        losses: losses(told.losses()),
    })
}

fn calculated(told: view::Calculated<'_>) -> Option<CalculatedAttribute> {
    Some(CalculatedAttribute {
        name: told.name()?.into(),
        display_name: personal(told.display_name()),
        value: told.value()?.into(),
        partial: told.partial(),
        last_object: told.last_object(),
    })
}

fn error(told: view::Refusal<'_>) -> Option<ApiError> {
    Some(ApiError {
        code: told.code()?,
        request_id: told.request_id(),
        retry_after_ms: told.retry_after_ms(),
    })
}

/// What is an amount to the eye is one to whoever adds it up.
fn money(amount: &Amount) -> Option<Money> {
    Money::parse(&amount.decimal, Currency::from_code(&amount.currency)).ok()
}
