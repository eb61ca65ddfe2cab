//! The objects of a profile, page by page.

use std::sync::Arc;

use contract::ProfileId;
use serde_json::Value;

use super::Look;
use crate::aws::{AwsError, ListProfileObjects, next_token};

/// Objects of one kind on a page: the most that Customer Profiles gives.
const PAGE: u8 = 100;
/// Customer Profiles keeps at most 1,000 objects of a profile (quota).
const MOST_OBJECTS: usize = 1_000;
/// Pages of them, which may be short: a list whose tokens never end is given up.
const MOST_PAGES: usize = 100;

/// The pages of a profile's objects of one type.
pub(super) struct Pages {
    object_type_name: &'static str,
    profile: ProfileId,
    /// How many have come so far.
    objects: usize,
    turned: usize,
    next: Next,
}

enum Next {
    First,
    Token(String),
    End,
}

impl Pages {
    pub(super) fn of(object_type_name: &'static str, profile: &ProfileId) -> Self {
        Self {
            object_type_name,
            profile: profile.clone(),
            objects: 0,
            turned: 0,
            next: Next::First,
        }
    }

    /// The next page; none when there is none, or none that is fetched. A domain that does not have
    /// the type of object has no page of it.
    pub(super) async fn turn(&mut self, look: &Look) -> Result<Option<Arc<Value>>, AwsError> {
        let token = match &self.next {
            Next::End => return Ok(None),
            Next::First | Next::Token(_) if self.are_enough() => return Ok(None),
            Next::First => None,
            Next::Token(token) => Some(token.clone()),
        };
        let operation = ListProfileObjects {
            object_type_name: self.object_type_name,
            profile_id: self.profile.clone(),
            page_size: PAGE,
            next: token,
        };
        let page = match look.proxy.aws.look_up(operation, look.deadline).await {
            Ok(page) => page,
            Err(AwsError::NotFound(_)) => {
                self.next = Next::End;
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let items = page.get("Items").and_then(Value::as_array);
        self.objects += items.map_or(0, Vec::len);
        self.turned += 1;
        self.next = next_token(&page).map_or(Next::End, |token| Next::Token(token.to_owned()));
        Ok(Some(page))
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.are_enough() || matches!(self.next, Next::End)
    }

    fn are_enough(&self) -> bool {
        self.objects >= MOST_OBJECTS || self.turned >= MOST_PAGES
    }

    /// There is a page that is not fetched.
    pub(super) fn has_more(&self) -> bool {
        matches!(self.next, Next::Token(_))
    }
}
