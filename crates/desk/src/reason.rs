//! Why a customer is likely to call: the newest of their orders with which something is the matter.
//!
//! A rule whose data the domain does not hold does not apply, and [`Likely::parcels_unknown`] says so.
//! Days are counted from moment to moment, so that no zone matters.

use chrono::{DateTime, TimeDelta, Utc};
use contract::{
    FulfilmentStatus, OrderKind, PaymentStatus, ShipmentStatus, ShopTime,
    view::{Order, Part, Shipment},
};

use crate::screen_pop::Orders;

/// Days after which an order that is paid should have been sent, unless a deployment says another.
pub const SHIPS_WITHIN_DAYS: u32 = 3;

/// Days for which a delivery or a cancellation is news.
const NEWS_DAYS: i64 = 14;

/// What is the matter with an order: the rule that found it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// It is cancelled, not long ago.
    Cancelled,
    /// It is not paid, or not all of it.
    Unpaid,
    /// A part of it is sent.
    PartlyShipped,
    /// A parcel of it is late, could not be handed over, or is lost.
    ParcelTrouble,
    /// Nothing of it is sent, so many days after it was ordered.
    NotShipped(u32),
    /// It has been delivered, not long ago.
    Delivered,
}

/// The likely reason for a call, and what could not be judged.
#[derive(Debug, Clone, Copy)]
pub struct Likely<'a> {
    /// The order, and the rule.
    pub order: Option<(Order<'a>, Reason)>,
    /// Whether nothing is known of parcels, because the domain does not hold the shop's own orders.
    pub parcels_unknown: bool,
}

impl<'a> Likely<'a> {
    /// Judges the orders of one customer, once all of them are there.
    pub fn of(orders: &'a Orders, now: DateTime<Utc>, ships_within: u32) -> Option<Self> {
        if !orders.complete {
            return None;
        }
        let mut placed = orders
            .iter()
            .filter(|order| order.kind() == OrderKind::Placed);
        Some(Self {
            order: placed.find_map(|order| Some((order, judge(order, now, ships_within)?))),
            parcels_unknown: !orders.part().is_some_and(Part::detailed),
        })
    }
}

fn judge(order: Order<'_>, now: DateTime<Utc>, ships_within: u32) -> Option<Reason> {
    let ago = |time: Option<ShopTime>| time.map(|time| now.signed_duration_since(time.at));
    let is_news =
        |time: Option<ShopTime>| ago(time).is_some_and(|ago| ago <= TimeDelta::days(NEWS_DAYS));
    if order.cancelled().is_some() || order.payment() == PaymentStatus::Cancelled {
        return is_news(order.cancelled().or(order.updated())).then_some(Reason::Cancelled);
    }
    let reason = match order.payment() {
        PaymentStatus::Refunded | PaymentStatus::Voided => return None,
        PaymentStatus::Pending | PaymentStatus::PartiallyPaid | PaymentStatus::Expired => {
            Reason::Unpaid
        }
        _ if order.fulfilment() == FulfilmentStatus::Partial => Reason::PartlyShipped,
        _ => {
            return judge_parcels(order, is_news).or_else(|| {
                let days = u32::try_from(ago(order.ordered())?.num_days()).ok()?;
                let waits =
                    order.fulfilment() == FulfilmentStatus::Unfulfilled && order.closed().is_none();
                (waits && days >= ships_within).then_some(Reason::NotShipped(days))
            });
        }
    };
    Some(reason)
}

fn judge_parcels(order: Order<'_>, is_news: impl Fn(Option<ShopTime>) -> bool) -> Option<Reason> {
    let parcels = || order.shipments().filter(|parcel| !parcel.cancelled());
    let is_stuck = |parcel: Shipment<'_>| {
        matches!(
            parcel.status(),
            ShipmentStatus::Delayed | ShipmentStatus::AttemptedDelivery | ShipmentStatus::Failure
        )
    };
    if parcels().any(is_stuck) {
        return Some(Reason::ParcelTrouble);
    }
    let came = |parcel: Shipment<'_>| {
        parcel.status() == ShipmentStatus::Delivered && is_news(parcel.updated())
    };
    parcels().any(came).then_some(Reason::Delivered)
}
