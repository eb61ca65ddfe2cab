//! Japan's prefectures, which Shopify writes in Latin letters whatever the rest of an address is in.

use contract::Personal;

/// The names of ISO 3166-2:JP, without their macrons, and the prefectures' own.
const PREFECTURES: [(&str, &str); 47] = [
    ("Hokkaido", "北海道"),
    ("Aomori", "青森県"),
    ("Iwate", "岩手県"),
    ("Miyagi", "宮城県"),
    ("Akita", "秋田県"),
    ("Yamagata", "山形県"),
    ("Fukushima", "福島県"),
    ("Ibaraki", "茨城県"),
    ("Tochigi", "栃木県"),
    ("Gunma", "群馬県"),
    ("Saitama", "埼玉県"),
    ("Chiba", "千葉県"),
    ("Tokyo", "東京都"),
    ("Kanagawa", "神奈川県"),
    ("Niigata", "新潟県"),
    ("Toyama", "富山県"),
    ("Ishikawa", "石川県"),
    ("Fukui", "福井県"),
    ("Yamanashi", "山梨県"),
    ("Nagano", "長野県"),
    ("Gifu", "岐阜県"),
    ("Shizuoka", "静岡県"),
    ("Aichi", "愛知県"),
    ("Mie", "三重県"),
    ("Shiga", "滋賀県"),
    ("Kyoto", "京都府"),
    ("Osaka", "大阪府"),
    ("Hyogo", "兵庫県"),
    ("Nara", "奈良県"),
    ("Wakayama", "和歌山県"),
    ("Tottori", "鳥取県"),
    ("Shimane", "島根県"),
    ("Okayama", "岡山県"),
    ("Hiroshima", "広島県"),
    ("Yamaguchi", "山口県"),
    ("Tokushima", "徳島県"),
    ("Kagawa", "香川県"),
    ("Ehime", "愛媛県"),
    ("Kochi", "高知県"),
    ("Fukuoka", "福岡県"),
    ("Saga", "佐賀県"),
    ("Nagasaki", "長崎県"),
    ("Kumamoto", "熊本県"),
    ("Oita", "大分県"),
    ("Miyazaki", "宮崎県"),
    ("Kagoshima", "鹿児島県"),
    ("Okinawa", "沖縄県"),
];

/// The province of an address in the script of its city: a prefecture beside a city in Japanese gets its
/// own name, all else stays as it is.
pub(crate) fn in_script_of(
    city: Option<&Personal>,
    province: Option<Personal>,
) -> Option<Personal> {
    let is_japanese = |letter: char| letter >= '\u{3040}';
    if !city.is_some_and(|city| city.as_str().contains(is_japanese)) {
        return province;
    }
    let written = province?;
    let plain = written
        .as_str()
        .replace(['ō', 'Ō'], "o")
        .replace(['ū', 'Ū'], "u");
    let own = PREFECTURES
        .iter()
        .find(|(latin, _)| plain.eq_ignore_ascii_case(latin));
    Some(own.map_or(written, |(_, own)| (*own).into()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::with_macrons("世田谷区", "Tōkyō", "東京都")]
    #[case::without("世田谷区", "Tokyo", "東京都")]
    #[case::a_capital_with_a_macron("大分市", "Ōita", "大分県")]
    #[case::in_capitals("札幌市", "HOKKAIDO", "北海道")]
    #[case::kana("さいたま市", "Saitama", "埼玉県")]
    #[case::its_own_already("札幌市", "北海道", "北海道")]
    #[case::city_in_latin("Setagaya-ku", "Tōkyō", "Tōkyō")]
    #[case::no_prefecture("札幌市", "Ontario", "Ontario")]
    fn a_prefecture_is_written_as_its_city(
        #[case] city: &str,
        #[case] province: &str,
        #[case] written: &str,
    ) {
        let city = Personal::from(city);
        let written_so = in_script_of(Some(&city), Some(province.into()));
        assert_eq!(written_so.unwrap().as_str(), written);
    }

    #[test]
    fn without_a_city_nobody_knows_the_script() {
        let kept = in_script_of(None, Some("Tokyo".into())).unwrap();
        assert_eq!(kept.as_str(), "Tokyo");
    }
}
