//! Reads answers member by member, for the desk.
//!
//! `Deserialize` fails as a whole, and what it takes to say why weighs more in a browser than all
//! else that reads here (ADR 0004). This reader says nothing: a member that is strange is as one
//! that is absent, and what means nothing without it is left out and named among the losses, so that
//! one bad order hides no other. Of what the proxy writes it reads the very same as `Deserialize`
//! (`tests/reading.rs`).

mod json;

use chrono::{DateTime, NaiveDate, Utc};

use self::json::Json;
use crate::{
    Address, ApiError, Attribute, CalculatedAttribute, CalculatedPart, Caller, ContactPart,
    ContactsPart, Currency, CurrencyTotal, CustomerPart, DraftOrigin, DraftRelation, EndPart,
    ErrorBody, FulfilmentStatus, LineItem, Loss, LossReason, Mail, Match, MatchReason, Money,
    NotSummed, Order, OrderId, OrdersPart, PartyType, PastContact, PersonName, Personal, Phone,
    PhoneNumber, ProblemPart, Profile, ProfileAddress, ProfileId, ProfileSummary, ProfilesPart,
    Refund, SearchResult, SearchResults, Shipment, ShopTime, Totals, Tracking, WebUrl,
};

/// Some text is no JSON, or not of the kind that it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an answer")]
pub struct Unreadable;

impl CustomerPart {
    /// Reads one line of an answer.
    ///
    /// # Errors
    ///
    /// [`Unreadable`]: it is no JSON, no part, or a part of nobody knows whom.
    pub fn read(line: &str) -> Result<Self, Unreadable> {
        Json::parse(line).as_ref().and_then(part).ok_or(Unreadable)
    }
}

impl SearchResults {
    /// Reads a whole answer.
    ///
    /// # Errors
    ///
    /// [`Unreadable`]: it is no JSON, or does not say how the search went.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let json = Json::parse(body).ok_or(Unreadable)?;
        Ok(Self {
            outcome: json.member("outcome").text().ok_or(Unreadable)?.into(),
            results: json.list("results", &mut Vec::new(), |json| {
                Some(SearchResult {
                    profile: summary(json.member("profile"))?,
                    why: json.list("why", &mut Vec::new(), reason),
                })
            }),
            next: json.member("next").text(),
        })
    }
}

impl ErrorBody {
    /// Reads the body of a refusal.
    ///
    /// # Errors
    ///
    /// [`Unreadable`]: it is no JSON, or names no error.
    pub fn read(body: &str) -> Result<Self, Unreadable> {
        let json = Json::parse(body).ok_or(Unreadable)?;
        let error = error(json.member("error")).ok_or(Unreadable)?;
        Ok(Self { error })
    }
}

// Of members. Each is compiled once: they are called a hundred times.

impl Json<'_> {
    #[inline(never)]
    fn personal(&self, name: &str) -> Option<Personal> {
        self.member(name).text().map(Personal::from)
    }

    /// A word of a list that somebody may lengthen. Most lists have this one for its absence.
    #[inline(never)]
    fn kind(&self, name: &str) -> String {
        let word = self.member(name).text();
        word.unwrap_or_else(|| "unstated".to_owned())
    }

    fn flag(&self, name: &str) -> bool {
        self.member(name).word() == "true"
    }

    #[inline(never)]
    fn count(&self, name: &str) -> Option<u32> {
        self.member(name).word().parse().ok()
    }

    #[inline(never)]
    fn instant(&self, name: &str) -> Option<DateTime<Utc>> {
        instant(&self.member(name).text()?)
    }

    #[inline(never)]
    fn shop_time(&self, name: &str) -> Option<ShopTime> {
        let json = self.member(name);
        Some(ShopTime {
            at: json.instant("at")?,
            offset_minutes: json.member("offset_minutes").word().parse().ok()?,
        })
    }

    #[inline(never)]
    fn money(&self, name: &str) -> Option<Money> {
        let json = self.member(name);
        let currency = Currency::from_code(&json.member("currency").text()?);
        Money::parse(&json.member("amount").text()?, currency).ok()
    }

    fn url(&self, name: &str) -> Option<WebUrl> {
        WebUrl::parse(&self.member(name).text()?).ok()
    }

    #[inline(never)]
    fn profile_id(&self, name: &str) -> Option<ProfileId> {
        ProfileId::parse(&self.member(name).text()?).ok()
    }

    #[inline(never)]
    fn personals(&self, name: &str) -> Vec<Personal> {
        let items = self.member(name).items();
        let texts = items.filter_map(|(_, item)| item.text());
        texts.map(Personal::from).collect()
    }

    /// What can be read of a list; what cannot is among the losses.
    fn list<T>(
        &self,
        name: &str,
        losses: &mut Vec<Loss>,
        read: fn(&Json<'_>) -> Option<T>,
    ) -> Vec<T> {
        let mut list = Vec::new();
        for (at, (_, item)) in self.member(name).items().enumerate() {
            match Some(item).filter(|item| item.is_object()).and_then(read) {
                Some(item) => list.push(item),
                None => losses.push(lost(name, at, item)),
            }
        }
        list
    }

    fn is_object(&self) -> bool {
        matches!(self, Json::Object(_))
    }

    #[inline(never)]
    fn losses(&self) -> Vec<Loss> {
        self.list("losses", &mut Vec::new(), |json| {
            Some(Loss {
                at: json.member("at").text()?,
                why: json.kind("why").into(),
            })
        })
    }

    #[inline(never)]
    fn attributes(&self, losses: &mut Vec<Loss>) -> Vec<Attribute> {
        self.list("attributes", losses, |json| {
            Some(Attribute {
                name: json.personal("name")?,
                value: json.personal("value")?,
            })
        })
    }

    #[inline(never)]
    fn address(&self, name: &str) -> Option<Address> {
        let json = self.member(name);
        json.is_object().then(|| Address {
            name: json.personal("name"),
            lines: json.personals("lines"),
            city: json.personal("city"),
            county: json.personal("county"),
            state: json.personal("state"),
            province: json.personal("province"),
            country: json.personal("country"),
            postal_code: json.personal("postal_code"),
        })
    }

    #[inline(never)]
    fn person_name(&self) -> PersonName {
        let json = self.member("name");
        PersonName {
            family: json.personal("family"),
            given: json.personal("given"),
            middle: json.personal("middle"),
        }
    }
}

/// Names a value that was left out of a list.
#[inline(never)]
fn lost(name: &str, at: usize, item: &Json<'_>) -> Loss {
    Loss {
        at: [name, "[", &at.to_string(), "]"].concat(),
        why: if item.is_object() {
            LossReason::Missing
        } else {
            LossReason::WrongType
        },
    }
}

/// An instant in the wire's one form, `2026-10-25T02:06:13.000Z`.
fn instant(text: &str) -> Option<DateTime<Utc>> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let mut numbers = date.split('-').chain(time.split([':', '.']));
    let mut number = || numbers.next()?.parse().ok();
    let year = i32::try_from(number()?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number()?, number()?)?;
    let time = day.and_hms_milli_opt(number()?, number()?, number()?, number()?)?;
    numbers.next().is_none().then(|| time.and_utc())
}

fn part(json: &Json<'_>) -> Option<CustomerPart> {
    let mut losses = json.losses();
    Some(match &*json.member("part").text()? {
        "contact" => CustomerPart::Contact(ContactPart {
            contact_id: json.member("contact_id").text()?.into(),
            caller: caller(json.member("caller")),
            attributes: json.attributes(&mut losses),
        }),
        "profiles" => CustomerPart::Profiles(ProfilesPart {
            kind: json.kind("kind").into(),
            matches: json.list("matches", &mut losses, |json| {
                Some(Match {
                    profile: profile(json.member("profile"))?,
                    why: json.list("why", &mut Vec::new(), reason),
                })
            }),
            more: json.flag("more"),
            losses,
        }),
        "orders" => CustomerPart::Orders(OrdersPart {
            profile: json.profile_id("profile")?,
            complete: json.flag("complete"),
            orders: json.list("orders", &mut losses, order),
            totals: totals(json.member("totals"), &mut losses),
            cut: json.flag("cut"),
            detailed: json.flag("detailed"),
            losses,
        }),
        "contacts" => CustomerPart::Contacts(ContactsPart {
            profile: json.profile_id("profile")?,
            contacts: json.list("contacts", &mut losses, past_contact),
            cut: json.flag("cut"),
            losses,
        }),
        "calculated" => CustomerPart::Calculated(CalculatedPart {
            profile: json.profile_id("profile")?,
            attributes: json.list("attributes", &mut losses, calculated),
            losses,
        }),
        "problem" => CustomerPart::Problem(ProblemPart {
            about: json.kind("about").into(),
            profile: json.profile_id("profile"),
            error: error(json.member("error"))?,
        }),
        "end" => CustomerPart::End(EndPart {}),
        _ => CustomerPart::Unknown,
    })
}

fn caller(json: &Json<'_>) -> Caller {
    let known = match &*json.kind("kind") {
        "number" => {
            let number = json.member("number").text();
            let number = number.and_then(|text| PhoneNumber::parse(&text).ok());
            number.map(|number| Caller::Number { number })
        }
        "address" => {
            let address = json.personal("address");
            address.map(|address| Caller::Address { address })
        }
        "withheld" => Some(Caller::Withheld),
        _ => None,
    };
    known.unwrap_or(Caller::Unknown)
}

fn reason(json: &Json<'_>) -> Option<MatchReason> {
    Some(MatchReason {
        by: json.member("by").text()?.into(),
        values: json.personals("values"),
    })
}

fn profile(json: &Json<'_>) -> Option<Profile> {
    let mut losses = json.losses();
    Some(Profile {
        id: json.profile_id("id")?,
        inferred: json.flag("inferred"),
        name: json.person_name(),
        business_name: json.personal("business_name"),
        party_type: json.member("party_type").text().map(PartyType::from),
        account_number: json.personal("account_number"),
        birth_date: json.personal("birth_date"),
        gender: json.personal("gender"),
        memo: json.personal("memo"),
        phones: json.list("phones", &mut losses, phone),
        mails: json.list("mails", &mut losses, |json| {
            Some(Mail {
                r#use: json.kind("use").into(),
                address: json.personal("address")?,
            })
        }),
        addresses: json.list("addresses", &mut losses, |json| {
            Some(ProfileAddress {
                r#use: json.kind("use").into(),
                address: json.address("address")?,
            })
        }),
        attributes: json.attributes(&mut losses),
        losses,
    })
}

fn summary(json: &Json<'_>) -> Option<ProfileSummary> {
    Some(ProfileSummary {
        id: json.profile_id("id")?,
        inferred: json.flag("inferred"),
        name: json.person_name(),
        business_name: json.personal("business_name"),
        account_number: json.personal("account_number"),
        phone: phone(json.member("phone")),
        mail: json.personal("mail"),
        city: json.personal("city"),
        province: json.personal("province"),
    })
}

fn phone(json: &Json<'_>) -> Option<Phone> {
    let number = json.member("number").text();
    Some(Phone {
        r#use: json.kind("use").into(),
        text: json.personal("text")?,
        number: number.and_then(|text| PhoneNumber::parse(&text).ok()),
    })
}

fn order(json: &Json<'_>) -> Option<Order> {
    let id = |json: &Json<'_>| Some(OrderId::from(&*json.member("id").text()?));
    let mut losses = json.losses();
    let draft = json.member("draft");
    Some(Order {
        id: id(json)?,
        kind: json.kind("kind").into(),
        payment: json.kind("payment").into(),
        fulfilment: json.kind("fulfilment").into(),
        detailed: json.flag("detailed"),
        relation: json.member("relation").text().map(DraftRelation::from),
        draft: id(draft).map(|id| DraftOrigin {
            id,
            name: draft.personal("name"),
            created: draft.shop_time("created"),
        }),
        shop_id: json.personal("shop_id"),
        name: json.personal("name"),
        created: json.shop_time("created"),
        updated: json.shop_time("updated"),
        processed: json.shop_time("processed"),
        closed: json.shop_time("closed"),
        cancelled: json.shop_time("cancelled"),
        cancel_reason: json.personal("cancel_reason"),
        currency: json.member("currency").text().unwrap_or_default().into(),
        total: json.money("total"),
        tax: json.money("tax"),
        discounts: json.money("discounts"),
        items_total: json.money("items_total"),
        shipping: json.money("shipping"),
        tip: json.money("tip"),
        outstanding: json.money("outstanding"),
        items: json.list("items", &mut losses, |json| Some(line_item(json))),
        shipments: json.list("shipments", &mut losses, |json| Some(shipment(json))),
        refunds: json.list("refunds", &mut losses, |json| {
            Some(Refund {
                at: json.shop_time("at"),
                amount: json.money("amount"),
                note: json.personal("note"),
            })
        }),
        shipping_address: json.address("shipping_address"),
        billing_address: json.address("billing_address"),
        mail: json.personal("mail"),
        phone: json.personal("phone"),
        memo: json.personal("memo"),
        gateway: json.personal("gateway"),
        card_company: json.personal("card_company"),
        card_number: json.personal("card_number"),
        status_url: json.url("status_url"),
        attributes: json.attributes(&mut losses),
        losses,
    })
}

fn line_item(json: &Json<'_>) -> LineItem {
    let fulfilment = json.member("fulfilment").text();
    LineItem {
        title: json.personal("title"),
        variant: json.personal("variant"),
        sku: json.personal("sku"),
        quantity: json.count("quantity"),
        current_quantity: json.count("current_quantity"),
        price: json.money("price"),
        fulfilment: fulfilment.map(FulfilmentStatus::from),
    }
}

fn shipment(json: &Json<'_>) -> Shipment {
    Shipment {
        status: json.kind("status").into(),
        cancelled: json.flag("cancelled"),
        company: json.personal("company"),
        trackings: json.list("trackings", &mut Vec::new(), |json| {
            Some(Tracking {
                number: json.personal("number"),
                url: json.url("url"),
            })
        }),
        created: json.shop_time("created"),
        updated: json.shop_time("updated"),
    }
}

/// All or none of them: some of the sums would be taken for all.
fn totals(json: &Json<'_>, losses: &mut Vec<Loss>) -> Option<Totals> {
    let before = losses.len();
    let totals = Totals {
        sums: json.list("sums", losses, |json| {
            Some(CurrencyTotal {
                orders: json.count("orders")?,
                sum: json.money("sum")?,
            })
        }),
        not_summed: json.list("not_summed", losses, |json| {
            Some(NotSummed {
                order: OrderId::from(&*json.member("order").text()?),
                why: json.kind("why").into(),
            })
        }),
    };
    (json.is_object() && losses.len() == before).then_some(totals)
}

fn past_contact(json: &Json<'_>) -> Option<PastContact> {
    let mut losses = json.losses();
    Some(PastContact {
        id: json.member("id").text()?.into(),
        channel: json.kind("channel").into(),
        initiation: json.kind("initiation").into(),
        started: json.instant("started"),
        connected: json.instant("connected"),
        ended: json.instant("ended"),
        agent: json.personal("agent"),
        talk_seconds: json.count("talk_seconds"),
        queue: json.personal("queue"),
        disconnect_reason: json.personal("disconnect_reason"),
        attributes: json.attributes(&mut losses),
        losses,
    })
}

fn calculated(json: &Json<'_>) -> Option<CalculatedAttribute> {
    Some(CalculatedAttribute {
        name: json.personal("name")?,
        display_name: json.personal("display_name"),
        value: json.personal("value")?,
        partial: json.flag("partial"),
        last_object: json.instant("last_object"),
    })
}

fn error(json: &Json<'_>) -> Option<ApiError> {
    Some(ApiError {
        code: json.member("code").text()?.into(),
        request_id: json.member("request_id").text(),
        retry_after_ms: json.count("retry_after_ms"),
    })
}
