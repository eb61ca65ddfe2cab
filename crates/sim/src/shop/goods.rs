//! What the shop sells, and what that costs.

use serde_json::{Value, json};

use super::random::Random;

/// Title, variant, SKU, price in yen.
const GOODS: [(&str, &str, &str, u64); 14] = [
    ("見本ほうじ茶 100g", "", "TEA-HJ-100", 1_080),
    ("見本煎茶ギフト", "化粧箱", "TEA-SN-GFT", 4_320),
    ("例の湯のみ", "藍", "CUP-YN-BLU", 2_750),
    ("例の湯のみ", "白", "CUP-YN-WHT", 2_750),
    ("試作どら焼き 10個入", "", "SWT-DR-10", 2_160),
    ("カステラ(見本)", "ハーフ", "SWT-CS-H", 1_296),
    ("今治風タオルセット", "3枚", "TWL-IM-3", 3_850),
    ("南部風鉄瓶", "1.2L", "KTL-NB-12", 28_600),
    ("折りたたみ傘 <軽量>", "紺", "UMB-LT-NV", 3_300),
    ("手ぬぐい", "麻の葉", "TNG-AS", 1_320),
    ("お米 5kg(定期便)", "", "RCE-5-SUB", 3_980),
    ("梅干し はちみつ", "500g", "UME-HN-500", 1_944),
    ("Sample mug & saucer", "blue", "MUG-BL", 2_200),
    ("ギフト包装", "", "WRP-GFT", 330),
];

/// An amount in the currency's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Money {
    pub(super) units: u64,
    /// ISO 4217.
    pub(super) currency: &'static str,
}

/// A line of an order.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: u64,
    pub(super) title: String,
    variant: String,
    sku: String,
    pub(super) price: Money,
    pub(super) quantity: u64,
}

impl Money {
    /// Shopify's decimal text: in the major unit, with as many decimals as the currency has.
    pub(super) fn text(self) -> String {
        match self.currency {
            "JPY" => self.units.to_string(),
            _ => format!("{}.{:02}", self.units / 100, self.units % 100),
        }
    }

    pub(super) fn of(self, units: u64) -> Self {
        Self { units, ..self }
    }

    /// As the `…_set` members have it.
    pub(super) fn set(self) -> Value {
        let amount = json!({ "amount": self.text(), "currency_code": self.currency });
        json!({ "shop_money": amount, "presentment_money": amount })
    }
}

impl Line {
    /// One to four lines of an order.
    pub(super) fn by_chance(random: &mut Random, order: u64, currency: &'static str) -> Vec<Self> {
        let count = 1 + random.below(4).saturating_sub(random.below(3));
        (0..count)
            .map(|place| {
                let (title, variant, sku, yen) = random.pick(&GOODS);
                Self {
                    id: 50_000_000_000_000 + order * 100 + place,
                    title: title.to_owned(),
                    variant: variant.to_owned(),
                    sku: sku.to_owned(),
                    // A dollar is about 150 yen, and has cents.
                    price: Money {
                        units: if currency == "JPY" {
                            yen
                        } else {
                            yen * 100 / 150
                        },
                        currency,
                    },
                    quantity: 1 + random.below(3) * random.below(2),
                }
            })
            .collect()
    }

    /// As orders and drafts have it, with so many of it shipped.
    pub(super) fn payload(&self, shipped: u64) -> Value {
        let status = match shipped {
            0 => None,
            some if some < self.quantity => Some("partial"),
            _ => Some("fulfilled"),
        };
        let variant = Some(&self.variant).filter(|variant| !variant.is_empty());
        json!({
            "id": self.id,
            "admin_graphql_api_id": format!("gid://shopify/LineItem/{}", self.id),
            "title": self.title,
            "variant_title": variant,
            "name": variant.map_or_else(|| self.title.clone(), |it| format!("{} - {it}", self.title)),
            "sku": self.sku,
            "vendor": "Mihon",
            "price": self.price.text(),
            "price_set": self.price.set(),
            "total_discount": "0",
            "quantity": self.quantity,
            "current_quantity": self.quantity,
            "fulfillable_quantity": self.quantity - shipped.min(self.quantity),
            "fulfillment_status": status,
            "product_id": 6_000_000_000_000_u64 + self.price.units,
            "variant_id": 6_100_000_000_000_u64 + self.price.units,
            "requires_shipping": true,
            "taxable": true,
            "gift_card": false,
            "grams": 0,
            "properties": [],
            "tax_lines": [],
        })
    }
}
