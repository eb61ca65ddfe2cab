//! What a customer has bought, each currency by itself.

use std::collections::BTreeMap;

use contract::{
    CurrencyTotal, DraftRelation, Money, NotSummed, NotSummedReason, Order, OrderKind,
    PaymentStatus, SumError, Totals,
};

/// Sums the orders that were placed and stand; see [`Totals`].
pub(super) fn of(orders: &[Order]) -> Totals {
    let mut sums: BTreeMap<_, CurrencyTotal> = BTreeMap::new();
    let mut not_summed = Vec::new();
    for order in orders {
        let added = match standing(order) {
            Standing::Bought if order.relation == Some(DraftRelation::PossibleDuplicate) => {
                Err(NotSummedReason::PossibleDuplicate)
            }
            Standing::Bought => net(order).and_then(|net| add(&mut sums, &net)),
            Standing::NotBought => continue,
            Standing::Doubtful(why) => Err(why),
        };
        if let Err(why) = added {
            not_summed.push(NotSummed {
                order: order.id.clone(),
                why,
            });
        }
    }
    Totals {
        sums: sums.into_values().collect(),
        not_summed,
    }
}

enum Standing {
    Bought,
    NotBought,
    Doubtful(NotSummedReason),
}

fn standing(order: &Order) -> Standing {
    match order.kind {
        OrderKind::Draft if order.relation == Some(DraftRelation::PossibleDuplicate) => {
            return Standing::Doubtful(NotSummedReason::PossibleDuplicate);
        }
        OrderKind::Draft => return Standing::NotBought,
        OrderKind::Placed => {}
        OrderKind::Unstated | OrderKind::Other(_) => {
            return Standing::Doubtful(NotSummedReason::UnknownStatus);
        }
    }
    if order.cancelled.is_some() {
        return Standing::NotBought;
    }
    match order.payment {
        PaymentStatus::Cancelled
        | PaymentStatus::Refunded
        | PaymentStatus::Voided
        | PaymentStatus::Expired => Standing::NotBought,
        PaymentStatus::Pending
        | PaymentStatus::Authorized
        | PaymentStatus::PartiallyPaid
        | PaymentStatus::Paid
        | PaymentStatus::PartiallyRefunded => Standing::Bought,
        PaymentStatus::Open
        | PaymentStatus::InvoiceSent
        | PaymentStatus::Completed
        | PaymentStatus::Unstated
        | PaymentStatus::Other(_) => Standing::Doubtful(NotSummedReason::UnknownStatus),
    }
}

/// What an order costs after what was given back.
fn net(order: &Order) -> Result<Money, NotSummedReason> {
    let mut net = order.total.clone().ok_or(NotSummedReason::NoTotal)?;
    if net.currency().exponent().is_none() {
        return Err(NotSummedReason::UnknownCurrency);
    }
    if order.payment == PaymentStatus::PartiallyRefunded && order.refunds.is_empty() {
        return Err(NotSummedReason::RefundUnknown);
    }
    for refund in &order.refunds {
        let given_back = refund
            .amount
            .as_ref()
            .ok_or(NotSummedReason::RefundUnknown)?;
        net = net.checked_sub(given_back).map_err(|error| match error {
            SumError::Overflow => NotSummedReason::Overflow,
            // In another currency than the order: nobody says how much of its total that is.
            SumError::TwoCurrencies | SumError::UnknownCurrency => NotSummedReason::RefundUnknown,
        })?;
    }
    Ok(net)
}

fn add(
    sums: &mut BTreeMap<contract::Currency, CurrencyTotal>,
    net: &Money,
) -> Result<(), NotSummedReason> {
    let total = sums
        .entry(net.currency().clone())
        .or_insert_with(|| CurrencyTotal {
            orders: 0,
            sum: Money::zero(net.currency().clone()),
        });
    total.sum = total.sum.checked_add(net).map_err(|error| match error {
        SumError::UnknownCurrency => NotSummedReason::UnknownCurrency,
        SumError::Overflow | SumError::TwoCurrencies => NotSummedReason::Overflow,
    })?;
    total.orders = total.orders.saturating_add(1);
    Ok(())
}
