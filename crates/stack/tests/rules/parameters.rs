//! What is said of parameters that `CloudFormation` would refuse.

use rstest::rstest;

use crate::{PROXY, given};

fn objections(more: &[(&'static str, &str)]) -> Vec<String> {
    stack::objections(&given(more)).unwrap()
}

#[test]
fn what_can_be_deployed_meets_no_objection() {
    assert_eq!(objections(&[]), [""; 0]);
    assert_eq!(objections(&PROXY), [""; 0]);
}

#[rstest]
#[case::unknown("DomainNames", "desk.example.com", "DomainNames is no parameter")]
#[case::not_allowed("LogDays", "8", "LogDays is one of 1, 3, 5")]
#[case::pattern("ConnectInstanceId", "shop", "ConnectInstanceId is the UUID")]
#[case::only_a_part_fits(
    "ConnectOrigin",
    "https://shop.my.connect.aws/ccp-v2/",
    "ConnectOrigin is https://ALIAS"
)]
#[case::no_words_for_it("Country", "Japan", "Country is of the form [A-Z]{2}")]
#[case::an_item_of_a_list("OrderTypes", "_order,Shopify Order", "OrderTypes is of the form")]
#[case::too_small(
    "MemorySize",
    "64",
    "MemorySize is a number from 128 to 3008, not \"64\""
)]
#[case::no_number("MemorySize", "much", "MemorySize is a number")]
fn an_objection_names_the_parameter(
    #[case] name: &'static str,
    #[case] value: &str,
    #[case] said: &str,
) {
    let found = objections(&[(name, value)]);
    assert!(
        found.len() == 1 && found[0].starts_with(said),
        "{name}={value}: {found:?}"
    );
}

#[test]
fn one_that_is_too_long_is_named() {
    let host = format!("{}example.com", "a.".repeat(200));
    let found = objections(&[("DomainName", &host)]);
    assert!(
        found[0].starts_with("DomainName has at most 253"),
        "{found:?}"
    );
}

#[test]
fn one_that_is_missing_is_named() {
    let mut without = given(&[]);
    without.remove("ProfilesDomain");
    assert_eq!(
        stack::objections(&without).unwrap(),
        ["ProfilesDomain is missing"]
    );
}

#[rstest]
#[case::certificate(&[("DomainName", "desk.example.com")], "DomainName and CertificateArn")]
#[case::origin(&[("CodeKey", "code/a.zip"), ("CreateUserPool", "true")], "with CodeKey and without DomainName")]
#[case::agents(
    &[("CodeKey", "code/a.zip"), ("CloudFrontHost", "d1.cloudfront.net"), ("Issuer", "https://id.example.com")],
    "with CodeKey, either CreateUserPool"
)]
fn a_rule_that_is_broken_is_said_in_its_words(
    #[case] more: &[(&'static str, &str)],
    #[case] said: &str,
) {
    let found = objections(more);
    assert!(found.len() == 1 && found[0].starts_with(said), "{found:?}");
}
