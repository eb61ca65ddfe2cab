use contract::{Currency, LossReason, Money, NotSummedReason, ShipmentStatus};
use rstest::rstest;
use serde_json::json;

use super::*;

const TOPICS: &str = include_str!("../../../../tests/data/aws/eventbridge_shopify_topics.json");

fn profile() -> ProfileId {
    ProfileId::parse("0a1b2c3d4e5f60718293a4b5c6d7e8f9").unwrap()
}

/// A page as `ListProfileObjects` gives it.
fn page(object: OrderObject, objects: &[Value]) -> Value {
    let item = |(position, object_text): (usize, &Value)| {
        json!({
            "ObjectTypeName": object.type_name(),
            "ProfileObjectUniqueKey": format!("k{position}"),
            "Object": object_text.to_string(),
        })
    };
    let items: Vec<Value> = objects.iter().enumerate().map(item).collect();
    json!({ "Items": items })
}

fn part(pages: &[(OrderObject, &[Value])]) -> OrdersPart {
    let mut book = OrderBook::default();
    for (object, objects) in pages {
        book.add(*object, &page(*object, objects));
    }
    book.into_part(profile(), false)
}

/// The payload of the sample webhook of a topic.
fn webhook(topic: &str) -> Value {
    let samples: Value = serde_json::from_str(TOPICS).unwrap();
    let events = samples.as_object().map_or_else(
        || samples.as_array().unwrap().clone(),
        |map| {
            let lists = map.values().filter_map(Value::as_array).flatten();
            lists.chain(map.values()).cloned().collect()
        },
    );
    let found = events
        .iter()
        .find(|event| event["detail"]["metadata"]["X-Shopify-Topic"] == topic);
    found.unwrap()["detail"]["payload"].clone()
}

/// Adds members to an object, or replaces them.
fn with(mut object: Value, members: Value) -> Value {
    let Value::Object(members) = members else {
        panic!("members of an object");
    };
    object.as_object_mut().unwrap().extend(members);
    object
}

fn standard(id: &str, members: Value) -> Value {
    let order = json!({
        "OrderId": id,
        "Status": "paid",
        "StatusCode": "ACTIVATED",
        "TotalPrice": "1000",
        "Currency": "JPY",
        "CreatedDate": "2026-10-25T11:06:13+09:00",
        "UpdatedDate": "2026-10-25T11:13:56+09:00",
        "Attributes": { "ShopifyOrderId": id },
    });
    with(order, members)
}

fn standard_draft(id: &str, status: &str) -> Value {
    standard(id, json!({ "StatusCode": "DRAFT", "Status": status }))
}

fn names(part: &OrdersPart) -> Vec<&str> {
    part.orders.iter().map(|order| order.id.as_ref()).collect()
}

fn not_summed(part: &OrdersPart) -> Vec<(&str, &NotSummedReason)> {
    let totals = part.totals.as_ref().unwrap();
    let all = totals.not_summed.iter();
    all.map(|order| (order.order.as_ref(), &order.why))
        .collect()
}

fn sums(part: &OrdersPart) -> Vec<(u32, String)> {
    let totals = part.totals.as_ref().unwrap();
    let all = totals.sums.iter();
    all.map(|total| (total.orders, format!("{:?}", total.sum)))
        .collect()
}

#[test]
fn the_sample_of_standard_orders_is_read_whole() {
    let sample: Value = serde_json::from_str(include_str!(
        "../../../../tests/data/aws/cp_list_profile_objects_order.json"
    ))
    .unwrap();
    let mut book = OrderBook::default();
    book.add(OrderObject::Standard, &sample);
    insta::assert_json_snapshot!(book.into_part(profile(), false));
}

#[test]
fn the_shops_own_order_and_draft_are_read_whole() {
    let order = with(
        webhook("orders/fulfilled"),
        json!({
            "financial_status": "partially_refunded",
            "fulfillments": [{
                "status": "success",
                "shipment_status": "out_for_delivery",
                "tracking_company": "ヤマト運輸",
                "tracking_number": "1234-5678-9012",
                "tracking_numbers": ["1234-5678-9012", "1234-5678-9013"],
                "tracking_urls": ["https://carrier.example/1", "https://carrier.example/2"],
                "created_at": "2026-10-26T09:00:00+09:00",
                "updated_at": "2026-10-27T09:00:00+09:00",
            }, { "status": "failure" }],
            "refunds": [{
                "processed_at": "2026-10-28T09:00:00+09:00",
                "note": "破損",
                "transactions": [
                    { "kind": "refund", "status": "success", "amount": "300", "currency": "JPY" },
                    { "kind": "refund", "status": "failure", "amount": "999", "currency": "JPY" },
                ],
            }],
        }),
    );
    let part = part(&[
        (OrderObject::ShopifyOrder, &[order]),
        (
            OrderObject::ShopifyDraftOrder,
            &[webhook("draft_orders/create")],
        ),
    ]);
    insta::assert_json_snapshot!(part);
}

#[test]
fn a_standard_order_and_the_shops_own_are_one() {
    let own = with(
        webhook("orders/fulfilled"),
        json!({ "fulfillments": [{ "shipment_status": "delivered" }] }),
    );
    let plain = standard(
        "360e",
        json!({ "Attributes": { "ShopifyOrderId": "4300000000001" } }),
    );
    let part = part(&[
        (OrderObject::Standard, &[plain]),
        (OrderObject::ShopifyOrder, &[own]),
    ]);
    assert_eq!(names(&part), ["360e"]);
    let order = &part.orders[0];
    assert_eq!(order.shipments[0].status, ShipmentStatus::Delivered);
    assert_eq!(order.items[0].sku.as_deref(), Some("SYN-A"));
    assert!(order.detailed);
}

#[test]
fn what_changed_later_is_right_and_parcels_are_known_nevertheless() {
    let own = with(
        webhook("orders/paid"),
        json!({
            "financial_status": "pending",
            "closed_at": "2026-10-25T11:13:06+09:00",
            "fulfillments": [{ "shipment_status": "in_transit" }],
        }),
    );
    let newer = standard(
        "360e",
        json!({
            "Attributes": { "ShopifyOrderId": "4300000000001" },
            "UpdatedDate": "2026-10-26T00:00:00+09:00",
            "ClosedDate": null,
        }),
    );
    let part = part(&[
        (OrderObject::Standard, &[newer]),
        (OrderObject::ShopifyOrder, &[own]),
    ]);
    let order = &part.orders[0];
    assert_eq!(order.payment, PaymentStatus::Paid);
    assert_eq!(order.closed, None);
    assert_eq!(order.shipments[0].status, ShipmentStatus::InTransit);
}

#[test]
fn an_event_that_was_too_large_blanks_nothing() {
    let plain = standard("360e", json!({ "Attributes": { "ShopifyOrderId": "77" } }));
    let alone = part(&[(OrderObject::Standard, std::slice::from_ref(&plain))]);
    let joined = part(&[
        (OrderObject::Standard, &[plain]),
        (
            OrderObject::ShopifyOrder,
            &[json!({ "detail": { "payload": { "id": 77 } } })],
        ),
    ]);
    assert_eq!(joined.orders, alone.orders);
}

#[rstest]
#[case::bare(|payload| payload)]
#[case::in_the_event(|payload| json!({ "detail": { "payload": payload } }))]
#[case::in_two_events(|payload| json!({ "detail": { "event": { "detail": { "payload": payload } } } }))]
fn the_shops_own_order_is_found_within_the_events_that_brought_it(
    #[case] wrapped: fn(Value) -> Value,
) {
    let part = part(&[(
        OrderObject::ShopifyOrder,
        &[wrapped(webhook("orders/paid"))],
    )]);
    assert_eq!(part.orders[0].name.as_deref(), Some("#1001"));
}

#[test]
fn a_draft_is_part_of_the_order_that_it_says_it_has_become() {
    let part = part(&[
        (
            OrderObject::Standard,
            &[
                standard("4300000000001", json!({})),
                standard_draft("894000000001", "completed"),
            ],
        ),
        (
            OrderObject::ShopifyDraftOrder,
            &[webhook("draft_orders/update")],
        ),
    ]);
    assert_eq!(names(&part), ["4300000000001"]);
    let draft = part.orders[0].draft.as_ref().unwrap();
    assert_eq!(draft.name.as_deref(), Some("#D1"));
    assert_eq!(sums(&part), [(1, "1000 JPY".to_owned())]);
}

#[test]
fn a_draft_that_does_not_say_it_is_labelled_and_not_summed() {
    let part = part(&[(
        OrderObject::Standard,
        &[
            standard("order", json!({})),
            standard_draft("draft", "completed"),
        ],
    )]);
    assert_eq!(names(&part), ["order", "draft"]);
    assert_eq!(
        part.orders[1].relation,
        Some(DraftRelation::PossibleDuplicate)
    );
    assert_eq!(sums(&part), [(1, "1000 JPY".to_owned())]);
    assert_eq!(
        not_summed(&part),
        [("draft", &NotSummedReason::PossibleDuplicate)]
    );
}

#[test]
fn a_draft_that_is_worked_on_is_no_order_and_no_duplicate() {
    let part = part(&[(OrderObject::Standard, &[standard_draft("draft", "open")])]);
    assert_eq!(part.orders[0].relation, Some(DraftRelation::NotOrdered));
    assert_eq!((sums(&part), not_summed(&part)), (vec![], vec![]));
}

#[test]
fn a_draft_of_an_order_that_is_not_here_says_so() {
    let part = part(&[(
        OrderObject::ShopifyDraftOrder,
        &[webhook("draft_orders/update")],
    )]);
    assert_eq!(part.orders[0].relation, Some(DraftRelation::OrderNotHere));
}

#[test]
fn two_drafts_of_one_order_are_both_kept() {
    let second = with(
        webhook("draft_orders/update"),
        json!({ "id": 5, "name": "#D2" }),
    );
    let part = part(&[
        (OrderObject::ShopifyOrder, &[webhook("orders/paid")]),
        (
            OrderObject::ShopifyDraftOrder,
            &[webhook("draft_orders/update"), second],
        ),
    ]);
    assert_eq!(part.orders.len(), 2);
    assert_eq!(sums(&part), [(1, "5500 JPY".to_owned())]);
}

#[test]
fn an_order_that_lacks_a_page_is_not_taken_for_a_draft() {
    let part = part(&[(
        OrderObject::Standard,
        &[standard_draft("paid", "paid"), standard_draft("unsaid", "")],
    )]);
    let kinds: Vec<_> = part
        .orders
        .iter()
        .map(|order| order.kind.as_str())
        .collect();
    assert_eq!(kinds, ["draft", "placed"]);
}

#[rstest]
#[case::unknown_currency(json!({ "Currency": "QQQ" }), NotSummedReason::UnknownCurrency)]
#[case::no_currency(json!({ "Currency": null }), NotSummedReason::UnknownCurrency)]
#[case::no_total(json!({ "TotalPrice": null }), NotSummedReason::NoTotal)]
#[case::total_that_is_none(json!({ "TotalPrice": "free" }), NotSummedReason::NoTotal)]
#[case::unknown_status(json!({ "Status": "konbini_wait" }), NotSummedReason::UnknownStatus)]
#[case::partly_refunded(json!({ "Status": "partially_refunded" }), NotSummedReason::RefundUnknown)]
#[case::overflow(
    json!({ "TotalPrice": "170141183460469231731687303715884105727" }),
    NotSummedReason::Overflow
)]
fn what_cannot_be_summed_is_named_and_the_rest_is_summed(
    #[case] members: Value,
    #[case] why: NotSummedReason,
) {
    let part = part(&[(
        OrderObject::Standard,
        &[
            standard("odd", members),
            standard("even", json!({ "ProcessedDate": "2027-01-01T00:00:00Z" })),
        ],
    )]);
    assert_eq!(sums(&part), [(1, "1000 JPY".to_owned())]);
    assert_eq!(not_summed(&part), [("odd", &why)]);
}

#[rstest]
#[case::cancelled(json!({ "CancelledDate": "2026-10-28T09:00:00+09:00" }))]
#[case::cancelled_by_status(json!({ "Status": "canceled" }))]
#[case::refunded(json!({ "Status": "refunded" }))]
#[case::voided(json!({ "Status": "voided" }))]
#[case::expired(json!({ "Status": "expired" }))]
fn what_does_not_stand_is_not_bought(#[case] members: Value) {
    let part = part(&[(OrderObject::Standard, &[standard("gone", members)])]);
    assert_eq!((sums(&part), not_summed(&part)), (vec![], vec![]));
    assert_eq!(part.orders.len(), 1);
}

#[test]
fn what_was_given_back_is_taken_off() {
    let refunded = |transactions: Value| {
        let refunds = json!([{ "transactions": transactions }]);
        with(
            webhook("orders/paid"),
            json!({ "financial_status": "partially_refunded", "refunds": refunds }),
        )
    };
    let known =
        json!([{ "kind": "refund", "status": "success", "amount": "1500.5", "currency": "JPY" }]);
    let known = part(&[(OrderObject::ShopifyOrder, &[refunded(known)])]);
    assert_eq!(sums(&known), [(1, "3999.5 JPY".to_owned())]);
    for unknown in [
        json!([{ "kind": "refund", "status": "success", "amount": "?" }]),
        json!([{ "kind": "refund", "status": "success", "amount": "5", "currency": "USD" }]),
        json!([{ "amount": "5", "currency": "JPY" }]),
        json!(null),
    ] {
        let part = part(&[(OrderObject::ShopifyOrder, &[refunded(unknown)])]);
        assert_eq!(sums(&part), []);
        assert_eq!(not_summed(&part)[0].1, &NotSummedReason::RefundUnknown);
    }
}

#[test]
fn currencies_are_not_mixed_and_amounts_are_exact() {
    let usd = |id, total: &str| standard(id, json!({ "Currency": "usd", "TotalPrice": total }));
    let part = part(&[(
        OrderObject::Standard,
        &[
            usd("a", "649.975"),
            usd("b", "1000000000000000"),
            standard("c", json!({})),
        ],
    )]);
    assert_eq!(
        sums(&part),
        [
            (1, "1000 JPY".to_owned()),
            (2, "1000000000000649.975 USD".to_owned())
        ]
    );
}

#[test]
fn orders_are_newest_first_and_those_without_a_time_last() {
    let at = |id, time: Value| {
        standard(
            id,
            json!({ "CreatedDate": time.clone(), "ProcessedDate": time }),
        )
    };
    let part = part(&[(
        OrderObject::Standard,
        &[
            at("none", json!(null)),
            at("old", json!("2026-10-25T11:06:13+09:00")),
            at("new", json!("2026-10-24T22:06:14-0400")),
            at("odd", json!("yesterday")),
        ],
    )]);
    assert_eq!(names(&part), ["new", "old", "odd", "none"]);
    assert_eq!(part.orders[2].losses.len(), 2);
}

#[test]
fn pages_that_overlap_give_each_order_once_in_its_newer_state() {
    let newer = standard(
        "1",
        json!({ "Status": "refunded", "UpdatedDate": "2026-10-26T00:00:00+09:00" }),
    );
    let older = standard("1", json!({}));
    for pages in [[&newer, &older], [&older, &newer]] {
        let part = part(&[
            (OrderObject::Standard, std::slice::from_ref(pages[0])),
            (OrderObject::Standard, std::slice::from_ref(pages[1])),
        ]);
        assert_eq!(names(&part), ["1"]);
        assert_eq!(part.orders[0].payment, PaymentStatus::Refunded);
    }
}

#[test]
fn orders_that_say_nothing_are_shown_each_by_itself() {
    let nothing: serde_json::Map<String, Value> = standard("1", json!({}))
        .as_object()
        .unwrap()
        .keys()
        .map(|name| (name.clone(), Value::Null))
        .collect();
    let items = vec![json!({ "Object": Value::Object(nothing).to_string() }); 3];
    let mut book = OrderBook::default();
    book.add(OrderObject::Standard, &json!({ "Items": items }));
    let part = book.into_part(profile(), true);
    assert_eq!(part.orders.len(), 3);
    assert!(
        part.orders
            .iter()
            .all(|order| order.kind == OrderKind::Unstated)
    );
    assert_eq!(not_summed(&part).len(), 3);
    assert!(part.cut);
}

#[test]
fn what_is_no_order_is_said_and_hides_no_other() {
    let page = json!({ "Items": [
        { "ObjectTypeName": "_order", "Object": standard("1", json!({})).to_string() },
        { "ObjectTypeName": "_booking", "Object": "{}" },
        { "ObjectTypeName": "_order", "Object": "{" },
        { "ObjectTypeName": "_order", "Object": "[]" },
        { "ObjectTypeName": "_order" },
        "order",
    ]});
    let mut book = OrderBook::default();
    book.add(OrderObject::Standard, &page);
    book.add(OrderObject::Standard, &json!("<html>"));
    let part = book.into_part(profile(), false);
    assert_eq!(names(&part), ["1"]);
    let losses: Vec<_> = part
        .losses
        .iter()
        .map(|loss| (loss.at.as_str(), &loss.why))
        .collect();
    assert_eq!(
        losses,
        [
            ("Items[1].ObjectTypeName", &LossReason::UnknownObject),
            ("Items[2].Object", &LossReason::NotJson),
            ("Items[3].Object", &LossReason::WrongType),
            ("Items[4].Object", &LossReason::Missing),
            ("Items[5]", &LossReason::WrongType),
            ("", &LossReason::WrongType),
        ]
    );
}

#[test]
fn a_wrong_member_hides_no_other_and_is_named() {
    let odd = standard(
        "1",
        json!({
            "OrderItems": [{ "Title": 5, "Price": "1,000", "Quantity": "-1" }, 7],
            "StatusUrl": "javascript:alert(1)",
            "ShippingAddress": "Tokyo",
            "TotalTax": { "a": 1 },
        }),
    );
    let part = part(&[(OrderObject::Standard, &[odd])]);
    let order = &part.orders[0];
    let total = Money::parse("1000", Currency::from_code("JPY")).unwrap();
    assert_eq!((order.items.len(), &order.total), (1, &Some(total)));
    let losses: Vec<_> = order.losses.iter().map(|loss| loss.at.as_str()).collect();
    assert_eq!(
        losses,
        [
            "OrderItems[0].Title",
            "OrderItems[0].Quantity",
            "OrderItems[0].Price",
            "OrderItems[1]",
            "TotalTax",
            "ShippingAddress",
            "StatusUrl",
        ]
    );
}

#[test]
fn a_page_can_be_shown_before_all_is_there() {
    let mut book = OrderBook::default();
    let two = [standard("1", json!({})), standard("2", json!({}))];
    book.add(OrderObject::Standard, &page(OrderObject::Standard, &two));
    assert_eq!(book.last_page().len(), 2);
    let own = [webhook("orders/paid")];
    book.add(
        OrderObject::ShopifyOrder,
        &page(OrderObject::ShopifyOrder, &own),
    );
    assert_eq!(book.last_page(), []);
    let third = [standard("3", json!({}))];
    book.add(OrderObject::Standard, &page(OrderObject::Standard, &third));
    assert_eq!(book.last_page()[0].id.as_ref(), "3");
}

#[test]
fn a_page_of_a_carrier_goes_with_a_number_only_where_each_has_one() {
    let order = with(
        webhook("orders/paid"),
        json!({ "fulfillments": [{
            "tracking_numbers": ["1", "2"],
            "tracking_urls": ["https://carrier.example/"],
        }]}),
    );
    let part = part(&[(OrderObject::ShopifyOrder, &[order])]);
    let trackings = part.orders[0].shipments[0].trackings.iter();
    let shown: Vec<_> = trackings
        .map(|tracking| (tracking.number.as_deref(), tracking.url.is_some()))
        .collect();
    assert_eq!(
        shown,
        [(Some("1"), false), (Some("2"), false), (None, true)]
    );
}

#[test]
fn that_parcels_are_not_known_is_said_even_where_drafts_are() {
    let nothing: [Value; 0] = [];
    let drafts = part(&[(OrderObject::ShopifyDraftOrder, &nothing)]);
    let orders = part(&[(OrderObject::ShopifyOrder, &nothing)]);
    assert_eq!((drafts.detailed, orders.detailed), (false, true));
}

#[test]
fn an_order_without_the_shops_id_is_not_summed_beside_those_it_may_be() {
    let nameless = standard("plain", json!({ "Attributes": {} }));
    let alone = part(&[(OrderObject::Standard, std::slice::from_ref(&nameless))]);
    assert_eq!(sums(&alone), [(1, "1000 JPY".to_owned())]);
    let beside = part(&[
        (OrderObject::Standard, &[nameless]),
        (OrderObject::ShopifyOrder, &[webhook("orders/paid")]),
    ]);
    assert_eq!(sums(&beside), [(1, "5500 JPY".to_owned())]);
    assert_eq!(
        not_summed(&beside),
        [("plain", &NotSummedReason::PossibleDuplicate)]
    );
}
