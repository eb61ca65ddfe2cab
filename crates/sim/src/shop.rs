//! A shop to call about: customers, orders, drafts and past calls, all invented.
//!
//! The generator makes what Shopify and Connect would send, and knows nothing of the store that
//! takes it: orders become `_order` by the domain's own mapping. Equal seeds make equal shops, as
//! seen from the same moment. Most customers are made by chance; the ones in [`CALLERS`] are
//! there to be called as.
//!
//! Nobody can be reached by what stands here. Mails are at `example.com` (RFC 2606). Japanese
//! numbers begin with 090-0, which no Japanese number does (a test asks libphonenumber's
//! metadata, which follow the ministry's list of assigned numbers): Japan keeps no range for
//! fiction, so every number that its plan knows is somebody's or may be tomorrow. They have the
//! length of a mobile number, and whoever searches must take them for one. The others are of the ranges
//! kept for fiction by NANPA (555-0100 to 0199), Ofcom (07700 900000 to 900999), ACMA and ARCEP.

mod goods;
mod notable;
mod order;
mod person;
mod random;
mod story;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use crate::profiles::{ContactRecord, RecordedAgent, RecordedQueue};
use order::Order;
use person::Person;
use random::Random;
use story::Story;

/// Customers of the shop.
pub const CUSTOMERS: usize = 500;
/// Orders of the shop, without the drafts.
pub const ORDERS: usize = 5_000;
/// Orders of the one customer who has most, which is as many as a profile may hold.
const MOST_ORDERS: usize = 1_000;

/// Somebody to call as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The number, E.164.
    pub number: &'static str,
    /// What is shown of them, in Japanese.
    pub japanese: &'static str,
    /// The same in English.
    pub english: &'static str,
}

const fn caller(number: &'static str, japanese: &'static str, english: &'static str) -> Caller {
    Caller {
        number,
        japanese,
        english,
    }
}

/// Who can be called as, and what the desk then has to show.
pub const CALLERS: [Caller; 15] = [
    caller(
        "+819000000001",
        "見本 花子: 届いたばかり",
        "One match, just delivered",
    ),
    caller(
        "+819000000002",
        "例山家: 家族3人で1番号",
        "A family of three with one number",
    ),
    caller("+819000000003", "未登録", "No match"),
    caller(
        "+819000000004",
        "番号だけのプロファイル",
        "A profile of the number only",
    ),
    caller("+819000000005", "問屋 千代: 注文1,000件", "1,000 orders"),
    caller(
        "+819000000006",
        "未払 待子: コンビニ払い待ち",
        "Unpaid at the convenience store",
    ),
    caller("+819000000007", "分納 待夫: 一部発送", "Partly shipped"),
    caller(
        "+819000000008",
        "返金 済子: 取消・返金",
        "Cancelled and refunded",
    ),
    caller("+819000000009", "下書 残: 下書き注文", "Drafts"),
    caller(
        "+819000000010",
        "配送 中也: 配送中・遅れ",
        "On the way, and late",
    ),
    caller("+819000000011", "𠮷邉 髙𣘺: 異体字", "Rare characters"),
    caller("+819000000012", "困田 入力: 壊れたデータ", "Bad data"),
    caller("+819000000013", "長い名前", "Names of 300 characters"),
    caller("+12065550142", "Pat Sample: ドル建て", "Orders in dollars"),
    caller(
        "+447700900123",
        "ليلى مثال: 右から左の名前",
        "A name from right to left",
    ),
];

/// What the shop's systems send.
#[derive(Debug, Clone)]
pub enum Event {
    /// The payload of `customers/update`.
    Customer(Value),
    /// The payload of `orders/updated`.
    Order(Value),
    /// The payload of `draft_orders/update`.
    Draft(Value),
    /// A member of the shop's own loyalty programme.
    Member(Value),
    /// A call that has ended, linked to a Shopify customer if the agent did so.
    Contact(Option<u64>, Box<ContactRecord>),
}

/// What has been counted while the shop is made.
#[derive(Debug)]
struct Shop {
    random: Random,
    now: DateTime<Utc>,
    customers: u64,
    orders: u64,
    drafts: u64,
    contacts: u64,
}

/// The domain's own object type for [`Event::Member`], as `PutProfileObjectType` takes it.
pub(crate) fn member_type() -> Value {
    let field = |source: &str, target: &str| json!({ "Source": format!("_source.{source}"), "Target": target, "ContentType": "STRING" });
    json!({
        "Description": "Members of the shop's loyalty programme",
        "AllowProfileCreation": false,
        "Fields": {
            "member_id": field("member_id", "_profile.AccountNumber"),
            "customer_id": field("shopify_customer_id", ""),
            "first_name_kana": field("first_name_kana", "_profile.Attributes.FirstNameKana"),
            "last_name_kana": field("last_name_kana", "_profile.Attributes.LastNameKana"),
            "rank": field("rank", "_profile.Attributes.MemberRank"),
        },
        "Keys": {
            "shop_member_id": [{ "StandardIdentifiers": ["UNIQUE"], "FieldNames": ["member_id"] }],
            "_shopifyCustomerId": [{
                "StandardIdentifiers": ["PROFILE", "LOOKUP_ONLY"],
                "FieldNames": ["customer_id"],
            }],
        },
    })
}

/// Everything that the shop's systems have sent up to now, in an order that makes sense: what a test
/// may hold against what is found of it in the end.
pub fn events(seed: u64, now: DateTime<Utc>) -> impl Iterator<Item = Event> {
    let mut shop = Shop {
        random: Random::new(seed),
        now,
        customers: 0,
        orders: 0,
        drafts: 0,
        contacts: 0,
    };
    let notable = notable::events(&mut shop);
    notable
        .into_iter()
        .chain(std::iter::from_fn(move || shop.next_customer()).flatten())
}

impl Shop {
    /// A customer by chance with everything about them, until the shop is complete.
    fn next_customer(&mut self) -> Option<Vec<Event>> {
        let left = u64::try_from(CUSTOMERS).ok()?.checked_sub(self.customers)?;
        let orders_left = u64::try_from(ORDERS).ok()?.saturating_sub(self.orders);
        if left == 0 {
            return None;
        }
        let person = Person::by_chance(&mut self.random, self.customers + 1);
        let mut events = self.enter(&person);
        // The last customer takes what is left, so that the sum is right.
        let average = orders_left / left;
        let count = if left == 1 {
            orders_left
        } else {
            self.random.below(2 * average + 1)
        };
        let target = self.orders + count;
        while self.orders < target {
            let story = Story::by_chance(&mut self.random);
            events.extend(self.order(&person, story));
        }
        for _ in 0..self.random.below(4).saturating_sub(1) {
            let days = i64::try_from(self.random.below(300)).unwrap_or_default();
            let record = self.contact(Some(person.number.clone()), days);
            events.push(Event::Contact(Some(person.id), Box::new(record)));
        }
        Some(events)
    }

    /// Makes a customer known, and some of them members.
    fn enter(&mut self, person: &Person) -> Vec<Event> {
        self.customers += 1;
        let mut events = vec![Event::Customer(person.payload(self.now))];
        if let Some((last, first)) = &person.kana {
            let rank = ["ゴールド", "シルバー", "レギュラー"];
            events.push(Event::Member(json!({
                "member_id": format!("M{:06}", self.customers),
                "shopify_customer_id": person.id,
                "first_name_kana": first,
                "last_name_kana": last,
                "rank": self.random.pick(&rank),
            })));
        }
        events
    }

    /// An order, after the draft that it came from if it did.
    fn order(&mut self, person: &Person, story: Story) -> Vec<Event> {
        if story.is_draft() {
            self.drafts += 1;
            // Far from the numbers of orders, with which its lines share theirs.
            let number = 900_000 + self.drafts;
            let order = Order::new(&mut self.random, self.now, number, person, story);
            return vec![Event::Draft(order.draft(self.drafts, None))];
        }
        self.orders += 1;
        let order = Order::new(&mut self.random, self.now, self.orders, person, story);
        if story == Story::FromDraft {
            self.drafts += 1;
            let draft = order.draft(self.drafts, Some(order.id));
            return vec![Event::Draft(draft), Event::Order(order.payload())];
        }
        vec![Event::Order(order.payload())]
    }

    /// A call of so many days ago.
    fn contact(&mut self, number: Option<String>, days: i64) -> ContactRecord {
        self.contacts += 1;
        let began = self.now - TimeDelta::days(days) - TimeDelta::minutes(90);
        let wait = u32::try_from(self.random.below(120)).unwrap_or_default();
        let talk = u32::try_from(60 + self.random.below(900)).unwrap_or_default();
        let holds = u32::try_from(self.random.below(3)).unwrap_or_default();
        let answered_at = began + TimeDelta::seconds(i64::from(wait));
        let answered = self.random.below(8) > 0;
        let instance = "arn:aws:connect:ap-northeast-1:123456789012:instance/5ca1ab1e-0000-4000-8000-00000000c0de";
        let topic = ["配送", "返品", "商品", "支払い"];
        ContactRecord {
            contact_id: format!("de000000-0000-4000-8000-{:012x}", self.contacts),
            initial_contact_id: None,
            channel: "VOICE".to_owned(),
            initiation_method: "INBOUND".to_owned(),
            initiated_at: began,
            connected_at: Some(began),
            disconnected_at: answered_at + TimeDelta::seconds(i64::from(talk)),
            disconnect_reason: Some("CUSTOMER_DISCONNECT".to_owned()),
            instance_arn: instance.to_owned(),
            customer: number,
            system: Some("+81120000111".to_owned()),
            queue: Some(RecordedQueue {
                name: "注文受付".to_owned(),
                arn: format!("{instance}/queue/orders"),
                seconds: wait,
            }),
            agent: answered.then(|| RecordedAgent {
                username: "hanako.sato".to_owned(),
                connected_at: answered_at,
                interaction_seconds: talk,
                holds: Some(holds),
                hold_seconds: Some(holds * 25),
            }),
            attributes: [(
                "inquiry_type".to_owned(),
                self.random.pick(&topic).to_owned(),
            )]
            .into(),
        }
    }
}

#[cfg(test)]
mod tests;
