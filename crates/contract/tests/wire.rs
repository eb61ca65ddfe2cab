//! Every request and every answer, as it stands on the wire.
//!
//! A changed snapshot is a change of the wire: both sides must be looked at.

#![expect(
    clippy::unnecessary_wraps,
    clippy::unwrap_used,
    reason = "the whole crate is values for tests, of every type there is; most members are optional"
)]

use std::fmt::Debug;

use chrono::DateTime;
use contract::*;
use rstest::rstest;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What stands in every value here that is about a person.
const MARK: &str = "見本";

fn personal(text: &str) -> Option<Personal> {
    Some(format!("{MARK} {text}").as_str().into())
}

fn at(text: &str) -> Option<ShopTime> {
    Some(DateTime::parse_from_rfc3339(text).unwrap().into())
}

fn yen(amount: &str) -> Option<Money> {
    Some(Money::parse(amount, Currency::from_code("JPY")).unwrap())
}

fn profile_id() -> ProfileId {
    ProfileId::parse("0a1b2c3d4e5f60718293a4b5c6d7e8f9").unwrap()
}

fn number() -> PhoneNumber {
    PhoneNumber::parse("+819000000001").unwrap()
}

fn attribute() -> Attribute {
    Attribute {
        name: "rank".into(),
        value: personal("gold").unwrap(),
    }
}

fn loss() -> Loss {
    Loss {
        at: "OrderItems[2].Price".to_owned(),
        why: LossReason::NotANumber,
    }
}

fn address() -> Address {
    Address {
        name: personal("花子"),
        lines: vec![personal("町1-2-3").unwrap()],
        city: personal("市"),
        county: personal("郡"),
        state: personal("州"),
        province: personal("県"),
        country: personal("国"),
        postal_code: personal("001-0024"),
    }
}

fn profile() -> Profile {
    Profile {
        id: profile_id(),
        inferred: false,
        name: PersonName {
            family: personal("family"),
            given: personal("given"),
            middle: personal("middle"),
        },
        business_name: personal("company"),
        party_type: Some(PartyType::Individual),
        account_number: personal("A-1"),
        birth_date: personal("1990-01-01"),
        gender: personal("unspecified"),
        memo: personal("two\nlines"),
        phones: vec![Phone {
            r#use: Use::Main,
            text: personal("090-0000-0001").unwrap(),
            number: Some(number()),
        }],
        mails: vec![Mail {
            r#use: Use::Private,
            address: personal("hanako@example.com").unwrap(),
        }],
        addresses: vec![ProfileAddress {
            r#use: Use::Shipping,
            address: address(),
        }],
        attributes: vec![attribute()],
        losses: vec![loss()],
    }
}

fn inferred() -> Profile {
    Profile {
        inferred: true,
        name: PersonName::default(),
        business_name: None,
        party_type: None,
        account_number: None,
        birth_date: None,
        gender: None,
        memo: None,
        mails: Vec::new(),
        addresses: Vec::new(),
        attributes: Vec::new(),
        losses: Vec::new(),
        ..profile()
    }
}

fn order() -> Order {
    Order {
        id: "360ebe8964fab73553a60189969cc478".into(),
        kind: OrderKind::Placed,
        payment: PaymentStatus::PartiallyRefunded,
        fulfilment: FulfilmentStatus::Partial,
        detailed: true,
        relation: Some(DraftRelation::PossibleDuplicate),
        draft: Some(DraftOrigin {
            id: "59f78a4a8438289df25bf0b0f4449cc5".into(),
            name: personal("#D1"),
            created: at("2026-10-25T11:06:01+09:00"),
        }),
        shop_id: personal("820982911946154508"),
        name: personal("#1001"),
        created: at("2026-10-25T11:06:13+09:00"),
        updated: at("2026-10-25T11:13:56+09:00"),
        processed: at("2026-10-25T11:06:13+09:00"),
        closed: at("2026-10-25T11:13:06+09:00"),
        cancelled: at("2026-10-28T09:00:00+09:00"),
        cancel_reason: personal("customer"),
        currency: Currency::from_code("JPY"),
        total: yen("5500"),
        tax: yen("500"),
        discounts: yen("0"),
        items_total: yen("5000"),
        shipping: yen("0"),
        tip: yen("0"),
        outstanding: yen("0"),
        items: vec![LineItem {
            title: personal("<b>A</b>"),
            variant: personal("red"),
            sku: personal("SYN-A"),
            quantity: Some(2),
            current_quantity: Some(1),
            price: Some(Money::parse("649.975", Currency::from_code("USD")).unwrap()),
            fulfilment: Some(FulfilmentStatus::Fulfilled),
        }],
        shipments: vec![Shipment {
            status: ShipmentStatus::OutForDelivery,
            cancelled: true,
            company: personal("carrier"),
            trackings: vec![Tracking {
                number: personal("1234-5678-9012"),
                url: Some(WebUrl::parse("https://carrier.example/?見本").unwrap()),
            }],
            created: at("2026-10-26T11:06:13+09:00"),
            updated: at("2026-10-27T11:06:13+09:00"),
        }],
        refunds: vec![Refund {
            at: at("2026-10-28T09:00:00+09:00"),
            amount: yen("500"),
            note: personal("broken"),
        }],
        shipping_address: Some(address()),
        billing_address: Some(Address::default()),
        mail: personal("hanako@example.com"),
        phone: personal("+819000000001"),
        memo: personal("gift"),
        gateway: personal("manual"),
        card_company: personal("card"),
        card_number: personal("1234"),
        status_url: Some(WebUrl::parse("https://shop.example/1?key=見本").unwrap()),
        attributes: vec![attribute()],
        losses: vec![loss()],
    }
}

fn past_contact() -> PastContact {
    let time = |text| Some(DateTime::parse_from_rfc3339(text).unwrap().to_utc());
    PastContact {
        id: "aaaaaaaa-0000-4000-8000-000000000001".into(),
        channel: Channel::Voice,
        initiation: Initiation::Callback,
        started: time("2026-10-30T01:02:03Z"),
        connected: time("2026-10-30T01:02:20Z"),
        ended: time("2026-10-30T01:09:33Z"),
        agent: personal("agent.demo"),
        talk_seconds: Some(430),
        queue: personal("BasicQueue"),
        disconnect_reason: personal("CUSTOMER_DISCONNECT"),
        attributes: vec![attribute()],
        losses: vec![loss()],
    }
}

fn why() -> Vec<MatchReason> {
    vec![
        MatchReason {
            by: MatchKey::Phone,
            values: vec![personal("+819000000001").unwrap()],
        },
        MatchReason {
            by: "_memberNumber".into(),
            values: Vec::new(),
        },
    ]
}

fn error() -> ApiError {
    ApiError {
        code: ErrorCode::Throttled,
        request_id: Some("0000".to_owned()),
        retry_after_ms: Some(1200),
    }
}

/// Writes the value, and reads it again.
fn wire<T: Serialize + DeserializeOwned + PartialEq + Debug>(name: &str, value: &T) {
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
    assert!(
        !format!("{value:?}").contains(MARK),
        "something of a person's is in {value:?}"
    );
    insta::assert_json_snapshot!(name, value);
}

#[test]
fn screen_pop() {
    let contact_id = "aaaaaaaa-0000-4000-8000-000000000001".into();
    wire("screen_pop", &ScreenPop { contact_id });
}

#[test]
fn open_profile() {
    let profile = profile_id();
    wire("open_profile", &OpenProfile { profile });
}

#[test]
fn search() {
    let request = Search {
        by: SearchBy::OrderName,
        value: personal("#1001").unwrap(),
        next: Some("b3BhcXVl".to_owned()),
    };
    wire("search", &request);
    let results = SearchResults {
        outcome: SearchOutcome::Searched,
        results: vec![SearchResult {
            profile: profile().summary(),
            why: why(),
        }],
        next: Some("b3BhcXVl".to_owned()),
    };
    wire("search_results", &results);
}

#[test]
fn link() {
    let request = Link {
        contact_id: "aaaaaaaa-0000-4000-8000-000000000001".into(),
        profile: profile_id(),
    };
    wire("link", &request);
    wire("linked", &Linked {});
}

#[test]
fn health() {
    wire("health", &Health {});
    let healthy = Healthy {
        version: "0.1.0".to_owned(),
        may_search: true,
    };
    wire("healthy", &healthy);
}

#[test]
fn error_body() {
    wire("error", &ErrorBody { error: error() });
}

#[rstest]
#[case::number("contact", Caller::Number { number: number() })]
#[case::address("contact_of_an_address", Caller::Address { address: personal("sip:x").unwrap() })]
#[case::withheld("contact_withheld", Caller::Withheld)]
fn contact_part(#[case] name: &str, #[case] caller: Caller) {
    let part = CustomerPart::Contact(ContactPart {
        contact_id: "aaaaaaaa-0000-4000-8000-000000000001".into(),
        caller,
        attributes: vec![attribute()],
    });
    wire(name, &part);
}

#[rstest]
#[case::none("profiles_none", MatchKind::None, vec![])]
#[case::withheld("profiles_withheld", MatchKind::Withheld, vec![])]
#[case::inferred("profiles_inferred", MatchKind::Inferred, vec![inferred()])]
#[case::one("profiles_one", MatchKind::One, vec![profile()])]
#[case::many("profiles_many", MatchKind::Many, vec![profile(), inferred()])]
fn profiles_part(#[case] name: &str, #[case] kind: MatchKind, #[case] profiles: Vec<Profile>) {
    let with_reasons = |profile| Match {
        profile,
        why: why(),
    };
    let part = CustomerPart::Profiles(ProfilesPart {
        more: kind == MatchKind::Many,
        kind,
        matches: profiles.into_iter().map(with_reasons).collect(),
        losses: Vec::new(),
    });
    wire(name, &part);
}

#[test]
fn orders_part() {
    let part = CustomerPart::Orders(OrdersPart {
        profile: profile_id(),
        complete: true,
        orders: vec![order()],
        totals: Some(Totals {
            sums: vec![CurrencyTotal {
                orders: 1,
                sum: yen("5000").unwrap(),
            }],
            not_summed: vec![NotSummed {
                order: "360ebe8964fab73553a60189969cc478".into(),
                why: NotSummedReason::RefundUnknown,
            }],
        }),
        cut: true,
        detailed: true,
        losses: vec![loss()],
    });
    wire("orders", &part);
}

#[test]
fn contacts_part() {
    let part = CustomerPart::Contacts(ContactsPart {
        profile: profile_id(),
        contacts: vec![past_contact()],
        cut: true,
        losses: vec![loss()],
    });
    wire("contacts", &part);
}

#[test]
fn calculated_part() {
    let part = CustomerPart::Calculated(CalculatedPart {
        profile: profile_id(),
        attributes: vec![CalculatedAttribute {
            name: "_calls_count".into(),
            display_name: personal("Calls count"),
            value: "4".into(),
            partial: true,
            last_object: Some(DateTime::from_timestamp(1_793_322_573, 0).unwrap()),
        }],
        losses: vec![loss()],
    });
    wire("calculated", &part);
}

#[test]
fn problem_and_end_parts() {
    let problem = CustomerPart::Problem(ProblemPart {
        about: PartName::Orders,
        profile: Some(profile_id()),
        error: error(),
    });
    wire("problem", &problem);
    wire("end", &CustomerPart::End(EndPart {}));
}

#[rstest]
#[case::screen_pop(serde_json::from_str::<ScreenPop>(r#"{"contact_id":"c","phone":"+81"}"#).is_err())]
#[case::search(serde_json::from_str::<Search>(r#"{"by":"mail","value":"a","x":1}"#).is_err())]
#[case::search_by(serde_json::from_str::<Search>(r#"{"by":"memo","value":"a"}"#).is_err())]
#[case::health(serde_json::from_str::<Health>(r#"{"x":1}"#).is_err())]
#[case::twice(serde_json::from_str::<ScreenPop>(r#"{"contact_id":"a","contact_id":"b"}"#).is_err())]
fn a_request_of_another_version_is_refused(#[case] refused: bool) {
    assert!(refused);
}

#[test]
fn an_answer_of_a_later_version_is_read() {
    let end = r#"{"part":"end","took_ms":3}"#;
    assert_eq!(
        serde_json::from_str::<CustomerPart>(end).unwrap(),
        CustomerPart::End(EndPart {})
    );
    let part = r#"{"part":"loyalty","points":3}"#;
    assert_eq!(
        serde_json::from_str::<CustomerPart>(part).unwrap(),
        CustomerPart::Unknown
    );
    let caller = r#"{"kind":"whatsapp","handle":"x"}"#;
    assert_eq!(
        serde_json::from_str::<Caller>(caller).unwrap(),
        Caller::Unknown
    );
}

#[test]
fn an_unknown_word_stays_readable() {
    let status: PaymentStatus = serde_json::from_str(r#""konbini_wait""#).unwrap();
    assert_eq!(status.as_str(), "konbini_wait");
    assert_eq!(serde_json::to_string(&status).unwrap(), r#""konbini_wait""#);
}
