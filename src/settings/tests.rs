//! What a settings file may and may not say, member by member.

use js_sys::{Object, Reflect};
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use super::*;

/// A file in which nothing is `null`.
const WHOLE: &str = r#"{
    "ccp": {
        "url": "https://example.my.connect.aws/ccp-v2/",
        "region": "ap-northeast-1",
        "loginUrl": "https://login.example/"
    },
    "api": { "url": "/api" },
    "auth": {
        "issuer": "https://login.example/",
        "clientId": "desk",
        "scope": "openid",
        "audience": "api"
    },
    "locale": "en",
    "country": "JP",
    "settings": {
        "ring": { "notification": "caller", "sound": false },
        "readiness": { "notReadyState": "Lunch" },
        "labels": { "reason": "Why" },
        "customer": {
            "silentFrame": true,
            "masked": true,
            "priority": { "attribute": "rank", "values": ["gold"] },
            "shipsWithinDays": 5
        }
    }
}"#;

fn read(json: &str) -> Result<Settings, SettingsError> {
    parse(JSON::parse(json).unwrap())
}

/// The whole file, but for one member: another value as JSON, or none at all.
fn read_with(path: &str, value: Option<&str>) -> Result<Settings, SettingsError> {
    let file = JSON::parse(WHOLE).unwrap();
    let (owners, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut owner = file.clone();
    for name in owners.split('.').filter(|name| !name.is_empty()) {
        owner = Reflect::get(&owner, &name.into()).unwrap();
    }
    let owner: Object = owner.unchecked_into();
    assert!(Reflect::has(&owner, &name.into()).unwrap(), "{path}");
    match value {
        Some(json) => Reflect::set(&owner, &name.into(), &JSON::parse(json).unwrap()),
        None => Reflect::delete_property(&owner, &name.into()),
    }
    .unwrap();
    parse(file)
}

fn blames(read: Result<Settings, SettingsError>) -> Option<SettingsError> {
    read.err()
}

#[wasm_bindgen_test]
fn a_whole_file_is_read() {
    let settings = read(WHOLE).unwrap();
    assert_eq!(
        (
            settings.ccp_url.as_str(),
            settings.region.as_str(),
            settings.login_url.as_deref(),
            settings.locale,
            settings.country
        ),
        (
            "https://example.my.connect.aws/ccp-v2/",
            "ap-northeast-1",
            Some("https://login.example/"),
            Locale::En,
            Country::JP
        )
    );
}

#[wasm_bindgen_test]
fn the_example_of_the_documentation_is_read() {
    let settings = read(include_str!("../../docs/config.example.json"));
    assert_eq!(blames(settings), None);
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
fn a_member_that_is_missing_is_named(
    #[values(
        "ccp",
        "ccp.url",
        "ccp.region",
        "ccp.loginUrl",
        "api",
        "api.url",
        "auth",
        "auth.issuer",
        "auth.clientId",
        "auth.scope",
        "auth.audience",
        "locale",
        "country",
        "settings"
    )]
    path: &'static str,
) {
    let read = read_with(path, None);
    assert_eq!(blames(read), Some(SettingsError::Member(path)));
}

/// Every value that no member but an object, or none but a text, may have.
#[rstest]
#[test_attr(wasm_bindgen_test)]
fn a_member_of_the_wrong_kind_is_named(
    #[values(
        "ccp",
        "ccp.url",
        "ccp.region",
        "ccp.loginUrl",
        "api",
        "api.url",
        "auth",
        "auth.issuer",
        "auth.clientId",
        "auth.scope",
        "auth.audience",
        "locale",
        "country",
        "settings"
    )]
    path: &'static str,
    #[values("7", "true", "[]", "\"  \"")] value: &str,
) {
    let read = read_with(path, Some(value));
    assert_eq!(blames(read), Some(SettingsError::Member(path)));
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
fn a_member_that_must_not_be_null_is_named(
    #[values(
        "ccp",
        "ccp.url",
        "ccp.region",
        "api.url",
        "auth.issuer",
        "auth.clientId",
        "auth.scope",
        "locale",
        "country",
        "settings"
    )]
    path: &'static str,
) {
    let read = read_with(path, Some("null"));
    assert_eq!(blames(read), Some(SettingsError::Member(path)));
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
fn what_may_be_left_out_is_null(
    #[values("ccp.loginUrl", "api", "auth", "auth.audience")] path: &str,
) {
    assert_eq!(blames(read_with(path, Some("null"))), None);
}

#[wasm_bindgen_test]
fn who_is_asked_for_customers_is_read() {
    let asked = Customers {
        api: "/api".to_owned(),
        provider: Provider {
            issuer: "https://login.example/".to_owned(),
            client_id: "desk".to_owned(),
            scope: "openid".to_owned(),
            audience: Some("api".to_owned()),
        },
        silent_frame: true,
    };
    assert_eq!(read(WHOLE).unwrap().customers, Some(asked));
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
fn without_a_proxy_and_a_provider_there_is_no_customer_data(#[values("api", "auth")] path: &str) {
    assert_eq!(read_with(path, Some("null")).unwrap().customers, None);
}

#[rstest]
#[case::another_origin("https://api.example/")]
#[case::another_host("//api.example/")]
#[case::no_root("api")]
#[test_attr(wasm_bindgen_test)]
fn customers_are_asked_for_on_this_origin_alone(#[case] address: &str) {
    let read = read_with("api.url", Some(&["\"", address, "\""].concat()));
    assert_eq!(blames(read), Some(SettingsError::Member("api.url")));
}

#[rstest]
#[case::language("locale", "\"fr\"")]
#[case::country("country", "\"ZZ\"")]
#[test_attr(wasm_bindgen_test)]
fn a_word_that_the_desk_does_not_know_is_named(#[case] path: &'static str, #[case] value: &str) {
    let read = read_with(path, Some(value));
    assert_eq!(blames(read), Some(SettingsError::Member(path)));
}

#[rstest]
#[case::loopback("http://127.0.0.1:9401/ccp-v2/")]
#[case::loopback_6("http://[::1]:9401/ccp-v2/")]
#[case::localhost("http://localhost:9401/ccp-v2/")]
#[test_attr(wasm_bindgen_test)]
fn an_unencrypted_address_may_be_on_this_machine(#[case] address: &str) {
    let read = read_with("ccp.url", Some(&format!("\"{address}\"")));
    assert_eq!(read.unwrap().ccp_url, address);
}

#[rstest]
#[case::unencrypted("http://example.my.connect.aws/ccp-v2/")]
#[case::almost_loopback("http://127.0.0.1.example.com/")]
#[case::almost_localhost("http://localhost.example.com/")]
#[case::name_before_the_host("http://localhost@example.com/")]
#[case::another_scheme("ftp://127.0.0.1/")]
#[case::script("javascript:alert(1)")]
#[case::data("data:text/html,x")]
#[case::no_scheme("example.my.connect.aws/ccp-v2/")]
#[case::relative("/ccp-v2/")]
#[test_attr(wasm_bindgen_test)]
fn an_address_that_must_not_be_embedded_is_named(
    #[case] address: &str,
    #[values("ccp.url", "ccp.loginUrl", "auth.issuer")] path: &'static str,
) {
    let read = read_with(path, Some(&format!("\"{address}\"")));
    assert_eq!(blames(read), Some(SettingsError::Member(path)));
}

#[rstest]
#[test_attr(wasm_bindgen_test)]
fn what_is_no_object_is_no_file(#[values("null", "[]", "7", "\"ccp\"", "true")] json: &str) {
    assert_eq!(blames(read(json)), Some(SettingsError::NotJson));
}

#[wasm_bindgen_test]
fn a_member_that_the_desk_does_not_know_is_no_mistake() {
    let json = WHOLE.replacen('{', "{ \"theme\": 1,", 1);
    assert_eq!(blames(read(&json)), None);
}

#[wasm_bindgen_test]
async fn a_file_that_is_not_there_is_unavailable() {
    // No boot.js has run here.
    assert_eq!(blames(load().await), Some(SettingsError::Unavailable));
}

#[rstest]
#[case::english("?lang=en", Some(Locale::En))]
#[case::japanese_of_japan("?theme=dark&lang=ja-JP", Some(Locale::Ja))]
#[case::another("?lang=fr", None)]
#[case::empty("?lang=", None)]
#[case::none("", None)]
#[test_attr(wasm_bindgen_test)]
fn the_address_may_ask_for_a_language(#[case] search: &str, #[case] asked: Option<Locale>) {
    let window = web_sys::window().unwrap();
    let (history, here) = (window.history().unwrap(), window.location().href().unwrap());
    let go = |address: &str| {
        let state = JsValue::NULL;
        history
            .replace_state_with_url(&state, "", Some(address))
            .unwrap();
    };
    go(&format!("/{search}"));
    let read = locale_in_address();
    go(&here);
    assert_eq!(read, asked);
}

#[wasm_bindgen_test]
fn the_settings_of_a_whole_file_are_read() {
    let settings = read(WHOLE).unwrap();
    assert_eq!(
        (
            settings.notification,
            settings.has_ringtone,
            settings.not_ready_state.as_deref()
        ),
        (Notification::Caller, false, Some("Lunch"))
    );
}

#[rstest]
#[case::nothing("{}")]
#[case::nothing_in_it(r#"{ "ring": {}, "readiness": {}, "customer": {} }"#)]
#[case::nothing_chosen(r#"{ "readiness": { "notReadyState": null } }"#)]
#[test_attr(wasm_bindgen_test)]
fn what_is_left_out_of_the_settings_is_as_the_schema_says(#[case] settings: &str) {
    let schema = include_str!("../../docs/config.schema.json");
    let default = |path: [&str; 2]| {
        let schema: JsValue = JSON::parse(schema).unwrap();
        let steps = ["properties", "settings", "properties", path[0]];
        let steps = steps.into_iter().chain(["properties", path[1], "default"]);
        steps.fold(schema, |at, name| Reflect::get(&at, &name.into()).unwrap())
    };
    let read = read_with("settings", Some(settings)).unwrap();
    assert_eq!(
        (
            default(["ring", "notification"]).as_string().as_deref(),
            read.notification
        ),
        (Some("queue"), Notification::Queue)
    );
    assert_eq!(
        default(["ring", "sound"]).as_bool(),
        Some(read.has_ringtone)
    );
    assert!(default(["readiness", "notReadyState"]).is_null());
    assert_eq!(read.not_ready_state, None);
    let silent_frame = read.customers.map(|customers| customers.silent_frame);
    assert_eq!(default(["customer", "silentFrame"]).as_bool(), silent_frame);
    assert_eq!(default(["customer", "masked"]).as_bool(), Some(read.masked));
    let days = default(["customer", "shipsWithinDays"]).as_f64();
    assert_eq!(days, Some(f64::from(read.ships_within)));
}

#[wasm_bindgen_test]
fn customers_are_shown_as_the_settings_say() {
    let read = read(WHOLE).unwrap();
    assert!(read.masked);
    assert_eq!(read.ships_within, 5);
    let (attribute, values) = read.priority.unwrap();
    assert_eq!((attribute.as_str(), values.length()), ("rank", 1));
    let label = Reflect::get(&read.labels, &"reason".into()).unwrap();
    assert_eq!(label.as_string().as_deref(), Some("Why"));
}

#[rstest]
#[case("off", Notification::Off)]
#[case("queue", Notification::Queue)]
#[case("caller", Notification::Caller)]
#[test_attr(wasm_bindgen_test)]
fn a_ring_tells_as_much_as_the_settings_allow(#[case] word: &str, #[case] told: Notification) {
    let word = ["\"", word, "\""].concat();
    let read = read_with("settings.ring.notification", Some(&word)).unwrap();
    assert_eq!(read.notification, told);
}

#[rstest]
#[case::a_word_that_is_none("settings.ring.notification", r#""loud""#)]
#[case::no_word("settings.ring.notification", "true")]
#[case::a_word_for_a_switch("settings.ring.sound", r#""no""#)]
#[case::an_empty_name("settings.readiness.notReadyState", r#"" ""#)]
#[case::a_number_for_a_switch("settings.customer.silentFrame", "1")]
#[case::a_word_for_days("settings.customer.shipsWithinDays", r#""3""#)]
#[case::a_part_of_a_day("settings.customer.shipsWithinDays", "0.5")]
#[case::no_days("settings.customer.shipsWithinDays", "0")]
#[case::too_many_days("settings.customer.shipsWithinDays", "100")]
#[case::a_number_for_a_mask("settings.customer.masked", "0")]
#[case::no_values("settings.customer.priority.values", r#""gold""#)]
#[case::nothing_for_values("settings.customer.priority.values", "null")]
#[case::nothing_for_a_priority("settings.customer.priority", "null")]
#[case::nothing_for_labels("settings.labels", "null")]
#[case::no_attribute("settings.customer.priority.attribute", r#""""#)]
#[case::a_number_for_a_label("settings.labels", r#"{ "reason": 3 }"#)]
#[case::no_labels("settings.labels", "true")]
#[case::no_object("settings.ring", "true")]
#[test_attr(wasm_bindgen_test)]
fn a_wrong_setting_is_named(#[case] path: &'static str, #[case] value: &str) {
    assert_eq!(
        blames(read_with(path, Some(value))),
        Some(SettingsError::Member(path))
    );
}

#[rstest]
#[case("settings", r#"{ "rings": {} }"#)]
#[case("settings.ring", r#"{ "sounds": true }"#)]
#[case("settings.readiness", r#"{ "notreadystate": "Lunch" }"#)]
#[case("settings.customer", r#"{ "silentframe": true }"#)]
#[case(
    "settings.customer.priority",
    r#"{ "attribute": "rank", "values": [], "value": "gold" }"#
)]
#[test_attr(wasm_bindgen_test)]
fn where_members_may_be_left_out_a_misspelt_one_is_refused(
    #[case] path: &'static str,
    #[case] value: &str,
) {
    assert_eq!(
        blames(read_with(path, Some(value))),
        Some(SettingsError::Member(path))
    );
}
