//! Path patterns as `CloudFront` has them: `*` is any number of characters, `?` is one (`CloudFront`
//! Developer Guide, `DownloadDistValuesCacheBehavior`). Case counts, and `*` takes slashes too.

/// Whether the whole text is of this form.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.chars().collect();
    // The places of the pattern that may come next.
    let mut places = vec![0];
    let open = |places: &mut Vec<usize>| {
        // A star may be nothing.
        let mut at = 0;
        while let Some(&place) = places.get(at) {
            if pattern.get(place) == Some(&'*') && !places.contains(&(place + 1)) {
                places.push(place + 1);
            }
            at += 1;
        }
    };
    open(&mut places);
    for letter in text.chars() {
        let mut next = Vec::new();
        for place in places {
            let follows = match pattern.get(place) {
                Some('*') => Some(place),
                Some('?') => Some(place + 1),
                Some(wanted) if *wanted == letter => Some(place + 1),
                _ => None,
            };
            next.extend(follows.filter(|place| !next.contains(place)));
        }
        places = next;
        open(&mut places);
    }
    places.contains(&pattern.len())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::any("*", "", true)]
    #[case::slashes("/api/*", "/api/a/b", true)]
    #[case::not_before("/api/*", "/x/api/a", false)]
    #[case::one("/a?c", "/abc", true)]
    #[case::never_none("/a?c", "/ac", false)]
    #[case::hash("*-????????????????.*", "app-60918ffccde7feb0.js", true)]
    #[case::two_dashes("*-????????????????.*", "text-ja-aa93db167afd0782.txt", true)]
    #[case::short_hash("*-????????????????.*", "app-60918ffccde7feb.js", false)]
    #[case::plain("*-????????????????.*", "boot.js", false)]
    #[case::case("/API/*", "/api/a", false)]
    fn a_pattern_is_cloudfronts(#[case] pattern: &str, #[case] text: &str, #[case] is: bool) {
        assert_eq!(matches(pattern, text), is);
    }
}
