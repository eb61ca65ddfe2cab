//! The pages that a person sees: sign-in, a request that cannot be answered, the end.

use crate::agent::Agent;

/// A language of the pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Japanese,
}

impl Language {
    /// The first that is spoken here among tags in order of preference (`ja-JP en`).
    pub(super) fn of(tags: &str) -> Self {
        let mut tags = tags.split([' ', ',', ';']).map(str::trim);
        let japanese = tags.find_map(|tag| match tag.get(..2) {
            Some("ja") => Some(true),
            Some("en") => Some(false),
            _ => None,
        });
        if japanese == Some(true) {
            Self::Japanese
        } else {
            Self::English
        }
    }

    fn tag(self) -> &'static str {
        self.choose("en", "ja")
    }

    fn choose(self, english: &'static str, japanese: &'static str) -> &'static str {
        match self {
            Self::English => english,
            Self::Japanese => japanese,
        }
    }
}

/// The sign-in page; `request` are the parameters that the sign-in must come back with.
pub(super) fn sign_in<'a>(
    language: Language,
    request: &[(String, String)],
    agents: impl Iterator<Item = &'a Agent>,
    login: &str,
    wrong: bool,
) -> String {
    let hidden: String = request
        .iter()
        .map(|(name, value)| {
            let (name, value) = (escaped(name), escaped(value));
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
        })
        .collect::<Vec<_>>()
        .concat();
    let people: Vec<String> = agents
        .map(|agent| {
            let person = &agent.person;
            format!(
                "<li>{}: <code>{}</code> / <code>{}</code></li>\n",
                escaped(&person.name),
                escaped(&person.login),
                escaped(&person.password)
            )
        })
        .collect();
    let alert = if wrong {
        let text = language.choose(
            "User name or password is wrong.",
            "ユーザー名またはパスワードが違います。",
        );
        format!("<p class=\"wrong\" role=\"alert\">{text}</p>\n")
    } else {
        String::new()
    };
    let body = format!(
        "{alert}<form method=\"post\" action=\"/sign-in\">\n{hidden}\
         <label>{}<input name=\"login\" autocomplete=\"username\" value=\"{}\" required></label>\n\
         <label>{}<input name=\"password\" type=\"password\" autocomplete=\"current-password\" required></label>\n\
         <button type=\"submit\">{}</button>\n</form>\n\
         <p class=\"hint\">{}</p>\n<ul class=\"hint\">\n{}</ul>\n",
        language.choose("User name", "ユーザー名"),
        escaped(login),
        language.choose("Password", "パスワード"),
        language.choose("Sign in", "サインイン"),
        language.choose(
            "Local identity provider. Invented people:",
            "ローカルの ID プロバイダー。架空の人物です:"
        ),
        people.concat(),
    );
    document(language, language.choose("Sign in", "サインイン"), &body)
}

/// What is wrong with a request whose sender cannot be told by a redirect.
pub(super) fn refusal(language: Language, problem: &str) -> String {
    let title = language.choose(
        "This request cannot be answered",
        "このリクエストには応答できません",
    );
    document(language, title, &format!("<p>{}</p>\n", escaped(problem)))
}

/// The end of a session.
pub(super) fn signed_out(language: Language) -> String {
    let title = language.choose("Signed out", "サインアウトしました");
    document(language, title, "")
}

fn document(language: Language, title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"data:,\">\n\
         <title>{title}</title>\n<link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n\
         <body class=\"sign-in\">\n<main>\n<h1>{title}</h1>\n{body}</main>\n</body>\n</html>\n",
        language.tag(),
    )
}

/// Text as HTML, also between quotation marks.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut html, c| {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
        html
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("ja-JP,ja;q=0.9,en;q=0.8", Language::Japanese)]
    #[case("fr-FR, ja", Language::Japanese)]
    #[case("en ja", Language::English)]
    #[case("", Language::English)]
    fn the_first_language_that_is_spoken_here_counts(
        #[case] tags: &str,
        #[case] language: Language,
    ) {
        assert_eq!(Language::of(tags), language);
    }

    #[test]
    fn a_parameter_cannot_become_markup() {
        let request = [(
            "state".to_owned(),
            "\"><script>alert('x')</script>".to_owned(),
        )];
        let page = sign_in(
            Language::English,
            &request,
            std::iter::empty(),
            "\"<b>",
            true,
        );
        assert!(
            !page.contains("<script>") && !page.contains("\"<b>"),
            "{page}"
        );
    }
}
