//! The canonical request: the one form of a request that signer and server both compute.
//!
//! Source: "Create a signed AWS API request", AWS Identity and Access Management user guide. Only
//! what a server sees goes in: the request line and the headers as they came over the wire.

use std::fmt::Write as _;

use super::Presented;

/// Method, path, query, headers, names of the signed headers and hash of the body, a line each;
/// `None` when a header that is said to be signed is not there.
pub(super) fn canonical_request(
    request: &Presented<'_>,
    signed: &[&str],
    body_hash: &str,
) -> Option<Vec<u8>> {
    let mut text = format!(
        "{}\n{}\n{}\n",
        request.method,
        canonical_path(request.path),
        canonical_query(request.query),
    )
    .into_bytes();
    for name in signed {
        text.extend_from_slice(name.as_bytes());
        text.push(b':');
        text.extend(canonical_header(request, name)?);
        text.push(b'\n');
    }
    text.push(b'\n');
    text.extend_from_slice(signed.join(";").as_bytes());
    text.push(b'\n');
    text.extend_from_slice(body_hash.as_bytes());
    Some(text)
}

/// The path without empty and dot segments, as it came over the wire, and encoded once more: every
/// service but S3 signs `%2F` as `%252F`.
fn canonical_path(path: &str) -> String {
    let segments = segments(path);
    let mut canonical = String::new();
    for segment in &segments {
        canonical.push('/');
        encode(segment.as_bytes(), &mut canonical);
    }
    if segments.is_empty() || path.ends_with('/') {
        canonical.push('/');
    }
    canonical
}

/// What stands between the slashes of a path, still encoded; `.` and `..` are followed.
pub(crate) fn segments(path: &str) -> Vec<&str> {
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments
}

/// The parameters, decoded, encoded as AWS encodes and sorted by the bytes of the encoded name,
/// then of the encoded value.
fn canonical_query(query: &str) -> String {
    let mut pairs: Vec<(String, String)> = parameters(query)
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    pairs.sort();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}

/// The parameters of a query, decoded; a plus sign is a plus sign.
pub(crate) fn parameters(query: &str) -> impl Iterator<Item = (Vec<u8>, Vec<u8>)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decoded(name), decoded(value))
        })
}

/// All values of a header, each trimmed and with single spaces, joined by commas.
fn canonical_header(request: &Presented<'_>, name: &str) -> Option<Vec<u8>> {
    let values: Vec<Vec<u8>> = request
        .headers
        .iter()
        .filter(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| {
            let words: Vec<&[u8]> = value
                .split(u8::is_ascii_whitespace)
                .filter(|word| !word.is_empty())
                .collect();
            words.join(&b' ')
        })
        .collect();
    (!values.is_empty()).then(|| values.join(&b','))
}

/// Percent-encoding that leaves only the unreserved characters of RFC 3986 as they are.
pub(crate) fn encoded(bytes: &[u8]) -> String {
    let mut text = String::new();
    encode(bytes, &mut text);
    text
}

fn encode(bytes: &[u8], text: &mut String) {
    for byte in bytes {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(byte) {
            text.push(char::from(*byte));
        } else {
            // Writing to a string cannot fail.
            write!(text, "%{byte:02X}").ok();
        }
    }
}

/// Undoes percent-encoding. A percent sign without two hexadecimal digits stands for itself.
pub(crate) fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..]) => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => {
                    bytes.push(high << 4 | low);
                    rest = after;
                }
                _ => bytes.push(b'%'),
            },
            (byte, _) => bytes.push(*byte),
        }
    }
    bytes
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::root("/", "/")]
    #[case::nothing("", "/")]
    #[case::encoded_once_more("/a%2Fb", "/a%252Fb")]
    #[case::dots("/a/./b/../c//d", "/a/c/d")]
    #[case::above_the_root("/../a", "/a")]
    #[case::slash_at_the_end("/a/", "/a/")]
    fn a_path_is_folded_and_encoded_once_more(#[case] path: &str, #[case] canonical: &str) {
        assert_eq!(canonical_path(path), canonical);
    }

    #[rstest]
    #[case::sorted_by_bytes("b=2&a=1&B=3", "B=3&a=1&b=2")]
    #[case::repeats_by_value("a=2&a=1", "a=1&a=2")]
    #[case::no_value("a&b=", "a=&b=")]
    #[case::needless("a=%7E&b=x%20y", "a=~&b=x%20y")]
    #[case::sorted_as_encoded("a%2F=1&a-=2", "a%2F=1&a-=2")]
    #[case::plus("a=1+2", "a=1%2B2")]
    #[case::a_lone_percent("a=100%", "a=100%25")]
    fn a_query_has_one_form(#[case] query: &str, #[case] canonical: &str) {
        assert_eq!(canonical_query(query), canonical);
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes_to_itself(bytes: Vec<u8>) {
            prop_assert_eq!(decoded(&encoded(&bytes)), bytes);
        }

        #[test]
        fn the_order_of_parameters_does_not_matter(pairs: Vec<(String, String)>) {
            let query = |pairs: &[(String, String)]| {
                let one = |(name, value): &(String, String)| {
                    format!("{}={}", encoded(name.as_bytes()), encoded(value.as_bytes()))
                };
                pairs.iter().map(one).collect::<Vec<_>>().join("&")
            };
            let mut turned = pairs.clone();
            turned.reverse();
            prop_assert_eq!(canonical_query(&query(&pairs)), canonical_query(&query(&turned)));
        }
    }
}
