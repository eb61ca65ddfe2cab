//! Amounts of money, exact.
//!
//! Shops send amounts as decimal text of any scale: `"550"` yen, `"649.975"` dollars. They stay as
//! they came: nothing is rounded here, and no amount is ever a float. Rounding for the eye, by
//! [`Currency::exponent`], belongs to whoever shows it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A currency, by its code in ISO 4217.
///
/// A code that the standard does not hold stays readable; amounts in it are not summed, for nobody
/// knows what they are. No text at all stands for a currency that was not stated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
pub struct Currency(Box<str>);

/// Codes whose minor unit is a hundredth: ISO 4217 list one, and of list three (withdrawn) those
/// that orders of the last years can bear.
const HUNDREDTHS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV \
    BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN \
    ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR \
    KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD \
    NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL \
    SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD \
    XCG YER ZAR ZMW ZWG ZWL";

/// Codes without a minor unit.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF";

/// Codes whose minor unit is a thousandth.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Codes whose minor unit is a ten-thousandth.
const TEN_THOUSANDTHS: &str = "CLF UYW";

impl Currency {
    /// Reads a code as a shop writes it: three letters in either case. Anything else is kept.
    pub fn from_code(code: &str) -> Self {
        let code = code.trim();
        if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            Self(code.to_ascii_uppercase().into())
        } else {
            Self(code.into())
        }
    }

    /// The code, in capitals where it has the form of one; empty if none was stated.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How many decimals the minor unit has: 0 for yen, 2 for dollars, 3 for Kuwaiti dinars.
    /// `None` for a currency that is not stated or not in ISO 4217, and for its codes that are no
    /// means of payment (`XAU`, `XXX`).
    pub fn exponent(&self) -> Option<u8> {
        let is_one_of = |codes: &str| codes.split(' ').any(|code| code == self.as_str());
        let by_exponent = [
            (0, WHOLE),
            (2, HUNDREDTHS),
            (3, THOUSANDTHS),
            (4, TEN_THOUSANDTHS),
        ];
        let (exponent, _) = by_exponent
            .into_iter()
            .find(|(_, codes)| is_one_of(codes))?;
        Some(exponent)
    }
}

impl From<String> for Currency {
    fn from(code: String) -> Self {
        Self::from_code(&code)
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.0.into()
    }
}

/// An amount of a currency, at the scale at which it was received.
///
/// `649.975` is `amount` 649975 at scale 3. Two amounts are equal when they are written alike:
/// `5.00` is not `5`, for the scale is what a shop said.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Money {
    amount: i128,
    scale: u8,
    currency: Currency,
}

/// Money as it stands on the wire.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Money"))]
struct Written {
    /// A decimal number in the currency's major unit, with as many decimals as the shop sent.
    #[cfg_attr(
        feature = "schema",
        schemars(regex(pattern = r"^-?\d{1,39}(\.\d{1,38})?$"))
    )]
    amount: String,
    /// ISO 4217 in capitals; another text as it came; empty where none was stated.
    currency: Currency,
}

/// Why some text is not an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a plain decimal number: digits, at most one point with digits on both sides, at most a
    /// minus in front. No exponent, no thousands separator.
    #[error("not a plain decimal number")]
    NotDecimal,
    /// More digits than 127 bits hold, or more than 38 decimals.
    #[error("too many digits")]
    TooManyDigits,
}

/// Why two amounts have no sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SumError {
    /// They are of two currencies.
    #[error("two currencies")]
    TwoCurrencies,
    /// The currency is not stated, or not in ISO 4217.
    #[error("unknown currency")]
    UnknownCurrency,
    /// The sum has more digits than 127 bits hold.
    #[error("too many digits")]
    Overflow,
}

impl Money {
    /// The most decimals that an amount can have: more than 127 bits hold would all be zeros.
    const MAX_SCALE: u8 = 38;

    /// Nothing of `currency`.
    pub fn zero(currency: Currency) -> Self {
        Self {
            amount: 0,
            scale: 0,
            currency,
        }
    }

    /// Reads a decimal number in the major unit, such as `-12.50`.
    ///
    /// # Errors
    ///
    /// [`MoneyError`]: nothing is repaired, rounded or guessed. Spaces are not part of a number.
    pub fn parse(amount: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (sign, digits) = match amount.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, amount),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(MoneyError::NotDecimal),
            Some(parts) => parts,
            None => (digits, ""),
        };
        if whole.is_empty() {
            return Err(MoneyError::NotDecimal);
        }
        let mut amount: i128 = 0;
        for byte in whole.bytes().chain(fraction.bytes()) {
            if !byte.is_ascii_digit() {
                return Err(MoneyError::NotDecimal);
            }
            amount = amount
                .checked_mul(10)
                .and_then(|amount| amount.checked_add(sign * i128::from(byte - b'0')))
                .ok_or(MoneyError::TooManyDigits)?;
        }
        let scale = u8::try_from(fraction.len())
            .ok()
            .filter(|scale| *scale <= Self::MAX_SCALE)
            .ok_or(MoneyError::TooManyDigits)?;
        Ok(Self {
            amount,
            scale,
            currency,
        })
    }

    /// The number without its point.
    pub fn amount(&self) -> i128 {
        self.amount
    }

    /// How many of [`Money::amount`]'s digits are decimals: at most 38.
    pub fn scale(&self) -> u8 {
        self.scale
    }

    /// What it is an amount of.
    pub fn currency(&self) -> &Currency {
        &self.currency
    }

    /// The sum of both, at the finer scale.
    ///
    /// # Errors
    ///
    /// [`SumError`] where there is no sum that one could show.
    pub fn checked_add(&self, other: &Self) -> Result<Self, SumError> {
        if self.currency != other.currency {
            return Err(SumError::TwoCurrencies);
        }
        if self.currency.exponent().is_none() {
            return Err(SumError::UnknownCurrency);
        }
        let scale = self.scale.max(other.scale);
        let at_scale = |money: &Self| {
            10_i128
                .checked_pow((scale - money.scale).into())
                .and_then(|factor| money.amount.checked_mul(factor))
        };
        let sum = at_scale(self).zip(at_scale(other));
        let amount = sum.and_then(|(a, b)| a.checked_add(b));
        Ok(Self {
            amount: amount.ok_or(SumError::Overflow)?,
            scale,
            currency: self.currency.clone(),
        })
    }

    /// What is left when `other` is taken away.
    ///
    /// # Errors
    ///
    /// [`SumError`] as [`Money::checked_add`].
    pub fn checked_sub(&self, other: &Self) -> Result<Self, SumError> {
        let less = Self {
            amount: other.amount.checked_neg().ok_or(SumError::Overflow)?,
            ..other.clone()
        };
        self.checked_add(&less)
    }

    /// The decimal number without its currency, as it stands on the wire.
    pub fn decimal(&self) -> String {
        let digits = self.amount.unsigned_abs().to_string();
        let scale = usize::from(self.scale);
        let sign = if self.amount < 0 { "-" } else { "" };
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        // At least one digit stands in front of the point.
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.decimal(), self.currency.as_str())
    }
}

impl TryFrom<Written> for Money {
    type Error = MoneyError;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        Self::parse(&written.amount, written.currency)
    }
}

impl From<Money> for Written {
    fn from(money: Money) -> Self {
        Self {
            amount: money.decimal(),
            currency: money.currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn usd(amount: &str) -> Money {
        Money::parse(amount, Currency::from_code("USD")).unwrap()
    }

    #[rstest]
    #[case::more_decimals_than_the_currency_has("649.975")]
    #[case::thousand_million_million("1000000000000000")]
    #[case::trailing_zeros("0.00")]
    #[case::negative_below_one("-0.05")]
    #[case::largest("170141183460469231731687303715884105727")]
    #[case::smallest("-170141183460469231731687303715884105728")]
    #[case::all_decimals("0.00000000000000000000000000000000000001")]
    fn an_amount_comes_back_as_it_was_written(#[case] amount: &str) {
        assert_eq!(usd(amount).decimal(), amount);
    }

    #[rstest]
    #[case::nothing("", MoneyError::NotDecimal)]
    #[case::sign_alone("-", MoneyError::NotDecimal)]
    #[case::plus("+1", MoneyError::NotDecimal)]
    #[case::exponent("1e3", MoneyError::NotDecimal)]
    #[case::thousands("1,000", MoneyError::NotDecimal)]
    #[case::no_whole(".5", MoneyError::NotDecimal)]
    #[case::no_fraction("5.", MoneyError::NotDecimal)]
    #[case::two_points("1.2.3", MoneyError::NotDecimal)]
    #[case::full_width("５５０", MoneyError::NotDecimal)]
    #[case::infinity("Infinity", MoneyError::NotDecimal)]
    #[case::space(" 1", MoneyError::NotDecimal)]
    #[case::over("170141183460469231731687303715884105728", MoneyError::TooManyDigits)]
    #[case::decimals("0.000000000000000000000000000000000000000", MoneyError::TooManyDigits)]
    fn what_is_no_decimal_number_is_refused(#[case] amount: &str, #[case] error: MoneyError) {
        assert_eq!(Money::parse(amount, Currency::from_code("USD")), Err(error));
    }

    #[test]
    fn a_sum_is_exact_at_the_finer_scale() {
        assert_eq!(usd("649.975").checked_add(&usd("0.05")), Ok(usd("650.025")));
        assert_eq!(usd("1").checked_sub(&usd("0.999")), Ok(usd("0.001")));
    }

    #[test]
    fn two_currencies_have_no_sum() {
        let yen = Money::parse("550", Currency::from_code("JPY")).unwrap();
        assert_eq!(usd("1").checked_add(&yen), Err(SumError::TwoCurrencies));
    }

    #[rstest]
    #[case::not_in_the_standard("QQQ")]
    #[case::not_stated("")]
    #[case::no_means_of_payment("XAU")]
    fn an_unknown_currency_stays_readable_and_is_not_summed(#[case] code: &str) {
        let money = Money::parse("1", Currency::from_code(code)).unwrap();
        assert_eq!(money.currency().as_str(), code);
        assert_eq!(money.checked_add(&money), Err(SumError::UnknownCurrency));
    }

    #[test]
    fn a_sum_that_does_not_fit_is_none() {
        let largest = usd("170141183460469231731687303715884105727");
        assert_eq!(largest.checked_add(&usd("1")), Err(SumError::Overflow));
        assert_eq!(largest.checked_add(&usd("0.1")), Err(SumError::Overflow));
    }

    #[test]
    fn a_code_is_read_in_either_case() {
        assert_eq!(Currency::from_code(" jpy ").as_str(), "JPY");
        assert_eq!(Currency::from_code("yen").exponent(), None);
        assert_eq!(Currency::from_code("円").as_str(), "円");
    }

    #[test]
    fn exponents_are_those_of_another_table_of_the_standard() {
        use iso_currency::IntoEnumIterator as _;

        let differing: Vec<_> = iso_currency::Currency::iter()
            .filter_map(|theirs| {
                let ours = Currency::from_code(theirs.code()).exponent();
                let theirs_exponent = theirs.exponent().and_then(|e| u8::try_from(e).ok());
                (ours != theirs_exponent).then(|| (theirs.code(), ours, theirs_exponent))
            })
            .collect();
        assert_eq!(differing, []);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(amount: i128, scale in 0_u8..=38, code in "[A-Z]{0,3}") {
            let money = Money { amount, scale, currency: Currency::from_code(&code) };
            prop_assert_eq!(
                Money::parse(&money.decimal(), money.currency().clone()),
                Ok(money.clone())
            );
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(serde_json::from_str::<Money>(&json).unwrap(), money);
        }

        #[test]
        fn the_order_of_a_sum_does_not_matter(
            a in -1_000_000_i128..1_000_000, b in -1_000_000_i128..1_000_000,
            scale_a in 0_u8..6, scale_b in 0_u8..6,
        ) {
            let currency = Currency::from_code("KWD");
            let a = Money { amount: a, scale: scale_a, currency: currency.clone() };
            let b = Money { amount: b, scale: scale_b, currency };
            let sum = a.checked_add(&b).unwrap();
            prop_assert_eq!(b.checked_add(&a).unwrap(), sum.clone());
            // Taken away again, it is what it was, at the finer scale.
            let back = sum.checked_sub(&b).unwrap();
            prop_assert_eq!(back.checked_sub(&a).unwrap().amount(), 0);
        }

        #[test]
        fn no_text_is_misread(text in "-?[0-9]{0,40}\\.?[0-9]{0,40}") {
            if let Ok(money) = Money::parse(&text, Currency::from_code("USD")) {
                let plain = text.trim_start_matches('-').trim_start_matches('0');
                let again = money.decimal();
                let again = again.trim_start_matches('-').trim_start_matches('0');
                prop_assert_eq!(plain, again);
            }
        }
    }
}
