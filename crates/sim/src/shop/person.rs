//! Customers, as Shopify knows them.

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::{Value, json};

use super::random::Random;

/// Family names: as written, as read, in Latin letters.
const FAMILY_NAMES: [(&str, &str, &str); 24] = [
    ("見本", "ミホン", "mihon"),
    ("例山", "レイヤマ", "reiyama"),
    ("試野", "ココロミノ", "kokoromino"),
    ("仮田", "カリタ", "karita"),
    ("架空", "カソラ", "kasora"),
    ("模井", "モイ", "moi"),
    ("例川", "レイカワ", "reikawa"),
    ("仮谷", "カリヤ", "kariya"),
    ("見崎", "ミサキ", "misaki"),
    ("試井", "タメシイ", "tameshii"),
    ("雛形", "ヒナガタ", "hinagata"),
    ("例島", "レイシマ", "reishima"),
    ("名無", "ナナシ", "nanashi"),
    ("仮屋", "カリヤ", "kariya"),
    ("本例", "ホンレイ", "honrei"),
    ("見沢", "ミサワ", "misawa"),
    ("齋例", "サイレイ", "sairei"),
    ("渡邉", "ワタナベ", "watanabe"),
    ("髙例", "タカレイ", "takarei"),
    ("𠮷見", "ヨシミ", "yoshimi"),
    ("辻󠄀本", "ツジモト", "tsujimoto"),
    ("﨑例", "サキレイ", "sakirei"),
    ("濵仮", "ハマカリ", "hamakari"),
    ("例", "レイ", "rei"),
];
const GIVEN_NAMES: [(&str, &str, &str); 20] = [
    ("花子", "ハナコ", "hanako"),
    ("太郎", "タロウ", "taro"),
    ("一郎", "イチロウ", "ichiro"),
    ("美咲", "ミサキ", "misaki"),
    ("翔太", "ショウタ", "shota"),
    ("さくら", "サクラ", "sakura"),
    ("健一", "ケンイチ", "kenichi"),
    ("由美", "ユミ", "yumi"),
    ("直樹", "ナオキ", "naoki"),
    ("恵子", "ケイコ", "keiko"),
    ("大輔", "ダイスケ", "daisuke"),
    ("陽菜", "ヒナ", "hina"),
    ("悠真", "ユウマ", "yuma"),
    ("和子", "カズコ", "kazuko"),
    ("誠", "マコト", "makoto"),
    ("明美", "アケミ", "akemi"),
    ("蓮", "レン", "ren"),
    ("つむぎ", "ツムギ", "tsumugi"),
    ("凛", "リン", "rin"),
    ("みなと", "ミナト", "minato"),
];
/// City, province as Shopify writes it, its code, postal code.
const PLACES: [(&str, &str, &str, &str); 12] = [
    ("札幌市", "Hokkaidō", "JP-01", "001-0024"),
    ("仙台市", "Miyagi", "JP-04", "980-0000"),
    ("さいたま市", "Saitama", "JP-11", "330-0000"),
    ("千葉市", "Chiba", "JP-12", "260-0000"),
    ("千代田区", "Tōkyō", "JP-13", "100-0000"),
    ("世田谷区", "Tōkyō", "JP-13", "154-0000"),
    ("横浜市", "Kanagawa", "JP-14", "220-0000"),
    ("名古屋市", "Aichi", "JP-23", "450-0000"),
    ("京都市", "Kyōto", "JP-26", "600-0000"),
    ("大阪市", "Ōsaka", "JP-27", "530-0000"),
    ("福岡市", "Fukuoka", "JP-40", "810-0000"),
    ("那覇市", "Okinawa", "JP-47", "900-0000"),
];
const MEMOS: [&str; 4] = [
    "電話は午後が希望",
    "領収書を同封",
    "置き配希望",
    "折り返しは携帯へ",
];

/// The shop's clock.
pub(super) fn shop_time(at: DateTime<Utc>) -> String {
    let offset = FixedOffset::east_opt(9 * 3600);
    offset.map_or_else(
        || at.to_rfc3339(),
        |offset| {
            at.with_timezone(&offset)
                .format("%Y-%m-%dT%H:%M:%S%:z")
                .to_string()
        },
    )
}

/// A customer.
#[derive(Debug, Clone)]
pub(super) struct Person {
    /// Shopify's id.
    pub(super) id: u64,
    pub(super) first_name: String,
    pub(super) last_name: String,
    /// How both are read, family name first, where the shop's members' list knows it.
    pub(super) kana: Option<(String, String)>,
    pub(super) mail: Option<String>,
    /// E.164, as it was typed into Shopify.
    pub(super) number: String,
    pub(super) memo: Option<String>,
    pub(super) address: Address,
    /// ISO 4217.
    pub(super) currency: &'static str,
}

/// Where a customer lives.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) street: String,
    pub(super) building: Option<String>,
    pub(super) city: String,
    pub(super) province: Option<String>,
    pub(super) province_code: Option<String>,
    /// Name in English, as Shopify has it, and the code of ISO 3166-1.
    pub(super) country: (&'static str, &'static str),
    pub(super) postal_code: String,
}

impl Person {
    /// The `n`th customer; `n` makes number and mail that nobody else has.
    pub(super) fn by_chance(random: &mut Random, n: u64) -> Self {
        let (last, last_kana, last_latin) = random.pick(&FAMILY_NAMES);
        let (first, first_kana, first_latin) = random.pick(&GIVEN_NAMES);
        let memo = random.pick(&MEMOS).to_owned();
        Self {
            id: 7_000_000_000_000 + n,
            first_name: first.to_owned(),
            last_name: last.to_owned(),
            kana: (random.below(3) > 0).then(|| (last_kana.to_owned(), first_kana.to_owned())),
            mail: (random.below(12) > 0)
                .then(|| format!("{first_latin}.{last_latin}.{n}@example.com")),
            number: format!("+819000{:06}", 1_000 + n),
            memo: (random.below(5) == 0).then_some(memo),
            address: Address::by_chance(random),
            currency: "JPY",
        }
    }

    /// The payload of `customers/update`.
    pub(super) fn payload(&self, now: DateTime<Utc>) -> Value {
        let mut customer = self.within_order();
        if let Some(members) = customer.as_object_mut() {
            let days = i64::try_from(self.id % 700).unwrap_or_default();
            members.insert(
                "created_at".to_owned(),
                json!(shop_time(now - TimeDelta::days(days + 400))),
            );
            members.insert(
                "updated_at".to_owned(),
                json!(shop_time(now - TimeDelta::days(1))),
            );
            members.insert("addresses".to_owned(), json!([self.default_address()]));
        }
        customer
    }

    /// What an order says of its customer.
    pub(super) fn within_order(&self) -> Value {
        json!({
            "id": self.id,
            "admin_graphql_api_id": format!("gid://shopify/Customer/{}", self.id),
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.mail,
            "phone": self.number,
            "state": "disabled",
            "note": self.memo,
            "verified_email": true,
            "multipass_identifier": null,
            "tax_exempt": false,
            "tax_exemptions": [],
            "currency": self.currency,
            "default_address": self.default_address(),
        })
    }

    fn default_address(&self) -> Value {
        let mut address = self.shipping_address();
        if let Some(members) = address.as_object_mut() {
            members.insert(
                "id".to_owned(),
                json!(9_000_000_000_000_u64 + self.id % 1_000_000),
            );
            members.insert("customer_id".to_owned(), json!(self.id));
            members.insert("country_name".to_owned(), json!(self.address.country.0));
            members.insert("default".to_owned(), json!(true));
        }
        address
    }

    pub(super) fn shipping_address(&self) -> Value {
        let address = &self.address;
        json!({
            "first_name": self.first_name,
            "last_name": self.last_name,
            // Shopify joins them in the Western order for every country.
            "name": format!("{} {}", self.first_name, self.last_name),
            "company": null,
            "address1": address.street,
            "address2": address.building,
            "city": address.city,
            "province": address.province,
            "province_code": address.province_code,
            "country": address.country.0,
            "country_code": address.country.1,
            "zip": address.postal_code,
            "phone": self.number,
        })
    }
}

impl Address {
    pub(super) fn by_chance(random: &mut Random) -> Self {
        let (city, province, code, postal_code) = random.pick(&PLACES);
        let (block, house) = (random.below(9) + 1, random.below(30) + 1);
        let flat = (random.below(12) + 1) * 100 + random.below(8) + 1;
        Self {
            street: format!("見本町{block}-{house}"),
            building: (random.below(2) == 0).then(|| format!("メゾン見本 {flat}号室")),
            city: city.to_owned(),
            province: Some(province.to_owned()),
            province_code: Some(code.to_owned()),
            country: ("Japan", "JP"),
            postal_code: postal_code.to_owned(),
        }
    }
}
