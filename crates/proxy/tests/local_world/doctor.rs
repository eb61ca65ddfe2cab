//! The doctor in the local world: a sound one, and one fault after the other.

use std::process::Command;

use rstest::rstest;
use serde_json::{Value, json};

use crate::desk::{World, environment};

type Environment = Vec<(&'static str, String)>;

/// What the doctor says, and whether it is content.
fn examined(environment: Environment) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_desk-doctor"))
        .env_clear()
        .envs(environment)
        // There may be a machine's own role where the tests run.
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .output()
        .expect("the doctor");
    let said = String::from_utf8(output.stdout).expect("text");
    (output.status.success(), said)
}

/// A world with a configured desk.
fn sound() -> (World, Environment) {
    let world = World::new(None);
    serves(&world, "{ccp}", None);
    let environment = environment(&world);
    (world, environment)
}

/// The desk's `config.json` names this panel.
fn serves(world: &World, ccp: &str, status: Option<u16>) {
    let ccp = match ccp {
        "{ccp}" => world.ccp(),
        other => other.to_owned(),
    };
    let body = json!({ "ccp": { "url": ccp } });
    world.control(
        "/config",
        &json!({ "status": status.unwrap_or(200), "body": body }),
    );
}

fn set(environment: &mut Environment, name: &str, value: &str) {
    for (key, held) in environment.iter_mut() {
        if *key == name {
            value.clone_into(held);
        }
    }
}

/// The one line that says so.
fn fault<'a>(said: &'a str, subject: &str) -> &'a str {
    let mut lines = said
        .lines()
        .filter(|line| line.starts_with(&format!("FAULT {subject}")));
    let line = lines.next().unwrap_or_else(|| panic!("{subject}: {said}"));
    assert!(line.contains("; mend it: "), "{line}");
    line
}

fn denied(world: &World, operation: &str) {
    let trouble = json!({ "operation": operation, "count": null, "fault": {
        "error": { "status": 403, "code": "AccessDeniedException" }
    }});
    world.control("/aws/troubles", &trouble);
}

#[test]
fn a_sound_world_has_no_fault_and_nothing_is_left_open() {
    let (_world, environment) = sound();
    let (is_content, said) = examined(environment);
    assert!(is_content, "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok ")), "{said}");
}

#[rstest]
#[case::region("AWS_REGION", "ap-northeast-3", "region: ap-northeast-3")]
#[case::key(
    "AWS_ACCESS_KEY_ID",
    "AKIAI44QH8DHBEXAMPLE",
    "credentials: AWS does not accept them"
)]
#[case::secret(
    "AWS_SECRET_ACCESS_KEY",
    "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY",
    "credentials: AWS does not accept them"
)]
#[case::no_key("AWS_ACCESS_KEY_ID", "", "credentials: there are none")]
#[case::instance(
    "DESK_CONNECT_INSTANCE",
    "00000000-0000-4000-8000-000000000000",
    "instance: "
)]
#[case::origin(
    "DESK_ORIGINS",
    "http://127.0.0.1:1",
    "approved origin http://127.0.0.1:1: "
)]
#[case::no_site(
    "DESK_ORIGINS",
    "http://127.0.0.1:1",
    "site of http://127.0.0.1:1: nobody answers"
)]
#[case::domain("DESK_PROFILES_DOMAIN", "amazon-connect-other", "domain: ")]
#[case::name_of_the_domain("DESK_PROFILES_DOMAIN", "customers", "domain's name: ")]
#[case::issuer("DESK_ISSUER", "http://127.0.0.1:1", "issuer: ")]
#[case::missing("DESK_AUDIENCE", "", "DESK_AUDIENCE: missing")]
fn what_is_wrong_in_the_environment_is_found(
    #[case] name: &str,
    #[case] value: &str,
    #[case] subject: &str,
) {
    let (_world, mut environment) = sound();
    set(&mut environment, name, value);
    let (is_content, said) = examined(environment);
    assert!(!is_content);
    fault(&said, subject);
}

#[rstest]
#[case::users("SearchUsers", "permission connect:SearchUsers")]
#[case::contact("DescribeContact", "permission connect:DescribeContact")]
#[case::search("SearchProfiles", "permission profile:SearchProfiles")]
#[case::objects("ListProfileObjects", "permission profile:ListProfileObjects")]
#[case::key("AddProfileKey", "permission profile:AddProfileKey")]
#[case::calculated(
    "ListCalculatedAttributesForProfile",
    "permission profile:ListCalculatedAttributesForProfile"
)]
fn a_permission_that_is_missing_is_found_with_the_policy_that_gives_it(
    #[case] operation: &str,
    #[case] subject: &str,
) {
    let (world, environment) = sound();
    denied(&world, operation);
    let (is_content, said) = examined(environment);
    assert!(!is_content);
    let line = fault(&said, subject);
    assert!(line.contains("aws iam put-role-policy"), "{line}");
    assert!(line.contains(operation), "{line}");
    let of_permission = said
        .lines()
        .filter(|line| line.starts_with("FAULT permission"));
    assert!(of_permission.clone().count() > 0);
    assert!(
        of_permission.clone().all(|line| line.contains(operation)),
        "{said}"
    );
}

#[test]
fn whoever_may_not_read_the_list_of_origins_is_told_that_it_is_open() {
    let (world, environment) = sound();
    denied(&world, "ListApprovedOrigins");
    let (is_content, said) = examined(environment);
    assert!(is_content, "{said}");
    assert!(said.contains("open  approved origin "), "{said}");
}

#[test]
fn a_clock_that_is_off_is_found() {
    let (_world, mut environment) = sound();
    // Without the world's clock the machine's counts, which is not where this world is.
    environment.retain(|(name, _)| *name != "DESK_CLOCK_URL");
    let (is_content, said) = examined(environment);
    assert!(!is_content);
    assert!(fault(&said, "clock: ").contains(" s off"));
    assert!(
        said.contains("ok    instance"),
        "all else is seen nonetheless: {said}"
    );
}

#[test]
fn aws_that_is_not_reached_is_a_fault_and_vouches_for_nothing() {
    let (_world, mut environment) = sound();
    set(&mut environment, "AWS_ENDPOINT_URL", "http://127.0.0.1:1");
    let (is_content, said) = examined(environment);
    assert!(!is_content, "{said}");
    let line = fault(&said, "credentials: AWS could not be asked");
    assert!(line.contains("http://127.0.0.1:1"), "{line}");
    for unknown in ["clock", "instance", "permission"] {
        assert!(!said.contains(&format!("ok    {unknown}")), "{said}");
    }
}

#[rstest]
#[case::a_page_of_a_gateway(json!("html"))]
#[case::half_an_answer(json!("truncated"))]
#[case::trouble(json!({ "error": { "status": 500, "code": "InternalServiceException" } }))]
fn what_aws_did_not_say_vouches_for_nothing(#[case] trouble: Value) {
    let (world, environment) = sound();
    let trouble = json!({ "count": null, "fault": trouble });
    world.control("/aws/troubles", &trouble);
    let (is_content, said) = examined(environment);
    assert!(!is_content, "{said}");
    fault(&said, "credentials: AWS could not be asked");
    for unknown in ["clock", "instance", "permission"] {
        assert!(!said.contains(&format!("ok    {unknown}")), "{said}");
    }
}

#[test]
fn an_issuer_that_calls_itself_something_else_is_found() {
    let (_world, mut environment) = sound();
    let issuer = environment
        .iter()
        .find(|(name, _)| *name == "DESK_ISSUER")
        .map(|(_, value)| value.replace("127.0.0.1", "localhost"))
        .expect("an issuer");
    set(&mut environment, "DESK_ISSUER", &issuer);
    let (_, said) = examined(environment);
    assert!(fault(&said, "issuer: ").contains("another issuer"));
}

#[test]
fn a_policy_that_is_for_another_instance_is_found() {
    let (world, environment) = sound();
    serves(&world, "https://other.my.connect.aws.invalid/ccp-v2/", None);
    let (_, said) = examined(environment);
    fault(&said, "Content-Security-Policy of ");
    fault(&said, "framing of https://other.my.connect.aws.invalid by ");
}

#[test]
fn a_configuration_that_is_missing_is_found() {
    let (world, environment) = sound();
    serves(&world, "{ccp}", Some(404));
    let (_, said) = examined(environment);
    fault(&said, "configuration of ");
}

#[test]
fn a_panel_that_does_not_let_itself_be_framed_is_found() {
    let world = World::new(None);
    let other = World::new(None);
    serves(&world, &other.ccp(), None);
    let (_, said) = examined(environment(&world));
    let line = fault(&said, "framing of ");
    assert!(line.contains("associate-approved-origin"), "{line}");
}

/// Nothing that the doctor does changes anything.
#[test]
fn the_doctor_leaves_no_trace_but_questions() {
    let (world, environment) = sound();
    examined(environment);
    let text = world.reads("/aws").to_string();
    assert!(text.contains("SearchProfiles"), "{text}");
    for changes in ["CreateProfile", "PutProfileObject", "UpdateProfile"] {
        assert!(!text.contains(changes), "{text}");
    }
}
