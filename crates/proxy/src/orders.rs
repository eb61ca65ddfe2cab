//! The orders of a customer, from all that Customer Profiles holds about them.
//!
//! One order can be there several times: as a standard order (`_order`), which says what every shop
//! says, as the shop's own order (`Shopify-Order`), which also knows parcels, refunds and stock
//! numbers, and as the draft that it was made from (`Shopify-DraftOrder`), whose standard form has
//! another id and the same total. An [`OrderBook`] takes pages of all three in any order and joins
//! what belongs together by the shop's ids. It never guesses: a draft belongs to an order only when
//! it says so itself.

mod shopify;
mod standard;
mod totals;

use std::collections::{HashMap, HashSet};
use std::mem::take;

use contract::{
    DraftOrigin, DraftRelation, FulfilmentStatus, Order, OrderId, OrderKind, OrdersPart,
    PaymentStatus, Personal, ProfileId,
};
use serde_json::Value;

use crate::reading::{Losses, Members, Place};

/// In which form Customer Profiles holds an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderObject {
    /// The standard object of every shop.
    Standard,
    /// Shopify's own order.
    ShopifyOrder,
    /// Shopify's own draft.
    ShopifyDraftOrder,
}

impl OrderObject {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Standard, Self::ShopifyOrder, Self::ShopifyDraftOrder];

    /// Its name, as `ObjectTypeName` of a request.
    pub fn type_name(self) -> &'static str {
        match self {
            Self::Standard => "_order",
            Self::ShopifyOrder => "Shopify-Order",
            Self::ShopifyDraftOrder => "Shopify-DraftOrder",
        }
    }
}

/// One object, read.
#[derive(Debug, Clone)]
struct Entry {
    order: Order,
    /// Of a draft: the shop's id of the order that it has become.
    became: Became,
}

/// What a draft says of the order that it has become.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Became {
    /// Nothing: the object does not have the member for it.
    Unsaid,
    /// That there is none.
    Nothing,
    /// The shop's id of the order.
    Order(Personal),
}

/// Objects about the orders of one customer, as they come.
#[derive(Default)]
pub struct OrderBook {
    standard: Vec<Entry>,
    shopify: Vec<Entry>,
    /// From where in `standard` the last page begins.
    last_page: usize,
    has_shops_own: bool,
    losses: Losses,
}

impl std::fmt::Debug for OrderBook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (standard, shopify) = (self.standard.len(), self.shopify.len());
        write!(f, "OrderBook({standard} standard, {shopify} of the shop)")
    }
}

impl OrderBook {
    /// Adds a page of `ListProfileObjects` for one type of object.
    pub fn add(&mut self, object: OrderObject, page: &Value) {
        self.last_page = self.standard.len();
        self.has_shops_own |= object == OrderObject::ShopifyOrder;
        let Some(page) = Members::of(page, Place::ROOT, &self.losses) else {
            return;
        };
        let entries = page.each("Items", |item| {
            let key = item.text("ProfileObjectUniqueKey");
            let key = key.as_deref();
            item.object(object.type_name(), |members| {
                Some(match object {
                    OrderObject::Standard => standard::read(members, key),
                    OrderObject::ShopifyOrder => shopify::read_order(members, key),
                    OrderObject::ShopifyDraftOrder => shopify::read_draft(members, key),
                })
            })
        });
        match object {
            OrderObject::Standard => self.standard.extend(entries),
            OrderObject::ShopifyOrder | OrderObject::ShopifyDraftOrder => {
                self.shopify.extend(entries);
            }
        }
    }

    /// The orders of the page that was added last, to be shown until all is there; none of the
    /// shop's own, which say more about orders that are shown already.
    pub fn last_page(&self) -> Vec<Order> {
        let page = self.standard.get(self.last_page..).unwrap_or_default();
        let orders: Vec<Entry> = page.to_vec();
        one_each(orders)
            .into_iter()
            .map(|entry| entry.order)
            .collect()
    }

    /// The part of the answer that holds all orders, joined, sorted and summed. `cut` says that
    /// there are pages that were not added.
    #[must_use]
    pub fn into_part(self, profile: ProfileId, cut: bool) -> OrdersPart {
        let losses = self.losses.take();
        let entries = join(one_each(self.standard), one_each(self.shopify));
        let mut orders = group_drafts(entries);
        make_ids_unique(&mut orders);
        orders.sort_by(|a, b| {
            (b.ordered(), &b.shop_id, &b.id).cmp(&(a.ordered(), &a.shop_id, &a.id))
        });
        OrdersPart {
            profile,
            complete: true,
            totals: Some(totals::of(&orders)),
            orders,
            cut,
            detailed: self.has_shops_own,
            losses,
        }
    }
}

/// What tells one order from another: the shop numbers its drafts by themselves.
type Identity = (bool, Personal);

fn identity(order: &Order) -> Option<Identity> {
    let is_draft = order.kind == OrderKind::Draft;
    Some((is_draft, order.shop_id.clone()?))
}

/// Each order once, for pages may overlap: of two states of one the newer. The shop's id tells
/// whether they are one; where one of them lacks it, the object's own id does.
fn one_each(entries: Vec<Entry>) -> Vec<Entry> {
    let mut by_shop: HashMap<Identity, usize> = HashMap::new();
    let mut by_id: HashMap<OrderId, usize> = HashMap::new();
    let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
    for entry in entries {
        let identity = identity(&entry.order);
        let same_id = by_id.get(&entry.order.id).copied().filter(|place| {
            let known = kept
                .get(*place)
                .and_then(|known| known.order.shop_id.as_ref());
            known.is_none() || identity.is_none()
        });
        let same_shop = identity.as_ref().and_then(|id| by_shop.get(id).copied());
        let place = same_shop.or(same_id).unwrap_or(kept.len());
        if entry.order.id.as_ref() != NO_ID {
            by_id.entry(entry.order.id.clone()).or_insert(place);
        }
        if let Some(identity) = identity {
            by_shop.entry(identity).or_insert(place);
        }
        match kept.get_mut(place) {
            Some(known) if known.order.updated < entry.order.updated => *known = entry,
            Some(_) => {}
            None => kept.push(entry),
        }
    }
    kept
}

/// Joins standard orders with the shop's own of the same id; what has no other stays alone.
fn join(standard: Vec<Entry>, shopify: Vec<Entry>) -> Vec<Entry> {
    let mut shops_own: HashMap<Identity, Entry> = HashMap::new();
    let mut entries = Vec::with_capacity(standard.len());
    for entry in shopify {
        match identity(&entry.order) {
            Some(identity) => {
                shops_own.insert(identity, entry);
            }
            None => entries.push(entry),
        }
    }
    for entry in standard {
        entries.push(match partner(&entry.order, &mut shops_own) {
            Some(own) => Entry {
                order: joined(entry.order, own.order),
                became: own.became,
            },
            None => entry,
        });
    }
    // A map has no order of its own; the orders are sorted in the end, but which of two equal ids
    // is made another must not be left to chance.
    let mut alone: Vec<_> = shops_own.into_values().collect();
    alone.sort_by(|a, b| a.order.id.cmp(&b.order.id));
    if alone.iter().any(|own| own.order.kind == OrderKind::Placed) {
        // A standard order without the shop's id may be any of these.
        for Entry { order, .. } in &mut entries {
            if order.shop_id.is_none() && order.kind != OrderKind::Draft {
                order.relation = Some(DraftRelation::PossibleDuplicate);
            }
        }
    }
    entries.extend(alone);
    entries
}

/// The shop's own form of a standard order. Where the standard order calls itself a draft, for it
/// does so when it lacks a page, or does not say what it is, the shop's own decides.
fn partner(order: &Order, shops_own: &mut HashMap<Identity, Entry>) -> Option<Entry> {
    let id = order.shop_id.clone()?;
    let drafts_first = order.kind == OrderKind::Draft;
    shops_own
        .remove(&(drafts_first, id.clone()))
        .or_else(|| match order.kind {
            OrderKind::Placed => None,
            _ => shops_own.remove(&(!drafts_first, id)),
        })
}

/// One order of its standard form and the shop's own. Where both say something, the one that changed
/// last is right; what only the shop's own can know is taken from it whichever that is.
fn joined(mut standard: Order, mut own: Order) -> Order {
    let id = standard.id.clone();
    let kind = if own.detailed || standard.kind == OrderKind::Unstated {
        own.kind.clone()
    } else {
        standard.kind.clone()
    };
    let items = if own.items.is_empty() {
        take(&mut standard.items)
    } else {
        take(&mut own.items)
    };
    let mut losses = take(&mut standard.losses);
    losses.append(&mut own.losses);
    let detailed = own.detailed;
    let outstanding = own.outstanding.take();
    let shipments = take(&mut own.shipments);
    let refunds = take(&mut own.refunds);
    // The shop keeps these by names of its own, which its own form does not have.
    let attributes = take(&mut standard.attributes);

    let (later, earlier) = if own.updated >= standard.updated {
        (own, standard)
    } else {
        (standard, own)
    };
    Order {
        id,
        kind,
        payment: if later.payment == PaymentStatus::Unstated {
            earlier.payment
        } else {
            later.payment
        },
        fulfilment: if later.fulfilment == FulfilmentStatus::Unstated {
            earlier.fulfilment
        } else {
            later.fulfilment
        },
        detailed,
        relation: None,
        draft: None,
        shop_id: later.shop_id.or(earlier.shop_id),
        name: later.name.or(earlier.name),
        created: later.created.or(earlier.created),
        updated: later.updated.or(earlier.updated),
        processed: later.processed.or(earlier.processed),
        // An order can be opened again: then its newer state has no such time, and that is right.
        closed: if later.updated.is_some() {
            later.closed
        } else {
            later.closed.or(earlier.closed)
        },
        cancelled: later.cancelled.or(earlier.cancelled),
        cancel_reason: later.cancel_reason.or(earlier.cancel_reason),
        currency: if later.currency.as_str().is_empty() {
            earlier.currency
        } else {
            later.currency
        },
        total: later.total.or(earlier.total),
        tax: later.tax.or(earlier.tax),
        discounts: later.discounts.or(earlier.discounts),
        items_total: later.items_total.or(earlier.items_total),
        shipping: later.shipping.or(earlier.shipping),
        tip: later.tip.or(earlier.tip),
        outstanding,
        items,
        shipments,
        refunds,
        shipping_address: later.shipping_address.or(earlier.shipping_address),
        billing_address: later.billing_address.or(earlier.billing_address),
        mail: later.mail.or(earlier.mail),
        phone: later.phone.or(earlier.phone),
        memo: later.memo.or(earlier.memo),
        gateway: later.gateway.or(earlier.gateway),
        card_company: later.card_company.or(earlier.card_company),
        card_number: later.card_number.or(earlier.card_number),
        status_url: later.status_url.or(earlier.status_url),
        attributes,
        losses,
    }
}

/// Makes each draft part of the order that it says it has become, and says of the others what is
/// known.
fn group_drafts(entries: Vec<Entry>) -> Vec<Order> {
    let (drafts, placed): (Vec<Entry>, Vec<Entry>) = entries
        .into_iter()
        .partition(|entry| entry.order.kind == OrderKind::Draft);
    let mut orders: Vec<Order> = placed.into_iter().map(|entry| entry.order).collect();
    let mut by_shop: HashMap<Personal, usize> = HashMap::new();
    for (place, order) in orders.iter().enumerate() {
        if let (OrderKind::Placed, Some(id)) = (&order.kind, &order.shop_id) {
            by_shop.insert(id.clone(), place);
        }
    }
    for Entry { mut order, became } in drafts {
        let relation = match &became {
            Became::Order(id) => {
                let made = by_shop.get(id).and_then(|place| orders.get_mut(*place));
                match made {
                    None => DraftRelation::OrderNotHere,
                    Some(made) if made.draft.is_none() => {
                        made.losses.append(&mut order.losses);
                        made.draft = Some(DraftOrigin {
                            id: order.id,
                            name: order.name,
                            created: order.created,
                        });
                        continue;
                    }
                    // A second draft of one order cannot be; it is not thrown away for that.
                    Some(_) => DraftRelation::PossibleDuplicate,
                }
            }
            Became::Nothing | Became::Unsaid => match order.payment {
                PaymentStatus::Open | PaymentStatus::InvoiceSent => DraftRelation::NotOrdered,
                _ => DraftRelation::PossibleDuplicate,
            },
        };
        order.relation = Some(relation);
        orders.push(order);
    }
    orders
}

/// Two orders that the source calls by one id become two ids: a list is shown by them.
fn make_ids_unique(orders: &mut [Order]) {
    let mut known: HashSet<OrderId> = HashSet::new();
    let mut copies: HashMap<OrderId, usize> = HashMap::new();
    for order in orders {
        let called = order.id.clone();
        while !known.insert(order.id.clone()) {
            let copy = copies.entry(called.clone()).or_insert(1);
            *copy += 1;
            order.id = format!("{}/{copy}", called.as_ref()).as_str().into();
        }
    }
}

/// What an object is known by of which nothing is known: it is never the same as another.
const NO_ID: &str = "key:";

/// What an object is known by: its own id, else the shop's, else its key in Customer Profiles.
fn order_id(
    own: Option<Personal>,
    kind: OrderObject,
    shop_id: Option<&Personal>,
    key: Option<&str>,
) -> OrderId {
    match (own, shop_id) {
        (Some(own), _) => own.as_str().into(),
        (None, Some(id)) => format!("{}:{}", kind.type_name(), id.as_str())
            .as_str()
            .into(),
        (None, None) => format!("{NO_ID}{}", key.unwrap_or_default())
            .as_str()
            .into(),
    }
}

#[cfg(test)]
mod tests;
