//! The proxy as it is deployed, between a desk and the local Amazon Connect: an agent signs in, a
//! customer calls, and what the desk is told is held against what the shop's systems have sent.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the whole crate is tests: what does not hold must fail them"
)]

#[path = "local_world/desk.rs"]
mod desk;
#[path = "local_world/doctor.rs"]
mod doctor;
#[path = "local_world/lambda.rs"]
mod lambda;
#[path = "local_world/shop.rs"]
mod shop;

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use desk::{Desk, World, environment};
use rstest::rstest;
use serde_json::{Value, json};
use sim::shop::CALLERS;

/// Somebody with customers' data, whom nobody but the shop's own cases uses.
fn shop() -> &'static World {
    static SHOP: std::sync::LazyLock<World> = std::sync::LazyLock::new(World::with_shop);
    &SHOP
}

fn part<'a>(lines: &'a [Value], name: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["part"] == name).collect()
}

#[rstest]
#[tokio::test]
async fn each_caller_is_who_the_shop_says_and_has_bought_what_it_has_sent(
    #[values(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14)] caller: usize,
) {
    let number = CALLERS[caller].number;
    let desk = Desk::of(shop(), "hanako.sato");
    let lines = desk.screen_pop(&shop().rings(Some(number))).await;
    let customers = shop::customers_of(number);

    let contact = part(&lines, "contact")[0];
    assert_eq!(
        contact["caller"],
        json!({ "kind": "number", "number": number })
    );
    let profiles = part(&lines, "profiles");
    let [profiles] = profiles.as_slice() else {
        panic!("{profiles:?}");
    };
    let kind = match (customers.len(), number) {
        (0, "+819000000004") => "inferred",
        (0, _) => "none",
        (1, _) => "one",
        (_, _) => "many",
    };
    assert_eq!(profiles["kind"], kind);
    assert!(part(&lines, "problem").is_empty(), "{lines:?}");
    assert_eq!(lines.last().unwrap(), &json!({ "part": "end" }));

    let mut found: Vec<_> = shop::complete(&lines).map(shop::bought_of_answer).collect();
    let mut sent: Vec<_> = customers.iter().map(shop::Customer::bought).collect();
    found.retain(|bought| kind != "inferred" || !bought.is_empty());
    found.sort();
    sent.sort();
    assert_eq!(found, sent);
    for answer in shop::complete(&lines) {
        shop::assert_newest_first(answer);
        shop::assert_sums(answer, &customers);
    }
}

#[tokio::test]
async fn a_customer_with_a_thousand_orders_has_them_all_in_one_answer_that_is_complete() {
    let desk = Desk::of(shop(), "hanako.sato");
    let lines = desk.screen_pop(&shop().rings(Some("+819000000005"))).await;
    let answers: Vec<_> = shop::complete(&lines).collect();
    let [answer] = answers.as_slice() else {
        panic!("{} answers", answers.len());
    };
    assert_eq!(answer["orders"].as_array().unwrap().len(), 1_000);
}

#[tokio::test]
async fn who_withholds_the_number_is_nobody_and_nobody_is_looked_for() {
    let desk = Desk::of(shop(), "hanako.sato");
    let lines = desk.screen_pop(&shop().rings(None)).await;
    assert_eq!(
        part(&lines, "contact")[0]["caller"],
        json!({ "kind": "withheld" })
    );
    assert_eq!(part(&lines, "profiles")[0]["kind"], "withheld");
    assert!(part(&lines, "orders").is_empty());
}

#[rstest]
#[case::number("phone", "+819000000001", 1)]
#[case::number_as_people_write_it("phone", "090-0000-0001", 1)]
#[case::number_of_a_family("phone", "０９０−００００−０００２", 3)]
#[case::mail("mail", "notable.1@example.com", 1)]
#[case::name_as_it_is_said("name", "問屋 千代", 1)]
#[case::name_the_other_way_round("name", "千代　問屋", 1)]
#[case::account("account", "M000001", 1)]
#[case::order("order", "4300000000007", 1)]
#[case::name_of_an_order("order_name", "#1007", 1)]
#[case::nobody("mail", "nobody@example.com", 0)]
#[tokio::test]
async fn somebody_is_found_by_each_key(
    #[case] by: &str,
    #[case] value: &str,
    #[case] count: usize,
) {
    let desk = Desk::of(shop(), "hanako.sato");
    let answer = desk
        .asks("search", &json!({ "by": by, "value": value }))
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let found = answer.json();
    assert_eq!(found["outcome"], "searched");
    let results = found["results"].as_array().unwrap();
    assert_eq!(results.len(), count, "{found}");
}

#[tokio::test]
async fn a_linked_contact_s_record_lands_at_the_customer() {
    let world = World::new(Some(7));
    let desk = Desk::of(&world, "hanako.sato");
    // From a number that nobody has: without the link the record would be nobody's.
    let contact = world.rings(Some("+819000000003"));
    let found = desk
        .asks(
            "search",
            &json!({ "by": "mail", "value": "notable.1@example.com" }),
        )
        .await;
    let profile = found.json()["results"][0]["profile"]["id"].clone();
    let linked = desk
        .asks(
            "link",
            &json!({ "contact_id": contact, "profile": profile }),
        )
        .await;
    assert_eq!(linked.status, 200, "{}", linked.text());
    world.customer(&contact, "hang-up");

    let opened = desk.asks("profile", &json!({ "profile": profile })).await;
    let lines = opened.lines();
    let contacts = part(&lines, "contacts")[0]["contacts"].as_array().unwrap();
    assert!(
        contacts.iter().any(|past| past["id"] == *contact),
        "{contacts:?}"
    );
}

#[tokio::test]
async fn a_contact_is_its_agent_s_and_nobody_else_s_until_ten_minutes_after_its_end() {
    let world = World::new(None);
    let [hanako, ichiro] = ["hanako.sato", "ichiro.suzuki"].map(|login| Desk::of(&world, login));
    let contact = world.answered("+819000000003");
    assert_eq!(hanako.sees(&contact).await, 200);
    assert_eq!(ichiro.sees(&contact).await, 403);

    world.customer(&contact, "hang-up");
    world.advances(599);
    let [hanako, ichiro] = ["hanako.sato", "ichiro.suzuki"].map(|login| Desk::of(&world, login));
    assert_eq!(hanako.sees(&contact).await, 200);
    assert_eq!(ichiro.sees(&contact).await, 403);
    world.advances(2);
    assert_eq!(hanako.sees(&contact).await, 403);
    assert_eq!(
        hanako.sees("c0000000-0000-4000-8000-000000000000").await,
        403
    );
}

#[rstest]
#[case::throttled(json!("throttle"), "throttled")]
#[case::a_page(json!("html"), "upstream_failed")]
#[case::cut_short(json!("truncated"), "upstream_failed")]
#[case::reset(json!("reset"), "upstream_failed")]
#[tokio::test]
async fn what_ails_the_profiles_is_said_where_they_would_stand(
    #[case] fault: Value,
    #[case] code: &str,
) {
    let world = World::new(None);
    let desk = Desk::of(&world, "hanako.sato");
    let contact = world.rings(Some("+819000000003"));
    let trouble = json!({ "operation": "SearchProfiles", "count": null, "fault": fault });
    world.control("/aws/troubles", &trouble);
    let lines = desk.screen_pop(&contact).await;
    assert_eq!(part(&lines, "contact").len(), 1);
    let problem = part(&lines, "problem")[0];
    assert_eq!(
        (&problem["about"], &problem["error"]["code"]),
        (&json!("profiles"), &json!(code))
    );

    world.control("/aws/clear", &json!({}));
    let lines = desk.screen_pop(&contact).await;
    assert_eq!(part(&lines, "profiles")[0]["kind"], "none");
}

#[tokio::test]
async fn what_is_throttled_once_is_asked_again_and_nobody_notices() {
    let world = World::new(None);
    let desk = Desk::of(&world, "hanako.sato");
    let contact = world.rings(Some("+819000000003"));
    world.control("/aws/troubles", &json!({ "count": 1, "fault": "throttle" }));
    let lines = desk.screen_pop(&contact).await;
    assert!(part(&lines, "problem").is_empty(), "{lines:?}");
    assert_eq!(part(&lines, "profiles")[0]["kind"], "none");
}

#[tokio::test]
async fn a_token_that_has_expired_is_renewed_once_and_its_predecessor_is_not() {
    let world = World::new(None);
    let mut desk = Desk::of(&world, "hanako.sato");
    let contact = world.rings(Some("+819000000003"));
    assert_eq!(desk.sees(&contact).await, 200);
    // Five minutes of life and one of leeway.
    world.advances(361);
    assert_eq!(desk.sees(&contact).await, 401);
    let spent = desk.refresh_token.clone();
    assert_eq!(desk.renews(&world), 200);
    assert_eq!(desk.sees(&contact).await, 200);
    desk.refresh_token = spent;
    assert_eq!(desk.renews(&world), 400);
}

#[tokio::test]
async fn keys_that_change_under_the_shift_change_nothing_and_forgotten_ones_end_it() {
    let world = World::new(None);
    let mut desk = Desk::of(&world, "hanako.sato");
    let contact = world.rings(Some("+819000000003"));
    assert_eq!(desk.sees(&contact).await, 200);
    world.control("/identity/rotate", &json!({}));
    assert_eq!(
        desk.sees(&contact).await,
        200,
        "the old key is still published"
    );
    assert_eq!(desk.renews(&world), 200);
    // The issuer is asked for a key that is not known, though not at once again.
    world.advances(31);
    assert_eq!(desk.sees(&contact).await, 200, "a token by the new key");
    world.control("/identity/rotate", &json!({ "forget": true }));
    // Ten minutes later the proxy asks for the keys anyway; the token would have expired by then.
    world.control("/identity", &json!({ "access_token_s": 3_600 }));
    assert_eq!(desk.renews(&world), 200);
    world.control("/identity/rotate", &json!({ "forget": true }));
    world.advances(601);
    assert_eq!(desk.sees(&contact).await, 401);
}

#[test]
fn the_program_serves_the_desk_s_origin_and_ends_with_its_standard_input() {
    let world = World::new(None);
    let mut program = Command::new(env!("CARGO_BIN_EXE_desk-proxy"))
        .arg("--until-stdin-closes")
        .env_clear()
        .envs(environment(&world))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program");
    let mut lines = BufReader::new(program.stdout.take().expect("standard output"));
    let mut line = String::new();
    lines.read_line(&mut line).expect("a line");
    let said: Value = serde_json::from_str(&line).expect("a line of JSON");
    assert_eq!(said["message"], "listening");
    let address = said["address"].as_str().expect("an address");
    world.control("/api", &json!({ "url": format!("http://{address}") }));

    let desk = Desk::of(&world, "hanako.sato");
    let contact = world.rings(Some("+819000000003"));
    let answer = desk.asks_its_origin("screen-pop", &json!({ "contact_id": contact }));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(part(&answer.lines(), "profiles")[0]["kind"], "none");

    drop(program.stdin.take());
    assert!(program.wait().expect("an end").success());
    let mut rest = String::new();
    lines.read_to_string(&mut rest).expect("the rest");
    assert!(rest.contains("\"endpoint\":\"/screen-pop\""), "{rest}");
    let answer = desk.asks_its_origin("health", &json!({}));
    assert_eq!(answer.status, 502);
}

#[rstest]
#[case::of_an_option_that_there_is_none(&["--listen=1"], Some(2))]
#[case::of_an_empty_environment(&[], Some(1))]
fn the_program_says_what_is_wrong(#[case] arguments: &[&str], #[case] code: Option<i32>) {
    let output = Command::new(env!("CARGO_BIN_EXE_desk-proxy"))
        .args(arguments)
        .env_clear()
        .output()
        .expect("the program");
    assert_eq!(output.status.code(), code);
    assert!(!output.stderr.is_empty());
}
