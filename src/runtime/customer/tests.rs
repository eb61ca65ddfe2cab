//! What is asked of the script that has the token, and what becomes of what it tells.

use contract::{ApiError, ContactId, ErrorCode, SearchBy};
use desk::{
    Access, Command, CustomerCommand, Desk, Input, InquiryError, Link, Role, ScreenPop, Tie,
};
use rstest::rstest;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;

use super::super::stored_journal::{JOURNAL, storage};
use crate::{
    settings::{Customers, Provider, Settings},
    stage::{
        Stage,
        scene::{call, scene},
        settings, settled,
    },
    text::Locale,
};

#[wasm_bindgen(inline_js = r#"
let asked, tell;
// In the place of proxy.js: keeps what it is asked, and tells what it is told to.
export function placeProxy() {
  asked = [];
  const note = (name) => (...given) => asked.push([name, ...given].join(" "));
  window.deskProxy = {
    start(...given) {
      tell = given.pop();
      note("start")(...given);
    },
    ask: note("ask"),
    abandon: note("abandon"),
    signIn: note("sign in"),
    signOut: note("sign out"),
  };
  window.dispatchEvent(new Event("desk:proxy"));
}
export function removeProxy() { delete window.deskProxy; }
export function takeAsked() { return asked.splice(0).join("|"); }
export function proxyTells(question, what, text) { tell(question, what, text); }
"#)]
extern "C" {
    #[wasm_bindgen(js_name = placeProxy)]
    fn place_proxy();
    #[wasm_bindgen(js_name = removeProxy)]
    fn remove_proxy();
    #[wasm_bindgen(js_name = takeAsked)]
    fn take_asked() -> String;
    #[wasm_bindgen(js_name = proxyTells)]
    fn proxy_tells(question: u32, what: &str, text: &str);
}

const CONTACT: &str = r#"{"part":"contact","contact_id":"c-1","caller":{"kind":"withheld"}}"#;
const NOBODY: &str = r#"{"part":"profiles","kind":"none","matches":[]}"#;
const SOMEBODY: &str = r#"{"part":"profiles","kind":"one","matches":[{"profile":{"id":"0a1b2c3d4e5f60718293a4b5c6d7e8f9"},"why":[{"by":"phone"}]}]}"#;

fn with_customers() -> Settings {
    Settings {
        customers: Some(Customers {
            api: "/api".to_owned(),
            provider: Provider {
                issuer: "https://id.example".to_owned(),
                client_id: "desk".to_owned(),
                scope: "openid".to_owned(),
                audience: None,
            },
            silent_frame: false,
        }),
        ..settings(Locale::En)
    }
}

/// A desk whose agent has not signed in for customers.
async fn open() -> Stage {
    open_as(Role::Leader).await
}

async fn open_as(role: Role) -> Stage {
    storage().unwrap().remove_item(JOURNAL).unwrap();
    let stage = Stage::of_page(Desk::default(), with_customers()).await;
    stage.desk.start();
    place_proxy();
    stage.tell(Input::Role(role)).await;
    stage.tell(Input::Link(Link::Ready)).await;
    stage.tell(scene(0, "Available")).await;
    stage
}

/// A desk that has asked who is calling; its question is the first.
async fn ringing() -> Stage {
    let stage = open().await;
    proxy_tells(0, "signed-in", "");
    take_asked();
    let told = scene(1, "PendingBusy").and(call("c-1").ringing(1));
    stage.tell(told).await;
    stage
}

fn pop<T>(stage: &Stage, part: impl FnOnce(&ScreenPop) -> T) -> Option<T> {
    let contact = ContactId::from("c-1");
    stage.desk.look(|desk| desk.screen_pop(&contact).map(part))
}

/// Who the customer is said to be, as the desk's own word.
fn identity(stage: &Stage) -> String {
    pop(stage, |pop| format!("{:?}", pop.identity())).unwrap()
}

#[wasm_bindgen_test]
async fn the_script_is_given_what_the_settings_say() {
    let _stage = open().await;
    assert_eq!(
        take_asked(),
        "start /api https://id.example desk openid  false"
    );
}

#[rstest]
#[case::leads(Role::Leader, "Who calls is shown here while it rings.")]
#[case::watches(Role::Mirror, "Who calls is shown in the tab where you work.")]
#[test_attr(wasm_bindgen_test)]
async fn a_page_says_where_it_will_be_told_who_calls(#[case] role: Role, #[case] said: &str) {
    let stage = open_as(role).await;
    assert_eq!(stage.texts(".who > .hint"), [said]);
}

#[wasm_bindgen_test]
async fn a_page_that_watches_says_so_while_it_rings() {
    let stage = open_as(Role::Mirror).await;
    let rings = scene(1, "PendingBusy").and(call("c-1").ringing(1));
    stage.tell(rings).await;
    let said = "Who calls is shown in the tab where you work.";
    assert_eq!(stage.texts(".who > .hint"), [said]);
}

#[wasm_bindgen_test]
async fn who_is_calling_is_asked_by_the_contact_alone() {
    let _stage = ringing().await;
    assert_eq!(take_asked(), r#"ask 1 /screen-pop {"contact_id":"c-1"}"#);
}

#[wasm_bindgen_test]
async fn parts_are_taken_as_they_come() {
    let stage = ringing().await;
    proxy_tells(1, "line", CONTACT);
    proxy_tells(1, "line", NOBODY);
    assert_eq!(identity(&stage), "NoMatch");
    proxy_tells(1, "line", r#"{"part":"end"}"#);
    proxy_tells(1, "end", "");
    assert_eq!(pop(&stage, |pop| pop.trouble.clone()), Some(None));
}

#[wasm_bindgen_test]
async fn a_line_that_cannot_be_read_hides_no_other() {
    let stage = ringing().await;
    for line in [CONTACT, "<html>", NOBODY, r#"{"part":"end"}"#] {
        proxy_tells(1, "line", line);
    }
    assert_eq!(pop(&stage, |pop| pop.trouble.clone()), Some(None));
    proxy_tells(1, "end", "");
    assert_eq!(
        (
            identity(&stage).as_str(),
            pop(&stage, |pop| pop.trouble.clone())
        ),
        ("NoMatch", Some(Some(InquiryError::Unreadable)))
    );
}

#[rstest]
#[case::no_token("sign-in", "", InquiryError::SignIn)]
#[case::late("timeout", "", InquiryError::Timeout)]
#[case::nobody("unreachable", "", InquiryError::Unreachable)]
#[case::refused(
    "refusal",
    r#"{"error":{"code":"throttled","request_id":"r","retry_after_ms":1200}}"#,
    InquiryError::Refused(ApiError { code: ErrorCode::Throttled, request_id: Some("r".to_owned()), retry_after_ms: Some(1200) })
)]
#[case::refused_by_somebody_else("refusal", r#"{"message":"no"}"#, InquiryError::Unreachable)]
#[test_attr(wasm_bindgen_test)]
async fn what_fails_is_said_by_its_cause(
    #[case] what: &str,
    #[case] text: &str,
    #[case] error: InquiryError,
) {
    let stage = ringing().await;
    proxy_tells(1, what, text);
    assert_eq!(pop(&stage, |pop| pop.trouble.clone()), Some(Some(error)));
}

#[wasm_bindgen_test]
async fn an_answer_about_a_contact_that_is_gone_is_not_waited_for() {
    let stage = ringing().await;
    take_asked();
    stage.tell(scene(2, "Available")).await;
    assert_eq!(take_asked(), "abandon 1");
    proxy_tells(1, "line", SOMEBODY);
    assert_eq!(pop(&stage, |_| ()), None);
}

#[wasm_bindgen_test]
async fn the_only_customer_is_tied_to_the_contact() {
    let stage = ringing().await;
    take_asked();
    proxy_tells(1, "line", SOMEBODY);
    assert_eq!(
        take_asked(),
        r#"ask 2 /link {"contact_id":"c-1","profile":"0a1b2c3d4e5f60718293a4b5c6d7e8f9"}"#
    );
    proxy_tells(2, "line", "{}");
    proxy_tells(2, "end", "");
    assert_eq!(pop(&stage, |pop| pop.tie), Some(Tie::Tied));
}

#[wasm_bindgen_test]
async fn a_search_is_asked_and_its_answer_read() {
    let stage = open().await;
    proxy_tells(0, "signed-in", "");
    take_asked();
    let search = CustomerCommand::Search(SearchBy::Name, "a \"b\"".to_owned());
    stage.desk.command(Command::Customer(search));
    assert_eq!(
        take_asked(),
        r#"ask 1 /search {"by":"name","value":"a \"b\""}"#
    );
    proxy_tells(1, "line", r#"{"outcome":"not_a_number"}"#);
    proxy_tells(1, "end", "");
    let outcome = |desk: &Desk| {
        desk.lookup()
            .and_then(|lookup| lookup.outcome.known.clone())
    };
    assert_eq!(
        stage.desk.look(outcome).map(String::from).as_deref(),
        Some("not_a_number")
    );
}

#[rstest]
#[case("signed-out", "", Access::SignedOut)]
#[case("signing-in", "", Access::SigningIn)]
#[case("signed-in", "", Access::SignedIn)]
#[case("blocked", "", Access::PopupBlocked)]
#[case("refused", "access_denied", Access::Refused("access_denied".into()))]
#[case("failed", "", Access::ProviderFailed)]
#[test_attr(wasm_bindgen_test)]
async fn how_the_agent_stands_to_the_provider_is_passed_on(
    #[case] state: &str,
    #[case] word: &str,
    #[case] access: Access,
) {
    let stage = open().await;
    proxy_tells(0, state, word);
    assert_eq!(stage.desk.look(|desk| desk.access().clone()), access);
}

#[wasm_bindgen_test]
async fn signing_in_and_out_is_asked_of_the_script() {
    let stage = open().await;
    take_asked();
    stage.press("Sign in").await;
    assert_eq!(take_asked(), "sign in");
    // Who takes no calls may sign out at once.
    stage.tell(scene(1, "Offline")).await;
    stage.desk.command(Command::SignOut);
    settled().await;
    assert_eq!(take_asked(), "sign out true");
}

#[wasm_bindgen_test]
async fn the_token_of_who_has_left_is_forgotten() {
    let stage = open().await;
    proxy_tells(0, "signed-in", "");
    take_asked();
    stage.tell(Input::Link(Link::SignedOut)).await;
    assert_eq!(take_asked(), "sign out false");
}

#[wasm_bindgen_test]
async fn without_the_script_the_press_says_that_it_failed() {
    let stage = Stage::of_page(Desk::default(), with_customers()).await;
    remove_proxy();
    stage.desk.start();
    settled().await;
    stage.press("Sign in").await;
    assert_eq!(
        stage.texts(".customer-access > .hint"),
        ["The sign-in page could not be reached. Check the network and press again."]
    );
}
