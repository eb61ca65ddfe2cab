//! Several contacts: which one the agent has brought to the front, and for how long.

use desk::{Command, ContactKind};

use crate::support::{ContactBuilder, Page, at, contact, id, snapshot};

fn chat() -> ContactBuilder {
    contact("chat").kind(ContactKind::Chat).connected(at(1))
}

fn call() -> ContactBuilder {
    contact("call").connected(at(2))
}

fn tell<const N: usize>(page: &mut Page, second: i64, contacts: [ContactBuilder; N]) {
    page.tell(snapshot(at(second), "Busy", contacts));
}

/// Whoever is in front after a choice.
fn choose(page: &mut Page, contact: &str) -> Option<String> {
    page.command(Command::Select(id(contact)));
    front(page)
}

fn front(page: &Page) -> Option<String> {
    page.desk.front().map(|front| front.id.to_string())
}

#[test]
fn a_chat_comes_to_the_front_when_it_is_chosen_and_stays_there() {
    let mut page = Page::open();
    tell(&mut page, 3, [chat(), call()]);
    assert_eq!(front(&page).as_deref(), Some("call"));
    assert_eq!(choose(&mut page, "chat").as_deref(), Some("chat"));
    tell(&mut page, 4, [chat(), call()]);
    assert_eq!(front(&page).as_deref(), Some("chat"));
    assert_eq!(choose(&mut page, "call").as_deref(), Some("call"));
}

#[test]
fn a_call_that_begins_goes_before_a_chosen_chat() {
    let mut page = Page::open();
    tell(&mut page, 1, [chat()]);
    choose(&mut page, "chat");
    tell(&mut page, 3, [chat(), contact("call").ringing(at(3))]);
    assert_eq!(front(&page).as_deref(), Some("call"));
}

#[test]
fn a_chosen_ring_that_is_over_gives_way_to_the_call_that_goes_on() {
    let mut page = Page::open();
    tell(&mut page, 3, [call(), contact("second").ringing(at(3))]);
    assert_eq!(choose(&mut page, "second").as_deref(), Some("second"));
    tell(&mut page, 4, [call(), contact("second").ringing(at(3))]);
    assert_eq!(front(&page).as_deref(), Some("second"));
    tell(&mut page, 9, [call(), contact("second").missed(at(9))]);
    assert_eq!(front(&page).as_deref(), Some("call"));
}

#[test]
fn a_choice_ends_with_its_contact() {
    let mut page = Page::open();
    tell(&mut page, 3, [chat(), call()]);
    choose(&mut page, "chat");
    tell(&mut page, 4, [call()]);
    assert_eq!(front(&page).as_deref(), Some("call"));
    tell(&mut page, 5, [chat(), call()]);
    assert_eq!(front(&page).as_deref(), Some("call"));
}

#[test]
fn what_is_not_there_cannot_be_chosen() {
    let mut page = Page::open();
    tell(&mut page, 3, [call()]);
    assert_eq!(choose(&mut page, "nobody").as_deref(), Some("call"));
}
