//! Who the customer is: from the first ring until the wrap-up is over.
//!
//! The panel keeps its size whatever comes, and each part of it scrolls by itself: nothing that is
//! there moves when more arrives. What is shown of an answer is looked up by the names of its members
//! (`docs/openapi.json`), for most of it is only passed on.

use contract::Value;
use desk::{
    Candidate, Command, ContactId, CustomerCommand, Desk, Identity, Loadable, Role, ScreenPop, Tie,
};
use leptos::prelude::document;

use super::{
    customer_access::customer_access,
    customer_search::customer_search,
    history::history,
    orders::{likely, orders},
};
use crate::{
    format,
    runtime::DeskHandle,
    signal::{Selection, State},
    text::{
        self, Locale, Text,
        customer::{self as words, MATCH_KEYS, USES, word},
    },
    ui::{El, button, el, fact, put_focus, section},
};

/// Attributes that hold how a name is read, the family's first: what the import of a Japanese shop
/// calls them.
const READING: [&str; 2] = ["LastNameKana", "FirstNameKana"];

/// What is between facts on one line.
pub(super) const DOT: &str = " · ";

/// The customer of the contact in front, or whom the agent has looked up.
pub(super) fn customer(desk: DeskHandle) -> El {
    let changes = desk.select(|desk| {
        let front = desk.front().map_or("", |front| front.id.as_ref());
        let watches = u32::from(desk.role() == Role::Mirror);
        version(front, &[desk.customers_revision(), watches])
    });
    let who = move || {
        changes.follow();
        desk.look(|told| who(desk, told))
    };
    // One customer's parts are never another's: not what was looked for in them, nor what is open.
    let whose = piece(desk, |_| [0; 2]);
    let parts = move || {
        if whose.with(String::is_empty) {
            return Vec::new();
        }
        vec![orders(desk), card(desk), history(desk)]
    };
    let is_named = move || desk.read(|told| shown(told).is_some());
    // Attributes, not `:has()`: with 1,000 orders on a slow machine that took longer than any press.
    let is_choice = move || {
        desk.read(|told| {
            let identity = told.customer_in_front().map(ScreenPop::identity);
            matches!(identity, Some(Identity::Ambiguous))
        })
    };
    let said = move || {
        changes.follow();
        desk.look(|told| said(desk, told))
    };
    // It was there before: what is put in with its words is not read out.
    let said = el("p")
        .class("hint")
        .set("role", "status")
        .toggle("data-unseen", is_named)
        .words(said);
    section("customer", desk.say(Text::Customer))
        .set("tabindex", "-1")
        .child(customer_access(desk))
        .child(customer_search(desk))
        .child(
            el("div")
                .class("who")
                .toggle("data-choice", is_choice)
                .child(said)
                .child(el("div").refuge(".customer").children(who)),
        )
        .child(likely(desk))
        .child(
            el("div")
                .class("customer-body")
                .refuge(".customer")
                .children(parts),
        )
}

/// The customer who is shown.
pub(super) fn shown(desk: &Desk) -> Option<&Candidate> {
    desk.customer_in_front()?.customer()
}

/// Follows parts of what is known of the customer who is shown, by their numbers. Empty: there is none.
pub(super) fn piece(desk: DeskHandle, of: fn(&Candidate) -> [u32; 2]) -> Selection<String> {
    Selection::new(move || {
        desk.read(|told| {
            let piece = shown(told).map(|customer| version(customer.id.as_str(), &of(customer)));
            piece.unwrap_or_default()
        })
    })
}

/// What is another text whenever one of the numbers of something is another.
fn version(of: &str, numbers: &[u32]) -> String {
    let mut version = of.to_owned();
    for number in numbers {
        version.push(' ');
        version.push_str(&number.to_string());
    }
    version
}

/// A sentence in small letters.
pub(super) fn hint(words: &str) -> El {
    el("p").class("hint").text(words)
}

/// A button that says something about customers. Pages that only watch say nothing.
pub(super) fn press(desk: DeskHandle, key: &str, label: Text, command: CustomerCommand) -> El {
    let leads = move || desk.read(|desk| desk.role() != Role::Mirror);
    let send = move || desk.command(Command::Customer(command.clone()));
    button("plain", move || label, desk, leads, send).key(key)
}

/// Who calls, in one sentence for those who hear it; one who is named stands below for those who read.
fn said(desk: DeskHandle, told: &Desk) -> String {
    let identity = told.customer_in_front().map(ScreenPop::identity);
    let sentence = match identity {
        // Only the page that leads asks.
        None | Some(Identity::Unasked) if told.role() == Role::Mirror => Text::CustomerElsewhere,
        None => Text::CustomerIdle,
        // What stands between the agent and an answer says so itself.
        Some(Identity::Unasked) => return String::new(),
        Some(Identity::Matched(one)) => {
            let (name, honorific) = name(desk, one.profile().0);
            return name + honorific;
        }
        Some(Identity::Failed(error)) => return text::join(words::trouble(error), desk.locale()),
        Some(identity) => words::identity(identity),
    };
    desk.say(sentence).to_owned()
}

fn who(desk: DeskHandle, told: &Desk) -> Vec<El> {
    let Some(pop) = told.customer_in_front() else {
        return Vec::new();
    };
    let identity = pop.identity();
    let mut parts = Vec::new();
    match identity {
        Identity::Matched(customer) => return named(desk, told, pop, customer),
        Identity::Ambiguous => {
            if pop.more {
                parts.push(hint(desk.say(Text::CustomerMore)));
            }
            let front = told.front().map(|front| &front.id);
            let list = el("ul");
            for one in pop.candidates() {
                list.add(choice(desk, front, one));
            }
            parts.push(list);
        }
        Identity::Failed(_) => {
            let again = CustomerCommand::AskAgain;
            parts.push(press(desk, "again", Text::AskAgain, again));
        }
        _ => {}
    }
    parts
}

fn named(desk: DeskHandle, told: &Desk, pop: &ScreenPop, customer: &Candidate) -> Vec<El> {
    let profile = customer.profile().0;
    let (name, honorific) = name(desk, profile);
    let line = el("p")
        .class("customer-name")
        .set("dir", "auto")
        .child(el("bdi").set("data-testid", "customer-name").text(&name))
        .child(el("small").text(honorific));

    let mut about = Line::default();
    let attributes = profile.list("attributes");
    for wanted in &READING {
        for attribute in &attributes {
            if attribute.kind("name") == *wanted {
                about.of(" ", *attribute, "value");
            }
        }
    }
    for attribute in &attributes {
        let value = attribute.kind("value");
        if desk.is_priority(&attribute.kind("name"), &value) {
            let mark = el("span").class("chip").set("data-status", "priority");
            line.add(mark.text(&value));
        }
    }
    for (holds, text) in [
        (profile.flag("inferred"), Text::Inferred),
        (pop.is_old && pop.trouble.is_none(), Text::CustomerOld),
        (pop.tie == Tie::Failed, Text::NotTied),
    ] {
        if holds {
            about.add(DOT, desk.say(text));
        }
    }
    if let Some(error) = &pop.trouble {
        about.add(DOT, &text::join(words::trouble(error), desk.locale()));
    }
    let mut why = Line::default();
    for reason in customer.found().0.list("why") {
        why.add(DOT, word(MATCH_KEYS, &reason.kind("by"), desk.locale()));
    }
    match told.front() {
        Some(front) if pop.candidates().len() > 1 => {
            let command = CustomerCommand::Choose(front.id.clone(), None);
            line.add(press(desk, "another", Text::ChooseAnother, command));
        }
        Some(_) => {}
        None => line.add(press(desk, "close", Text::Close, CustomerCommand::Close)),
    }
    let mut parts = vec![line, hint(&about.0).child(age(desk))];
    if !why.0.is_empty() {
        parts.push(hint(&[desk.say(Text::MatchedBy), " ", &why.0].concat()));
    }
    parts
}

/// How old is what is shown, where it is not of this call or cannot be had anew.
fn age(desk: DeskHandle) -> El {
    el("span").words(move || {
        let told_at = desk.read(|told| {
            let pop = told.customer_in_front()?;
            pop.told_at.filter(|_| pop.is_old || pop.trouble.is_some())
        });
        told_at.map_or_else(String::new, |told_at| {
            let minutes = desk.minutes_since(told_at).to_string();
            [DOT, &minutes, desk.say(Text::MinutesOld)].concat()
        })
    })
}

/// Facts on one line, each behind what separates it from those before.
#[derive(Default)]
pub(super) struct Line(pub(super) String);

impl Line {
    #[inline(never)]
    pub(super) fn add(&mut self, separator: &str, part: &str) {
        if !self.0.is_empty() && !part.is_empty() {
            self.0.push_str(separator);
        }
        self.0.push_str(part);
    }

    /// A member that is a text.
    #[inline(never)]
    pub(super) fn of(&mut self, separator: &str, value: Value<'_>, member: &str) {
        self.add(separator, &value.text(member).unwrap_or_default());
    }

    /// A member that is an instant by the shop's clock: its day.
    #[inline(never)]
    pub(super) fn day(&mut self, value: Value<'_>, member: &str) {
        let time = value.shop_time(member);
        self.add(" ", &time.map(format::shop_day).unwrap_or_default());
    }

    /// A member that is an amount of money.
    #[inline(never)]
    pub(super) fn money(&mut self, value: Value<'_>, member: &str, locale: Locale) {
        let amount = value.money(member);
        let words = amount.map(|amount| format::money(&amount, locale));
        self.add(" ", &words.unwrap_or_default());
    }
}

/// One of several, with enough to choose by.
fn choice(desk: DeskHandle, front: Option<&ContactId>, one: &Candidate) -> El {
    let id = one.id.clone();
    let key = id.as_str().to_owned();
    let command = match front {
        Some(contact) => CustomerCommand::Choose(contact.clone(), Some(id)),
        None => CustomerCommand::Open(id),
    };
    let press = press(desk, &key, Text::TakeAsCaller, command);
    summary(desk, one.profile().0, press)
}

/// Somebody who can be taken, in a line or two.
pub(super) fn summary(desk: DeskHandle, profile: Value<'_>, press: El) -> El {
    let mut facts = Line::default();
    if desk.masks_customers() {
        facts.of("", profile, "province");
        facts.of(" ", profile, "city");
        return candidate(desk, profile, &facts, press);
    }
    // What was searched for gives a summary, what was asked about the whole.
    for phone in profile
        .list("phones")
        .iter()
        .chain([&profile.member("phone")])
        .take(1)
    {
        facts.add(DOT, &phone_words(*phone));
    }
    facts.of(DOT, profile, "mail");
    for mail in profile.list("mails").iter().take(1) {
        facts.of(DOT, *mail, "address");
    }
    for place in profile.list("addresses").iter().take(1) {
        facts.add(DOT, &address(place.member("address"), desk.locale()));
    }
    facts.of(DOT, profile, "province");
    facts.of(" ", profile, "city");
    facts.of(DOT, profile, "account_number");
    candidate(desk, profile, &facts, press)
}

fn candidate(desk: DeskHandle, profile: Value<'_>, facts: &Line, press: El) -> El {
    let (name, _) = name(desk, profile);
    let words = el("span")
        .child(el("bdi").text(&name))
        .child(el("small").set("dir", "auto").text(&facts.0));
    // Which of several buttons of one name it is.
    el("li")
        .child(words)
        .child(press.set("aria-description", &name))
}

/// A customer's name and how they are addressed. A name in Chinese characters or kana has the family's
/// first, and so has every name on a Japanese screen.
fn name(desk: DeskHandle, profile: Value<'_>) -> (String, &'static str) {
    let name = profile.member("name");
    let is_eastern = ["family", "given"].into_iter().any(|part| {
        let part = name.text(part).unwrap_or_default();
        part.chars().any(|letter| letter >= '\u{2e80}')
    });
    let order = if desk.locale() == Locale::Ja || is_eastern {
        ["family", "given", "middle"]
    } else {
        ["given", "middle", "family"]
    };
    let mut line = Line::default();
    for part in order {
        line.of(" ", name, part);
    }
    let is_person = !line.0.is_empty();
    line.of(DOT, profile, "business_name");
    let honorific = match (desk.locale(), is_person, line.0.is_empty()) {
        (Locale::Ja, true, _) => " 様",
        (Locale::Ja, false, false) => " 御中",
        _ => "",
    };
    if line.0.is_empty() {
        line.add("", desk.say(Text::NameUnknown));
    }
    (line.0, honorific)
}

fn phone_words(phone: Value<'_>) -> String {
    match phone.phone_number("number") {
        Some(number) => format::phone(&number),
        None => phone.text("text").unwrap_or_default(),
    }
}

/// What else is known of the customer.
fn card(desk: DeskHandle) -> El {
    let piece = piece(desk, |one| [one.revision, one.calculated.revision]);
    let is_masked = State::new(desk.masks_customers());
    el("div")
        .class("card")
        .set("tabindex", "0")
        .set("role", "group")
        .set("aria-label", desk.say(Text::CustomerDetails))
        .refuge(".card")
        .children(move || {
            piece.follow();
            if is_masked.get() {
                let reveal = move || {
                    // Else the first button would get the focus, which dials.
                    if let Ok(Some(card)) = document().query_selector(".card") {
                        put_focus(&card);
                    }
                    is_masked.set(false);
                };
                return vec![button("plain", || Text::Reveal, desk, || true, reveal)];
            }
            let mut parts = Vec::new();
            desk.look(|told| {
                if let Some(customer) = shown(told) {
                    add_card(desk, &mut parts, customer);
                }
            });
            parts
        })
}

/// What is shown of a customer as it is.
const PROFILE: [(Text, &str); 3] = [
    (Text::Memo, "memo"),
    (Text::ByAccount, "account_number"),
    (Text::Birth, "birth_date"),
];

fn add_card(desk: DeskHandle, parts: &mut Vec<El>, customer: &Candidate) {
    let list = Facts::new(desk);
    let profile = customer.profile().0;
    for phone in profile.list("phones") {
        list.used(Text::ByPhone, phone, number(desk, phone));
    }
    for mail in profile.list("mails") {
        let words = mail.text("address").unwrap_or_default();
        list.used(
            Text::ByMail,
            mail,
            el("bdi").text(&words).child(copy(desk, words)),
        );
    }
    for place in profile.list("addresses") {
        let words = address(place.member("address"), desk.locale());
        list.used(Text::Address, place, el("bdi").text(&words));
    }
    for (name, member) in &PROFILE {
        list.plain(desk.say(*name), &profile.text(member).unwrap_or_default());
    }
    list.attributes(profile.list("attributes"));
    let Loadable { known, error, .. } = &customer.calculated;
    if let Some(part) = known {
        list.attributes(part.value().list("attributes"));
    }
    parts.push(list.list);
    if let Some(error) = error {
        parts.push(hint(desk.say(words::inquiry(error))));
    }
}

/// A telephone number, and a press that dials it.
fn number(desk: DeskHandle, phone: Value<'_>) -> El {
    let words = phone_words(phone);
    let Some(number) = phone.phone_number("number") else {
        return el("bdi").text(&words);
    };
    let can_dial = move || desk.read(|told| told.can_dial().is_ok());
    let name = [desk.say(Text::Dial), " ", &words].concat();
    let key = number.as_str().to_owned();
    let text = key.clone();
    let dial = move || desk.command(Command::Dial(number.clone()));
    let dial = el("button")
        .press(can_dial, dial)
        .set("data-role", "inline")
        .set("aria-label", &name)
        .key(&key)
        .text(&words);
    el("span").child(dial).child(copy(desk, text))
}

/// A button that copies a text.
fn copy(desk: DeskHandle, text: String) -> El {
    let said = State::new(Text::Copy);
    let key = ["copy ", &text].concat();
    let of = text.clone();
    let copy = move || {
        DeskHandle::copy(text.clone(), move |copied| {
            said.set(if copied {
                Text::Copied
            } else {
                Text::CopyFailed
            });
        });
    };
    button("inline", move || said.get(), desk, || true, copy)
        .key(&key)
        .set("aria-description", &of)
}

/// Names and what they name.
pub(super) struct Facts {
    desk: DeskHandle,
    pub(super) list: El,
}

impl Facts {
    pub(super) fn new(desk: DeskHandle) -> Self {
        let list = el("dl");
        Self { desk, list }
    }

    #[inline(never)]
    pub(super) fn add(&self, name: &str, value: El) {
        self.list.add(fact(name, el("dd").child(value)));
    }

    /// Nothing of what is not known.
    #[inline(never)]
    pub(super) fn plain(&self, name: &str, value: &str) {
        if !value.trim().is_empty() {
            self.add(name, el("bdi").text(value));
        }
    }

    /// Something, and what it is for.
    fn used(&self, name: Text, of: Value<'_>, value: El) {
        let mut line = Line(self.desk.say(name).to_owned());
        line.add(DOT, word(USES, &of.kind("use"), self.desk.locale()));
        self.add(&line.0, value);
    }

    /// What the shop or the flow keeps under names of its own, and what is calculated.
    pub(super) fn attributes(&self, attributes: Vec<Value<'_>>) {
        for attribute in attributes {
            let name = attribute.text("display_name");
            let name = name.or_else(|| attribute.text("name")).unwrap_or_default();
            if !READING.contains(&name.as_str()) {
                let label = self.desk.label(&name);
                self.plain(&label, &attribute.text("value").unwrap_or_default());
            }
        }
    }
}

/// Where an address in Japan is, from the large to the small.
const PLACE: [&str; 4] = ["province", "state", "county", "city"];

/// An address as it is written in its country: from the large to the small in Japan, else from the
/// small to the large.
pub(super) fn address(address: Value<'_>, locale: Locale) -> String {
    let country = address.text("country").unwrap_or_default();
    let is_japan = matches!(country.as_str(), "JP" | "JPN" | "Japan" | "日本")
        || country.is_empty() && locale == Locale::Ja;
    let mut line = Line::default();
    if is_japan {
        line.of("", address, "postal_code");
        if !line.0.is_empty() {
            line.0 = "〒".to_owned() + &line.0 + " ";
        }
        for member in &PLACE {
            line.of("", address, member);
        }
        line.add("", &address.texts("lines").join(" "));
        line.of(" ", address, "name");
    } else {
        line.of("", address, "name");
        for part in address.texts("lines") {
            line.add(", ", &part);
        }
        for member in ["city", "county", "state", "province"] {
            line.of(", ", address, member);
        }
        line.of(" ", address, "postal_code");
        line.add(", ", &country);
    }
    line.0
}

#[cfg(test)]
mod tests {
    use contract::Told;
    use rstest::rstest;

    use super::*;

    const JAPAN: &str = r#"{"name":"見本 花子","lines":["見本町7-4","メゾン 103号室"],"city":"世田谷区","province":"東京都","country":"Japan","postal_code":"154-0000"}"#;
    const ABROAD: &str = r#"{"name":"Anna Smith","lines":["1 Main St","Flat 2"],"city":"Springfield","province":"IL","country":"United States","postal_code":"62701"}"#;

    #[rstest]
    #[case::japan(
        JAPAN,
        Locale::En,
        "〒154-0000 東京都世田谷区見本町7-4 メゾン 103号室 見本 花子"
    )]
    #[case::abroad(
        ABROAD,
        Locale::Ja,
        "Anna Smith, 1 Main St, Flat 2, Springfield, IL 62701, United States"
    )]
    #[case::no_country_here(
        r#"{"city":"福岡市","postal_code":"810-0000"}"#,
        Locale::Ja,
        "〒810-0000 福岡市"
    )]
    #[case::no_country_there(r#"{"city":"Leeds","postal_code":"LS1"}"#, Locale::En, "Leeds LS1")]
    #[case::nothing("{}", Locale::Ja, "")]
    #[case::nothing_there("{}", Locale::En, "")]
    #[case::no_object("7", Locale::Ja, "")]
    fn an_address_is_written_as_in_its_country(
        #[case] told: &str,
        #[case] locale: Locale,
        #[case] written: &str,
    ) {
        let told = Told::parse(told).unwrap();
        assert_eq!(address(told.value(), locale), written);
    }
}
