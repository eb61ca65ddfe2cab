//! Customers: whom the proxy is asked about, what its answers make of the screen, and what stays.

use std::collections::BTreeMap;

use contract::{
    ApiError, ContactPart, ContactsPart, CustomerPart, EndPart, ErrorCode, FulfilmentStatus, Match,
    MatchKey, MatchKind, MatchReason, Order, OrderKind, OrdersPart, PartName, PaymentStatus,
    PersonName, ProblemPart, Profile, ProfileId, ProfilesPart, SearchBy, SearchOutcome,
    SearchResult, SearchResults, Told,
};
use desk::{
    Access, Answer, Caller, Candidate, Command, CustomerCommand, Effect, Identity, Input,
    InquiryError, InquiryId, Link, Lookup, Question, Role, ScreenPop, Tie,
};
use proptest::{
    collection::vec,
    prelude::*,
    sample::select,
    test_runner::{Config, FileFailurePersistence},
};
use rstest::rstest;

use crate::support::{Page, at, contact, id, idle, number, snapshot};

fn profile_id(which: u8) -> ProfileId {
    ProfileId::parse(&format!("{which:032x}")).unwrap()
}

fn found(which: u8) -> Match {
    Match {
        profile: Profile {
            id: profile_id(which),
            inferred: false,
            name: PersonName {
                family: Some(format!("顧客{which}").into()),
                ..PersonName::default()
            },
            business_name: None,
            party_type: None,
            account_number: None,
            birth_date: None,
            gender: None,
            memo: None,
            phones: Vec::new(),
            mails: Vec::new(),
            addresses: Vec::new(),
            attributes: Vec::new(),
            losses: Vec::new(),
        },
        why: vec![MatchReason {
            by: MatchKey::Phone,
            values: Vec::new(),
        }],
    }
}

fn contact_part(of: &str) -> CustomerPart {
    CustomerPart::Contact(ContactPart {
        contact_id: id(of),
        caller: contract::Caller::Number {
            number: number("+819012345678"),
        },
        attributes: Vec::new(),
    })
}

fn profiles(kind: MatchKind, who: &[u8]) -> CustomerPart {
    CustomerPart::Profiles(ProfilesPart {
        kind,
        matches: who.iter().map(|which| found(*which)).collect(),
        more: false,
        losses: Vec::new(),
    })
}

fn order(name: &str) -> Order {
    Order {
        id: name.into(),
        kind: OrderKind::Placed,
        payment: PaymentStatus::Paid,
        fulfilment: FulfilmentStatus::Fulfilled,
        detailed: false,
        relation: None,
        draft: None,
        shop_id: None,
        name: Some(name.into()),
        created: None,
        updated: None,
        processed: None,
        closed: None,
        cancelled: None,
        cancel_reason: None,
        currency: "JPY".to_owned().into(),
        total: None,
        tax: None,
        discounts: None,
        items_total: None,
        shipping: None,
        tip: None,
        outstanding: None,
        items: Vec::new(),
        shipments: Vec::new(),
        refunds: Vec::new(),
        shipping_address: None,
        billing_address: None,
        mail: None,
        phone: None,
        memo: None,
        gateway: None,
        card_company: None,
        card_number: None,
        status_url: None,
        attributes: Vec::new(),
        losses: Vec::new(),
    }
}

fn orders(of: u8, complete: bool, names: &[&str]) -> CustomerPart {
    CustomerPart::Orders(OrdersPart {
        profile: profile_id(of),
        complete,
        orders: names.iter().map(|name| order(name)).collect(),
        totals: None,
        cut: false,
        detailed: false,
        losses: Vec::new(),
    })
}

fn contacts(of: u8) -> CustomerPart {
    CustomerPart::Contacts(ContactsPart {
        profile: profile_id(of),
        contacts: Vec::new(),
        cut: false,
        losses: Vec::new(),
    })
}

fn refused(code: ErrorCode) -> InquiryError {
    InquiryError::Refused(ApiError {
        code,
        request_id: None,
        retry_after_ms: None,
    })
}

/// What was asked of the proxy, in order.
fn asked(effects: &[Effect]) -> Vec<(InquiryId, Question)> {
    let inquiry = |effect: &Effect| match effect {
        Effect::Inquire { id, question } => Some((*id, (**question).clone())),
        _ => None,
    };
    effects.iter().filter_map(inquiry).collect()
}

fn abandoned(effects: &[Effect]) -> Vec<InquiryId> {
    let abandoned = |effect: &Effect| match effect {
        Effect::Abandon(id) => Some(*id),
        _ => None,
    };
    effects.iter().filter_map(abandoned).collect()
}

fn signed_in() -> Page {
    let mut page = Page::open();
    page.give(Input::Access(Access::SignedIn));
    page
}

fn rings(page: &mut Page, contact_id: &str, second: i64) -> Vec<Effect> {
    page.tell(snapshot(
        at(second),
        "PendingBusy",
        [contact(contact_id).ringing(at(second))],
    ))
}

/// A page in which a call rings, and the number of the question about it.
fn ringing() -> (Page, InquiryId) {
    let mut page = signed_in();
    let effects = rings(&mut page, "c", 1);
    let [(id, _)] = asked(&effects)[..] else {
        panic!("one question: {effects:?}");
    };
    (page, id)
}

/// A value as the proxy sends it.
fn sent(value: &impl serde::Serialize) -> Told {
    Told::parse(&serde_json::to_string(value).unwrap()).unwrap()
}

fn told(page: &mut Page, id: InquiryId, part: &CustomerPart) -> Vec<Effect> {
    page.give(Input::Answered {
        id,
        answer: Answer::Part(sent(part)),
    })
}

fn fails(page: &mut Page, id: InquiryId, error: InquiryError) -> Vec<Effect> {
    page.give(Input::Answered {
        id,
        answer: Answer::Failed(error),
    })
}

/// All of an answer about a contact of one customer.
fn told_all(page: &mut Page, id: InquiryId) -> Vec<Effect> {
    let mut effects = Vec::new();
    for part in [
        contact_part("c"),
        profiles(MatchKind::One, &[1]),
        orders(1, true, &["#2", "#1"]),
        contacts(1),
        CustomerPart::End(EndPart {}),
    ] {
        effects.extend(told(page, id, &part));
    }
    effects.extend(page.give(Input::Answered {
        id,
        answer: Answer::Closed,
    }));
    effects
}

fn name(page: &Page) -> Option<String> {
    let customer = page.desk.customer_in_front()?.customer()?;
    customer.profile().name().family()
}

fn order_names(page: &Page) -> Vec<String> {
    let customer = page.desk.customer_in_front().and_then(|pop| pop.customer());
    let known = customer.and_then(|customer| customer.orders.known.as_ref());
    let orders = known.into_iter().flat_map(desk::Orders::iter);
    orders.filter_map(contract::view::Order::id).collect()
}

#[test]
fn a_ring_is_asked_about_once() {
    let mut page = signed_in();
    let question = Question::Contact(id("c"));
    let first = asked(&rings(&mut page, "c", 1));
    assert_eq!(first.len(), 1);
    assert_eq!(first[0].1, question);
    let again = rings(&mut page, "c", 2);
    assert!(asked(&again).is_empty());
    assert_eq!(
        page.desk.customer_in_front().unwrap().identity(),
        Identity::Searching
    );
}

#[test]
fn a_second_ring_is_asked_about_too_and_takes_no_place() {
    let (mut page, first) = ringing();
    told_all(&mut page, first);
    let both = [
        contact("c").connected(at(3)),
        contact("d").from("+81312345678").ringing(at(4)),
    ];
    let effects = page.tell(snapshot(at(4), "Busy", both));
    assert_eq!(asked(&effects)[0].1, Question::Contact(id("d")));
    assert_eq!(name(&page).as_deref(), Some("顧客1"));
}

#[test]
fn the_only_customer_is_shown_and_tied_by_itself_and_once() {
    let (mut page, first) = ringing();
    let effects = told_all(&mut page, first);
    assert_eq!(name(&page).as_deref(), Some("顧客1"));
    assert_eq!(order_names(&page), ["#2", "#1"]);
    let links = asked(&effects);
    let link = Question::Link {
        contact: id("c"),
        profile: profile_id(1),
    };
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].1, link);
    page.give(Input::Answered {
        id: links[0].0,
        answer: Answer::Linked,
    });
    assert_eq!(page.desk.customer_in_front().unwrap().tie, Tie::Tied);
}

#[test]
fn a_contact_that_is_tied_already_is_not_tied_again() {
    let (mut page, first) = ringing();
    let mut by_contact = found(1);
    by_contact.why[0].by = MatchKey::Contact;
    let part = CustomerPart::Profiles(ProfilesPart {
        kind: MatchKind::One,
        matches: vec![by_contact],
        more: false,
        losses: Vec::new(),
    });
    assert!(asked(&told(&mut page, first, &part)).is_empty());
    assert_eq!(page.desk.customer_in_front().unwrap().tie, Tie::Tied);
}

#[test]
fn of_several_nobody_is_taken_before_the_agent_chooses() {
    let (mut page, first) = ringing();
    let effects = told(&mut page, first, &profiles(MatchKind::Many, &[1, 2]));
    assert!(asked(&effects).is_empty());
    assert_eq!(
        page.desk.customer_in_front().unwrap().identity(),
        Identity::Ambiguous
    );
    let choose = |whom| Command::Customer(CustomerCommand::Choose(id("c"), whom));
    let effects = page.command(choose(Some(profile_id(2))));
    assert_eq!(name(&page).as_deref(), Some("顧客2"));
    assert!(matches!(asked(&effects)[..], [(_, Question::Link { .. })]));
    // What is told later leaves the choice alone.
    told(&mut page, first, &profiles(MatchKind::Many, &[2, 1]));
    assert_eq!(name(&page).as_deref(), Some("顧客2"));
    page.command(choose(None));
    assert_eq!(
        page.desk.customer_in_front().unwrap().identity(),
        Identity::Ambiguous
    );
}

#[rstest]
#[case::withheld(MatchKind::Withheld, Identity::Anonymous)]
#[case::nobody(MatchKind::None, Identity::NoMatch)]
fn who_is_not_found_is_said_so(#[case] kind: MatchKind, #[case] identity: Identity<'static>) {
    let (mut page, first) = ringing();
    told(&mut page, first, &profiles(kind, &[]));
    assert_eq!(page.desk.customer_in_front().unwrap().identity(), identity);
}

#[test]
fn first_orders_are_shown_until_all_have_come() {
    let (mut page, first) = ringing();
    told(&mut page, first, &profiles(MatchKind::One, &[1]));
    told(&mut page, first, &orders(1, false, &["#1"]));
    told(&mut page, first, &orders(1, false, &["#3"]));
    assert_eq!(order_names(&page), ["#1", "#3"]);
    told(&mut page, first, &orders(1, true, &["#3", "#2", "#1"]));
    assert_eq!(order_names(&page), ["#3", "#2", "#1"]);
    // A page that comes late takes nothing away.
    told(&mut page, first, &orders(1, false, &["#1"]));
    assert_eq!(order_names(&page), ["#3", "#2", "#1"]);
}

#[test]
fn a_part_that_fails_costs_no_other() {
    let (mut page, first) = ringing();
    told(&mut page, first, &profiles(MatchKind::One, &[1]));
    let problem = CustomerPart::Problem(ProblemPart {
        about: PartName::Orders,
        profile: Some(profile_id(1)),
        error: ApiError {
            code: ErrorCode::UpstreamTimeout,
            request_id: None,
            retry_after_ms: None,
        },
    });
    told(&mut page, first, &problem);
    told(&mut page, first, &contacts(1));
    let customer = page.desk.customer_in_front().unwrap().customer().unwrap();
    assert_eq!(
        customer.orders.error,
        Some(refused(ErrorCode::UpstreamTimeout))
    );
    assert!(customer.contacts.known.is_some());
}

#[test]
fn an_answer_that_is_cut_off_says_what_is_missing_and_is_asked_for_again() {
    let (mut page, first) = ringing();
    told(&mut page, first, &profiles(MatchKind::One, &[1]));
    told(&mut page, first, &orders(1, false, &["#1"]));
    page.give(Input::Answered {
        id: first,
        answer: Answer::Closed,
    });
    let customer = page.desk.customer_in_front().unwrap().customer().unwrap();
    assert_eq!(customer.orders.error, Some(InquiryError::Unreachable));
    assert_eq!(customer.contacts.error, Some(InquiryError::Unreachable));
    page.now = page.now.after(2_000);
    assert!(page.desk.is_due(page.now));
    let effects = page.give(Input::TimePassed);
    assert_eq!(asked(&effects)[0].1, Question::Contact(id("c")));
    // What is known stays meanwhile, and is not there twice when it comes again.
    assert_eq!(order_names(&page), ["#1"]);
    let second = asked(&effects)[0].0;
    told(&mut page, second, &profiles(MatchKind::One, &[1]));
    told(&mut page, second, &orders(1, false, &["#1"]));
    told(&mut page, second, &orders(1, false, &["#2"]));
    assert_eq!(order_names(&page), ["#1", "#2"]);
}

#[rstest]
#[case::unreachable(InquiryError::Unreachable, Some(2_000))]
#[case::timeout(InquiryError::Timeout, Some(2_000))]
#[case::upstream(refused(ErrorCode::UpstreamFailed), Some(2_000))]
#[case::throttled(
    InquiryError::Refused(ApiError { code: ErrorCode::Throttled, request_id: None, retry_after_ms: Some(7_000) }),
    Some(7_000)
)]
#[case::not_available(refused(ErrorCode::NotAvailable), None)]
#[case::unreadable(InquiryError::Unreadable, None)]
#[case::another_version(refused(ErrorCode::InvalidRequest), None)]
fn what_fails_is_asked_again_when_that_may_help(
    #[case] error: InquiryError,
    #[case] after: Option<i64>,
) {
    let (mut page, first) = ringing();
    fails(&mut page, first, error.clone());
    assert_eq!(
        page.desk.customer_in_front().unwrap().identity(),
        Identity::Failed(&error)
    );
    let begin = page.now;
    if let Some(after) = after {
        page.now = begin.after(after - 1);
        assert!(asked(&page.give(Input::TimePassed)).is_empty());
        page.now = begin.after(after);
        assert_eq!(asked(&page.give(Input::TimePassed)).len(), 1);
    } else {
        page.now = begin.after(120_000);
        assert!(!page.desk.is_due(page.now));
        assert!(asked(&page.give(Input::TimePassed)).is_empty());
    }
}

#[test]
fn attempts_come_less_often_and_never_end_while_the_call_is_here() {
    let (mut page, mut current) = ringing();
    let mut waits = Vec::new();
    for _ in 0..7 {
        fails(&mut page, current, InquiryError::Unreachable);
        let mut waited = 0;
        current = loop {
            page.now = page.now.after(1_000);
            waited += 1;
            if let [(id, _)] = asked(&page.give(Input::TimePassed))[..] {
                break id;
            }
        };
        waits.push(waited);
    }
    assert_eq!(waits, [2, 4, 8, 16, 30, 30, 30]);
}

#[test]
fn what_was_refused_while_it_rang_is_asked_once_more_when_it_is_answered() {
    let (mut page, first) = ringing();
    fails(&mut page, first, refused(ErrorCode::NotAvailable));
    let talk = |second| snapshot(at(second), "Busy", [contact("c").connected(at(3))]);
    let second = asked(&page.tell(talk(3)));
    assert_eq!(second.len(), 1);
    fails(&mut page, second[0].0, refused(ErrorCode::NotAvailable));
    assert!(asked(&page.tell(talk(5))).is_empty());
}

#[test]
fn nobody_is_asked_about_before_the_agent_has_signed_in() {
    let mut page = Page::open();
    page.give(Input::Access(Access::SignedOut));
    assert!(asked(&rings(&mut page, "c", 1)).is_empty());
    assert_eq!(
        page.desk.customer_in_front().unwrap().identity(),
        Identity::Unasked
    );
    let press = Command::Customer(CustomerCommand::SignIn);
    assert!(page.command(press).contains(&Effect::SignInForCustomers));
    let effects = page.give(Input::Access(Access::SignedIn));
    assert_eq!(asked(&effects)[0].1, Question::Contact(id("c")));
    assert_eq!(
        page.desk.customer_in_front().unwrap().identity(),
        Identity::Searching
    );
}

#[test]
fn a_token_that_is_refused_waits_for_a_new_sign_in() {
    let (mut page, first) = ringing();
    fails(&mut page, first, InquiryError::SignIn);
    page.give(Input::Access(Access::SignedOut));
    page.now = page.now.after(600_000);
    assert!(asked(&page.give(Input::TimePassed)).is_empty());
    let effects = page.give(Input::Access(Access::SignedIn));
    assert_eq!(asked(&effects).len(), 1);
}

#[test]
fn without_customer_data_nothing_is_asked_and_nothing_is_kept() {
    let mut page = Page::open();
    assert!(asked(&rings(&mut page, "c", 1)).is_empty());
    assert!(page.desk.screen_pop(&id("c")).is_none());
}

#[test]
fn a_mirror_asks_about_nobody() {
    let mut page = signed_in();
    page.give(Input::Role(Role::Mirror));
    assert!(asked(&rings(&mut page, "c", 1)).is_empty());
}

#[test]
fn a_page_that_stops_leading_stops_asking() {
    let (mut page, first) = ringing();
    assert_eq!(abandoned(&page.give(Input::Role(Role::Mirror))), [first]);
    let late = told(&mut page, first, &profiles(MatchKind::One, &[1]));
    assert!(asked(&late).is_empty());
    // Nor is anything due, for whoever asks the time.
    page.now = page.now.after(600_000);
    assert!(!page.desk.is_due(page.now));
}

#[test]
fn while_nobody_is_signed_in_to_connect_nothing_changes() {
    let (mut page, first) = ringing();
    told_all(&mut page, first);
    page.give(Input::Link(Link::SignedOut));
    page.give(Input::TimePassed);
    let before = page.desk.revision();
    let effects = page.give(Input::TimePassed);
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(page.desk.revision(), before);
}

#[test]
fn a_search_that_failed_is_made_again_by_a_press() {
    let mut page = signed_in();
    page.tell(idle(at(1)));
    let search = CustomerCommand::Search(SearchBy::Name, "佐藤".into());
    let [(first, _)] = asked(&page.command(Command::Customer(search)))[..] else {
        panic!("one question");
    };
    fails(&mut page, first, InquiryError::Unreachable);
    let outcome = |page: &Page| page.desk.lookup().unwrap().outcome.clone();
    assert_eq!(outcome(&page).error, Some(InquiryError::Unreachable));
    page.now = page.now.after(600_000);
    assert!(asked(&page.give(Input::TimePassed)).is_empty());
    let again = Command::Customer(CustomerCommand::AskAgain);
    let questions = asked(&page.command(again));
    assert!(matches!(questions[..], [(_, Question::Search { .. })]));
    assert!(outcome(&page).is_loading());
}

#[test]
fn whom_the_agent_has_ruled_out_is_not_taken_again() {
    let (mut page, first) = ringing();
    told(&mut page, first, &profiles(MatchKind::One, &[1]));
    page.command(Command::Customer(CustomerCommand::Choose(id("c"), None)));
    let effects = told(&mut page, first, &profiles(MatchKind::One, &[1]));
    assert!(asked(&effects).is_empty());
    let pop = page.desk.customer_in_front().unwrap();
    assert_eq!(pop.identity(), Identity::Ambiguous);
}

#[test]
fn nobody_waits_for_an_answer_about_a_call_that_is_missed_or_gone() {
    let (mut page, first) = ringing();
    let missed = snapshot(at(20), "MissedCallAgent", [contact("c").missed(at(20))]);
    assert_eq!(abandoned(&page.tell(missed)), [first]);
    // Whom the agent looks up beside it is another matter.
    let open = Command::Customer(CustomerCommand::Open(profile_id(3)));
    let opened = asked(&page.command(open));
    assert!(
        matches!(opened[..], [(_, Question::Profile(_))]),
        "no tie: {opened:?}"
    );
    told(&mut page, opened[0].0, &profiles(MatchKind::One, &[3]));
    assert_eq!(name(&page).as_deref(), Some("顧客3"));
    let (mut page, first) = ringing();
    assert_eq!(abandoned(&page.tell(idle(at(20)))), [first]);
    // A late word of it changes nothing.
    let before = page.desk.revision();
    told(&mut page, first, &profiles(MatchKind::One, &[1]));
    assert_eq!(page.desk.revision(), before);
}

#[test]
fn who_calls_again_within_the_hour_is_shown_at_once_and_asked_about_anew() {
    let (mut page, first) = ringing();
    told_all(&mut page, first);
    page.tell(idle(at(30)));
    assert!(page.desk.customer_in_front().is_none());
    let effects = rings(&mut page, "d", 60);
    assert_eq!(name(&page).as_deref(), Some("顧客1"));
    let pop = page.desk.customer_in_front().unwrap();
    assert!(pop.is_old);
    // Not tied before the proxy has said that it is still they.
    let [(second, Question::Contact(_))] = &asked(&effects)[..] else {
        panic!("one question: {effects:?}");
    };
    let effects = told(&mut page, *second, &profiles(MatchKind::One, &[1]));
    assert_eq!(asked(&effects).len(), 1);
    assert_eq!(order_names(&page), ["#2", "#1"]);
    assert!(!page.desk.customer_in_front().unwrap().is_old);
}

#[test]
fn after_an_hour_nothing_of_a_customer_is_left() {
    let (mut page, first) = ringing();
    told_all(&mut page, first);
    page.tell(idle(at(30)));
    assert!(format!("{:?}", page.desk).contains(profile_id(1).as_str()));
    page.now = page.now.after(60 * 60 * 1_000);
    assert!(page.desk.is_due(page.now));
    page.give(Input::TimePassed);
    assert!(!format!("{:?}", page.desk).contains(profile_id(1).as_str()));
}

#[test]
fn whom_the_agent_had_to_choose_is_chosen_again_next_time() {
    let (mut page, first) = ringing();
    for part in [
        profiles(MatchKind::Many, &[1, 2]),
        orders(1, true, &[]),
        orders(2, true, &[]),
        contacts(1),
        contacts(2),
        CustomerPart::End(EndPart {}),
    ] {
        told(&mut page, first, &part);
    }
    page.command(Command::Customer(CustomerCommand::Choose(
        id("c"),
        Some(profile_id(2)),
    )));
    page.tell(idle(at(30)));
    rings(&mut page, "d", 60);
    assert_eq!(
        page.desk.customer_in_front().unwrap().identity(),
        Identity::Ambiguous
    );
}

#[rstest]
#[case::another_agent(true)]
#[case::signed_out(false)]
fn nothing_of_a_customer_stays_for_somebody_else(#[case] replaced: bool) {
    let (mut page, first) = ringing();
    told_all(&mut page, first);
    page.tell(idle(at(30)));
    if replaced {
        let mut other = idle(at(40));
        other.agent.arn = Some("arn:agent/2".into());
        page.tell(other);
    } else {
        page.give(Input::Link(Link::SignedOut));
    }
    assert!(!format!("{:?}", page.desk).contains(profile_id(1).as_str()));
}

/// Somebody else works here, or the agent has signed out; what was done about it.
fn left(page: &mut Page, replaced: bool) -> Vec<Effect> {
    if replaced {
        let mut other = idle(at(40));
        other.agent.arn = Some("arn:agent/2".into());
        page.tell(other)
    } else {
        page.give(Input::Link(Link::SignedOut))
    }
}

#[rstest]
#[case::by_somebody_else(true)]
#[case::by_nobody(false)]
fn nobody_is_asked_in_the_name_of_who_has_left(#[case] replaced: bool) {
    let mut page = signed_in();
    page.tell(idle(at(1)));
    let effects = left(&mut page, replaced);
    assert!(effects.contains(&Effect::ForgetSignIn), "{effects:?}");
    assert_eq!(page.desk.access(), &Access::SignedOut);
}

#[test]
fn who_comes_next_may_sign_in_for_customers_first() {
    let mut page = signed_in();
    page.tell(idle(at(1)));
    left(&mut page, false);
    page.give(Input::Access(Access::SigningIn));
    let effects = page.give(Input::Access(Access::SignedIn));
    assert!(!effects.contains(&Effect::ForgetSignIn), "{effects:?}");
    page.give(Input::Link(Link::Ready));
    page.tell(idle(at(50)));
    assert_eq!(page.desk.access(), &Access::SignedIn);
}

#[test]
fn a_search_shows_whom_it_found_and_opens_them_beside_no_call() {
    let mut page = signed_in();
    page.tell(idle(at(1)));
    let search = CustomerCommand::Search(SearchBy::Name, " 佐藤 ".into());
    let effects = page.command(Command::Customer(search));
    let [(search, Question::Search { value, .. })] = &asked(&effects)[..] else {
        panic!("one question: {effects:?}");
    };
    assert_eq!(value.as_str(), "佐藤");
    let result = SearchResult {
        profile: found(3).profile.summary(),
        why: Vec::new(),
    };
    let found = sent(&SearchResults {
        outcome: SearchOutcome::Searched,
        results: vec![result],
        next: Some("2".into()),
    });
    page.give(Input::Answered {
        id: *search,
        answer: Answer::Found(found.clone()),
    });
    let lookup = page.desk.lookup().unwrap();
    assert_eq!(lookup.results().count(), 1);
    assert!(lookup.has_more());
    let open = Command::Customer(CustomerCommand::Open(profile_id(3)));
    let effects = page.command(open);
    let [(opened, Question::Profile(_))] = &asked(&effects)[..] else {
        panic!("one question and no tie: {effects:?}");
    };
    told(&mut page, *opened, &profiles(MatchKind::One, &[3]));
    assert_eq!(name(&page).as_deref(), Some("顧客3"));
    page.command(Command::Customer(CustomerCommand::Close));
    page.command(Command::Customer(CustomerCommand::CloseSearch));
    assert_eq!(found.holders(), 1);
    assert!(!format!("{:?}", page.desk).contains(profile_id(3).as_str()));
}

/// A search, without its answer.
fn searches(page: &mut Page) {
    let search = CustomerCommand::Search(SearchBy::Name, "佐藤".into());
    page.command(Command::Customer(search));
    assert!(page.desk.lookup().is_some());
}

#[test]
fn a_search_leaves_with_the_contact_that_it_was_for() {
    let (mut page, _) = ringing();
    searches(&mut page);
    page.tell(idle(at(30)));
    assert_eq!(page.desk.lookup(), None);
}

#[test]
fn a_search_that_was_for_nobodys_contact_makes_room_for_who_calls() {
    let mut page = signed_in();
    page.tell(idle(at(1)));
    searches(&mut page);
    rings(&mut page, "c", 2);
    assert_eq!(page.desk.lookup(), None);
}

#[test]
fn whom_a_search_finds_is_tied_to_the_contact_that_it_was_for() {
    let mut page = signed_in();
    page.tell(snapshot(at(1), "Busy", [contact("c").connected(at(1))]));
    searches(&mut page);
    let [c, d] = [contact("c").connected(at(1)), contact("d").ringing(at(2))];
    page.tell(snapshot(at(2), "Busy", [c, d]));
    page.command(Command::Select(id("d")));
    let questions = asked(&page.command(Command::Customer(CustomerCommand::Open(profile_id(3)))));
    let tied = questions.iter().find_map(|(_, question)| match question {
        Question::Link { contact, .. } => Some(contact.clone()),
        _ => None,
    });
    assert_eq!(tied, Some(id("c")));
}

#[test]
fn whom_the_agent_has_opened_is_looked_for_and_not_one_of_those_who_are_there() {
    let (mut page, first) = ringing();
    told(&mut page, first, &profiles(MatchKind::One, &[1]));
    told(&mut page, first, &CustomerPart::End(EndPart {}));
    let open = Command::Customer(CustomerCommand::Open(profile_id(3)));
    let questions = asked(&page.command(open));
    let pop = page.desk.customer_in_front().unwrap();
    assert!(matches!(
        pop.identity(),
        Identity::Searching | Identity::NoMatch
    ));
    let [(opened, Question::Profile(_)), ..] = &questions[..] else {
        panic!("who they are: {questions:?}");
    };
    fails(&mut page, *opened, InquiryError::Unreachable);
    let pop = page.desk.customer_in_front().unwrap();
    assert!(matches!(pop.identity(), Identity::Failed(_)));
}

#[test]
fn somebody_found_in_a_call_of_a_stranger_is_its_customer() {
    let (mut page, first) = ringing();
    told(&mut page, first, &profiles(MatchKind::None, &[]));
    told(&mut page, first, &CustomerPart::End(EndPart {}));
    let open = Command::Customer(CustomerCommand::Open(profile_id(3)));
    let questions = asked(&page.command(open));
    let [(opened, Question::Profile(_)), (_, Question::Link { .. })] = &questions[..] else {
        panic!("who they are, and the tie: {questions:?}");
    };
    told(&mut page, *opened, &profiles(MatchKind::One, &[3]));
    assert_eq!(name(&page).as_deref(), Some("顧客3"));
    // The contact is asked about again, and still nobody has its number.
    told(&mut page, first, &profiles(MatchKind::None, &[]));
    assert_eq!(name(&page).as_deref(), Some("顧客3"));
}

/// What may happen around customers.
#[derive(Debug, Clone)]
enum Turn {
    Calls(Vec<(&'static str, Stage)>),
    Part(usize, usize),
    Close(usize),
    Fail(usize, usize),
    Access(Access),
    Wait(i64),
    Command(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Rings,
    Talks,
    Ended,
    Missed,
}

fn turn() -> impl Strategy<Value = Turn> {
    let stage = || {
        select(vec![
            Stage::Rings,
            Stage::Talks,
            Stage::Ended,
            Stage::Missed,
        ])
    };
    let calls = (any::<[bool; 3]>(), [stage(), stage(), stage()]).prop_map(|(there, stages)| {
        let all = ["c", "d", "e"].into_iter().zip(stages).zip(there);
        Turn::Calls(
            all.filter(|(_, there)| *there)
                .map(|(call, _)| call)
                .collect(),
        )
    });
    let access = select(vec![Access::SignedOut, Access::SigningIn, Access::SignedIn]);
    prop_oneof![
        4 => calls,
        8 => (any::<usize>(), any::<usize>()).prop_map(|(of, which)| Turn::Part(of, which)),
        3 => any::<usize>().prop_map(Turn::Close),
        2 => (any::<usize>(), any::<usize>()).prop_map(|(of, which)| Turn::Fail(of, which)),
        1 => access.prop_map(Turn::Access),
        2 => (0_i64..4_000_000).prop_map(Turn::Wait),
        2 => any::<usize>().prop_map(Turn::Command),
    ]
}

fn any_part(which: usize) -> CustomerPart {
    let one = u8::try_from(which / 12 % 3).unwrap();
    match which % 12 {
        0 => contact_part("c"),
        1 => profiles(MatchKind::One, &[one]),
        2 => profiles(MatchKind::Many, &[one, one + 1]),
        3 => profiles(MatchKind::None, &[]),
        4 => profiles(MatchKind::Withheld, &[]),
        5 => profiles(MatchKind::Inferred, &[one]),
        6 => orders(one, false, &["#1", "#2"]),
        7 => orders(one, true, &["#2", "#1"]),
        8 => contacts(one),
        9 => CustomerPart::Unknown,
        10 => CustomerPart::Problem(ProblemPart {
            about: PartName::Orders,
            profile: Some(profile_id(one)),
            error: ApiError {
                code: ErrorCode::Throttled,
                request_id: None,
                retry_after_ms: Some(500),
            },
        }),
        _ => CustomerPart::End(EndPart {}),
    }
}

fn any_command(which: usize) -> CustomerCommand {
    let one = profile_id(u8::try_from(which / 8 % 3).unwrap());
    match which % 8 {
        0 => CustomerCommand::SignIn,
        1 => CustomerCommand::Search(SearchBy::Phone, "090".into()),
        2 => CustomerCommand::SearchOn,
        3 => CustomerCommand::CloseSearch,
        4 => CustomerCommand::Open(one),
        5 => CustomerCommand::Close,
        6 => CustomerCommand::Choose(id("c"), (which / 24).is_multiple_of(2).then_some(one)),
        _ => CustomerCommand::AskAgain,
    }
}

/// The questions that nobody has answered or given up.
#[derive(Debug, Default)]
struct UnderWay(Vec<(InquiryId, Question)>);

impl UnderWay {
    fn follow(&mut self, page: &Page, effects: &[Effect]) -> Result<(), TestCaseError> {
        for given_up in abandoned(effects) {
            let before = self.0.len();
            self.0.retain(|(id, _)| *id != given_up);
            prop_assert!(self.0.len() < before, "nobody asked what is given up");
        }
        self.0.extend(asked(effects));
        let mut about = BTreeMap::new();
        for (_, question) in &self.0 {
            if let Question::Contact(contact) | Question::Link { contact, .. } = question {
                prop_assert!(
                    page.desk.contact(contact).is_some(),
                    "asks about a contact that is not held"
                );
            }
            if let Question::Contact(contact) = question {
                *about.entry(contact.clone()).or_insert(0) += 1;
            }
        }
        prop_assert!(
            about.values().all(|questions| *questions == 1),
            "asks twice at a time"
        );
        for (_, question) in asked(effects) {
            if let Question::Link { contact, profile } = question {
                let pop = page.desk.screen_pop(&contact).unwrap();
                let named = pop.customer().map(|customer| customer.id.clone());
                prop_assert!(
                    named.is_none_or(|named| named == profile),
                    "ties to another"
                );
            }
        }
        Ok(())
    }
}

fn config() -> Config {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/customers.proptest-regressions"
    );
    Config {
        cases: 300,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..Config::default()
    }
}

/// What a screen shows of customers.
struct OnScreen {
    revision: u32,
    pops: [Option<ScreenPop>; 3],
    lookup: Option<Lookup>,
}

impl OnScreen {
    fn of(page: &Page) -> Self {
        Self {
            revision: page.desk.customers_revision(),
            pops: ["c", "d", "e"].map(|name| page.desk.screen_pop(&id(name)).cloned()),
            lookup: page.desk.lookup().cloned(),
        }
    }

    fn check(&self, after: &Self) -> Result<(), TestCaseError> {
        let is_same = self.pops == after.pops && self.lookup == after.lookup;
        prop_assert!(is_same || self.revision != after.revision);
        // Whoever shows one part looks at its number only.
        for (before, after) in self.pops.iter().flatten().zip(after.pops.iter().flatten()) {
            for one in before.candidates() {
                let Some(now) = after.candidates().iter().find(|now| now.id == one.id) else {
                    continue;
                };
                let found = |of: &Candidate| of.found().0.keep();
                prop_assert!(found(one) == found(now) || one.revision != now.revision);
                prop_assert!(
                    one.orders == now.orders || one.orders.revision != now.orders.revision
                );
                prop_assert!(
                    one.contacts == now.contacts || one.contacts.revision != now.contacts.revision
                );
                prop_assert!(
                    one.calculated == now.calculated
                        || one.calculated.revision != now.calculated.revision
                );
            }
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(config())]

    /// One question at a time about a contact that is held, by an agent who is signed in; several
    /// matches are never decided; what is gone leaves nothing but an hour's memory. What changes has
    /// another revision, and so has the part that it is in.
    #[test]
    fn customers_are_asked_about_once_at_a_time_and_leave_nothing(
        turns in vec(turn(), 1..60),
    ) {
        let mut page = signed_in();
        let mut under_way = UnderWay::default();
        let mut second = 0;
        for turn in turns {
            second += 1;
            let may_ask = *page.desk.access() == Access::SignedIn;
            let picks = |of: usize| {
                let all = &under_way.0;
                (!all.is_empty()).then(|| all[of % all.len()].0)
            };
            let mut closes = None;
            let before = OnScreen::of(&page);
            let effects = match turn {
                Turn::Calls(calls) => {
                    let contacts = calls.into_iter().map(|(name, stage)| {
                        let told = contact(name).from("+819012345678");
                        match stage {
                            Stage::Rings => told.ringing(at(second)),
                            Stage::Talks => told.connected(at(second)),
                            Stage::Ended => told.ended(at(second)),
                            Stage::Missed => told.missed(at(second)),
                        }
                    });
                    let told = snapshot(at(second), "Busy", contacts);
                    page.give(Input::Snapshot(Box::new(told)))
                }
                Turn::Part(of, which) => match picks(of) {
                    Some(id) => told(&mut page, id, &any_part(which)),
                    None => continue,
                },
                Turn::Close(of) => match picks(of) {
                    Some(id) => {
                        closes = Some(id);
                        page.give(Input::Answered { id, answer: Answer::Closed })
                    }
                    None => continue,
                },
                Turn::Fail(of, which) => match picks(of) {
                    Some(id) => {
                        closes = Some(id);
                        let errors = [
                            InquiryError::SignIn,
                            InquiryError::Unreachable,
                            refused(ErrorCode::NotAvailable),
                            InquiryError::Unreadable,
                        ];
                        fails(&mut page, id, errors[which % errors.len()].clone())
                    }
                    None => continue,
                },
                Turn::Access(access) => page.give(Input::Access(access)),
                Turn::Wait(millis) => {
                    page.now = page.now.after(millis);
                    page.give(Input::TimePassed)
                }
                Turn::Command(which) => {
                    page.command(Command::Customer(any_command(which)))
                }
            };
            before.check(&OnScreen::of(&page))?;
            under_way.0.retain(|(id, _)| Some(*id) != closes);
            if !may_ask && *page.desk.access() != Access::SignedIn {
                prop_assert!(asked(&effects).is_empty(), "asks without leave");
            }
            under_way.follow(&page, &effects)?;
            for name in ["c", "d", "e"] {
                let held = page.desk.contact(&id(name)).is_some();
                let pop = page.desk.screen_pop(&id(name));
                prop_assert!(held || pop.is_none(), "shows who has gone");
                if let Some(pop) = pop {
                    prop_assert!(
                        pop.identity() != Identity::Ambiguous || pop.customer().is_none()
                    );
                }
            }
        }
        let effects = page.give(Input::Snapshot(Box::new(idle(at(second + 1)))));
        under_way.follow(&page, &effects)?;
        let effects = page.command(Command::Customer(CustomerCommand::Close));
        under_way.follow(&page, &effects)?;
        let effects = page.command(Command::Customer(CustomerCommand::CloseSearch));
        under_way.follow(&page, &effects)?;
        prop_assert!(under_way.0.is_empty(), "waits for {:?}", under_way.0);
        page.now = page.now.after(60 * 60 * 1_000);
        page.give(Input::TimePassed);
        for one in 0..4 {
            let left = format!("{:?}", page.desk);
            prop_assert!(!left.contains(profile_id(one).as_str()), "something is left");
        }
    }
}

#[test]
fn the_number_by_which_a_customer_is_kept_is_the_last_one_told() {
    let mut page = signed_in();
    let hidden = contact("c").without_number().ringing(at(1));
    let effects = page.tell(snapshot(at(1), "PendingBusy", [hidden]));
    let [(first, _)] = asked(&effects)[..] else {
        panic!("one question: {effects:?}");
    };
    told_all(&mut page, first);
    page.tell(snapshot(at(2), "Busy", [contact("c").connected(at(2))]));
    assert!(matches!(page.held("c").caller, Caller::Number(_)));
    page.tell(idle(at(30)));
    rings(&mut page, "d", 40);
    assert_eq!(name(&page).as_deref(), Some("顧客1"));
}

mod reasons {
    use chrono::TimeDelta;
    use contract::{Shipment, ShipmentStatus, ShopTime};
    use desk::{Likely, Orders, Reason, SHIPS_WITHIN_DAYS};

    use super::*;

    /// A page on which a customer has these orders.
    fn having(orders: &CustomerPart) -> Page {
        let (mut page, first) = ringing();
        told(&mut page, first, &profiles(MatchKind::One, &[1]));
        told(&mut page, first, orders);
        page
    }

    fn known(page: &Page) -> &Orders {
        let customer = page.desk.customer_in_front().unwrap().customer().unwrap();
        customer.orders.known.as_ref().unwrap()
    }

    fn days_ago(days: i64) -> ShopTime {
        ShopTime {
            at: at(0) - TimeDelta::days(days),
            offset_minutes: 540,
        }
    }

    /// An order of so many days ago, paid and sent.
    fn of(name: &str, days: i64) -> Order {
        Order {
            processed: Some(days_ago(days)),
            ..order(name)
        }
    }

    fn judged(orders: &[Order]) -> Option<(String, Reason)> {
        let part = CustomerPart::Orders(OrdersPart {
            profile: profile_id(1),
            complete: true,
            orders: orders.to_vec(),
            totals: None,
            cut: false,
            detailed: true,
            losses: Vec::new(),
        });
        let page = having(&part);
        let likely = Likely::of(known(&page), at(0), SHIPS_WITHIN_DAYS).unwrap();
        let (order, reason) = likely.order?;
        Some((order.id()?, reason))
    }

    fn parcel(status: ShipmentStatus, days: i64) -> Order {
        let shipment = Shipment {
            status,
            cancelled: false,
            company: None,
            trackings: Vec::new(),
            created: None,
            updated: Some(days_ago(days)),
        };
        Order {
            shipments: vec![shipment],
            ..of("#1", 20)
        }
    }

    #[rstest]
    #[case::cancelled(Order { cancelled: Some(days_ago(2)), payment: PaymentStatus::Refunded, ..of("#1", 3) }, Some(Reason::Cancelled))]
    #[case::cancelled_long_ago(Order { cancelled: Some(days_ago(15)), payment: PaymentStatus::Pending, ..of("#1", 16) }, None)]
    #[case::unpaid(Order { payment: PaymentStatus::Pending, ..of("#1", 40) }, Some(Reason::Unpaid))]
    #[case::partly_paid(Order { payment: PaymentStatus::PartiallyPaid, ..of("#1", 0) }, Some(Reason::Unpaid))]
    #[case::partly_sent(Order { fulfilment: FulfilmentStatus::Partial, ..of("#1", 1) }, Some(Reason::PartlyShipped))]
    #[case::not_sent(Order { fulfilment: FulfilmentStatus::Unfulfilled, ..of("#1", 3) }, Some(Reason::NotShipped(3)))]
    #[case::not_sent_yet(Order { fulfilment: FulfilmentStatus::Unfulfilled, ..of("#1", 2) }, None)]
    #[case::not_to_be_sent(Order { fulfilment: FulfilmentStatus::Unfulfilled, closed: Some(days_ago(1)), ..of("#1", 9) }, None)]
    #[case::refunded(Order { fulfilment: FulfilmentStatus::Unfulfilled, payment: PaymentStatus::Refunded, ..of("#1", 9) }, None)]
    #[case::delivered(parcel(ShipmentStatus::Delivered, 1), Some(Reason::Delivered))]
    #[case::delivered_long_ago(parcel(ShipmentStatus::Delivered, 15), None)]
    #[case::nobody_at_home(
        parcel(ShipmentStatus::AttemptedDelivery, 1),
        Some(Reason::ParcelTrouble)
    )]
    #[case::late(parcel(ShipmentStatus::Delayed, 1), Some(Reason::ParcelTrouble))]
    #[case::a_draft(Order { kind: OrderKind::Draft, payment: PaymentStatus::Pending, ..of("#1", 1) }, None)]
    #[case::nothing_the_matter(of("#1", 1), None)]
    fn each_rule_finds_what_it_is_for(#[case] order: Order, #[case] reason: Option<Reason>) {
        assert_eq!(judged(&[order]), reason.map(|reason| ("#1".into(), reason)));
    }

    #[test]
    fn the_newest_order_with_which_something_is_the_matter_is_the_reason() {
        let unpaid = |name, days| Order {
            payment: PaymentStatus::Pending,
            ..of(name, days)
        };
        let orders = [of("#3", 1), unpaid("#2", 5), unpaid("#1", 9)];
        assert_eq!(judged(&orders), Some(("#2".into(), Reason::Unpaid)));
    }

    #[test]
    fn nothing_is_judged_before_all_orders_are_there() {
        let page = having(&orders(1, false, &["#1"]));
        assert!(Likely::of(known(&page), at(0), SHIPS_WITHIN_DAYS).is_none());
    }

    #[test]
    fn it_is_said_that_nothing_is_known_of_parcels() {
        let page = having(&orders(1, true, &["#1"]));
        let likely = Likely::of(known(&page), at(0), SHIPS_WITHIN_DAYS).unwrap();
        assert!(likely.parcels_unknown);
    }
}
