//! What is known of the customer of one contact, part by part.
//!
//! Parts come in lines, in no order that is promised and perhaps twice; each is taken as it is.
//! What was known stays on screen until something newer has come in its place, and says so.

use contract::{
    ApiError, Attribute, CalculatedPart, ContactsPart, CustomerPart, ErrorCode, Loss, Match,
    MatchKey, MatchKind, OrdersPart, PartName, ProfileId, ProfilesPart,
};

use crate::{clock::Instant, inquiry::InquiryError};

/// Something that is asked for. Neither known nor refused: it is on its way.
///
/// It can be both: then what is known is from an earlier time, or not all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loadable<T> {
    /// What is known of it.
    pub known: Option<T>,
    /// Why no more can be had.
    pub error: Option<InquiryError>,
}

impl<T> Loadable<T> {
    /// Whether it is on its way and nothing of it is known.
    pub fn is_loading(&self) -> bool {
        self.known.is_none() && self.error.is_none()
    }

    fn take(&mut self, known: T) {
        *self = Self {
            known: Some(known),
            error: None,
        };
    }

    fn lack(&mut self, error: &InquiryError) {
        self.error = Some(error.clone());
    }
}

impl<T> Default for Loadable<T> {
    fn default() -> Self {
        Self {
            known: None,
            error: None,
        }
    }
}

/// A customer whom the contact may be with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Who, and why.
    pub found: Match,
    /// What they have ordered.
    pub orders: Loadable<OrdersPart>,
    /// When they were in contact before.
    pub contacts: Loadable<ContactsPart>,
    /// What Customer Profiles calculates about them.
    pub calculated: Loadable<CalculatedPart>,
}

impl Candidate {
    fn new(found: Match) -> Self {
        Self {
            found,
            orders: Loadable::default(),
            contacts: Loadable::default(),
            calculated: Loadable::default(),
        }
    }

    /// Whose it is.
    pub fn id(&self) -> &ProfileId {
        &self.found.profile.id
    }

    /// What has not come will not come: why.
    fn close(&mut self, error: &InquiryError) {
        let unfinished = |orders: &OrdersPart| !orders.complete;
        if self.orders.known.as_ref().is_none_or(unfinished) {
            self.orders.error.get_or_insert(error.clone());
        }
        if self.contacts.is_loading() {
            self.contacts.lack(error);
        }
        if self.calculated.is_loading() {
            self.calculated.lack(error);
        }
    }

    fn hope(&mut self) {
        self.orders.error = None;
        self.contacts.error = None;
        self.calculated.error = None;
    }
}

/// Who the customer is, in one word.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Identity<'a> {
    /// Nothing can be asked: the agent is not signed in.
    Unasked,
    /// The proxy has not said.
    Searching,
    /// This one.
    Matched(&'a Candidate),
    /// One of several: the agent chooses.
    Ambiguous,
    /// Nobody has this number, or what else was searched for.
    NoMatch,
    /// The number is withheld, and the flow has set nothing else to search for.
    Anonymous,
    /// It cannot be said.
    Failed(&'a InquiryError),
}

/// Where the tie between a contact and a customer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tie {
    /// Nobody has asked for it.
    #[default]
    Loose,
    /// It is asked for.
    Asked,
    /// The record of the contact will be the customer's.
    Tied,
    /// It could not be made.
    Failed,
}

/// The customer of one contact, or one whom the agent has looked up.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, true or not whatever the others are"
)]
pub struct ScreenPop {
    pub(crate) revision: u32,
    kind: Option<MatchKind>,
    candidates: Vec<Candidate>,
    chosen: Option<ProfileId>,
    /// Whether the agent has chosen, and not the search.
    is_picked: bool,
    /// More may be the customer than are here.
    pub more: bool,
    /// What the flow has set, by name.
    pub attributes: Vec<Attribute>,
    /// What was found and could not be read.
    pub losses: Vec<Loss>,
    /// Whether the contact's record will be the customer's.
    pub tie: Tie,
    /// Why the last question has no answer, or only a part of one.
    pub trouble: Option<InquiryError>,
    /// When all that is shown had been told.
    pub told_at: Option<Instant>,
    /// Whether what is shown was told in an earlier contact, and nothing since.
    pub is_old: bool,
    /// Whether the proxy has said that this was all.
    ended: bool,
}

impl ScreenPop {
    /// Another number whenever something about it has changed; never another customer's.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Who it is.
    pub fn identity(&self) -> Identity<'_> {
        if let Some(customer) = self.customer() {
            return Identity::Matched(customer);
        }
        match (&self.kind, &self.trouble) {
            (Some(MatchKind::Withheld), _) => Identity::Anonymous,
            (Some(_), _) if !self.candidates.is_empty() => Identity::Ambiguous,
            (Some(_), _) => Identity::NoMatch,
            (None, Some(InquiryError::SignIn)) => Identity::Unasked,
            (None, Some(error)) => Identity::Failed(error),
            (None, None) => Identity::Searching,
        }
    }

    /// The customer, where it is clear who.
    pub fn customer(&self) -> Option<&Candidate> {
        self.candidate(self.chosen.as_ref()?)
    }

    /// All whom it may be.
    pub fn candidates(&self) -> &[Candidate] {
        &self.candidates
    }

    pub(crate) fn candidate(&self, profile: &ProfileId) -> Option<&Candidate> {
        self.candidates.iter().find(|one| one.id() == profile)
    }

    /// Takes the one whom the agent has chosen, or none of them.
    pub(crate) fn choose(&mut self, profile: Option<ProfileId>) {
        self.tie = Tie::Loose;
        self.is_picked = profile.is_some();
        self.chosen = profile;
    }

    /// The customer whom the contact is to be tied to without being asked: there is no other.
    pub(crate) fn certain(&self) -> Option<&ProfileId> {
        let is_new = self.tie == Tie::Loose && !self.is_picked && !self.is_old;
        self.chosen.as_ref().filter(|_| is_new)
    }

    /// What an earlier contact has left, shown at once and asked for anew behind it. Whom the agent
    /// chose then need not be who calls now.
    pub(crate) fn recalled(mut self) -> Self {
        self.is_old = true;
        self.tie = Tie::Loose;
        if std::mem::take(&mut self.is_picked) {
            self.chosen = None;
        }
        self.attributes = Vec::new();
        self.trouble = None;
        self
    }

    /// What may be shown at once when the same number calls again.
    pub(crate) fn is_worth_keeping(&self) -> bool {
        self.ended && !self.candidates.is_empty()
    }

    /// A question is under way: what is missing may come.
    pub(crate) fn ask(&mut self) {
        self.trouble = None;
        self.ended = false;
        self.candidates.iter_mut().for_each(Candidate::hope);
    }

    /// A part of the answer to what was asked about the contact.
    pub(crate) fn take(&mut self, part: CustomerPart, now: Instant) {
        match part {
            CustomerPart::Contact(told) => self.attributes = told.attributes,
            CustomerPart::Profiles(told) => self.take_profiles(told),
            CustomerPart::End(_) => {
                self.ended = true;
                if self.trouble.is_none() {
                    self.told_at = Some(now);
                }
            }
            CustomerPart::Problem(told) => {
                let error = InquiryError::Refused(told.error);
                let about = told.profile.and_then(|of| self.find(&of));
                match (about, told.about) {
                    (Some(of), PartName::Orders) => of.orders.lack(&error),
                    (Some(of), PartName::Contacts) => of.contacts.lack(&error),
                    (Some(of), PartName::Calculated) => of.calculated.lack(&error),
                    _ => {}
                }
                self.trouble = Some(error);
            }
            other => self.take_piece(other),
        }
    }

    /// A part of the answer to what was asked about one customer, whom the agent has found.
    pub(crate) fn take_of_one(&mut self, part: CustomerPart, now: Instant) {
        match part {
            CustomerPart::Profiles(told) => {
                for found in told.matches {
                    match self.find(&found.profile.id) {
                        Some(known) => known.found = found,
                        None => self.candidates.push(Candidate::new(found)),
                    }
                }
                self.kind.get_or_insert(MatchKind::Many);
            }
            CustomerPart::Contact(_) => {}
            other => self.take(other, now),
        }
    }

    fn find(&mut self, profile: &ProfileId) -> Option<&mut Candidate> {
        self.candidates.iter_mut().find(|one| one.id() == profile)
    }

    fn take_profiles(&mut self, told: ProfilesPart) {
        let mut before = std::mem::take(&mut self.candidates);
        for found in told.matches {
            let known = before.iter().position(|one| *one.id() == found.profile.id);
            let mut one = match known {
                // Its parts stay on screen until they come anew.
                Some(at) => before.swap_remove(at),
                None => Candidate::new(found.clone()),
            };
            one.found = found;
            self.candidates.push(one);
        }
        // Whom the agent has chosen they have chosen, whatever a search finds.
        let chosen = self.chosen.take_if(|_| self.is_picked);
        let is_chosen = |one: &Candidate| Some(one.id()) == chosen.as_ref();
        self.candidates.extend(before.into_iter().find(is_chosen));
        self.chosen = chosen;
        self.is_old = false;
        if let ([only], MatchKind::One | MatchKind::Inferred, false) =
            (&self.candidates[..], &told.kind, self.is_picked)
        {
            let only_id = Some(only.id().clone());
            if self.chosen != only_id {
                self.tie = Tie::Loose;
                self.chosen = only_id;
            }
            let tied = |why: &contract::MatchReason| why.by == MatchKey::Contact;
            if only.found.why.iter().any(tied) {
                self.tie = Tie::Tied;
            }
        }
        self.kind = Some(told.kind);
        self.more = told.more;
        self.losses = told.losses;
    }

    fn take_piece(&mut self, part: CustomerPart) {
        match part {
            CustomerPart::Orders(mut told) => {
                let Some(of) = self.find(&told.profile.clone()) else {
                    return;
                };
                match &mut of.orders.known {
                    // A first page does not take the place of all.
                    Some(all) if all.complete && !told.complete => {}
                    Some(some) if !told.complete => {
                        some.orders.append(&mut told.orders);
                        some.losses.append(&mut told.losses);
                        some.detailed |= told.detailed;
                    }
                    _ => of.orders.take(told),
                }
            }
            CustomerPart::Contacts(told) => {
                if let Some(of) = self.find(&told.profile.clone()) {
                    of.contacts.take(told);
                }
            }
            CustomerPart::Calculated(told) => {
                if let Some(of) = self.find(&told.profile.clone()) {
                    of.calculated.take(told);
                }
            }
            _ => {}
        }
    }

    /// There is no more of the answer. Whether the question has been answered in full.
    pub(crate) fn close(&mut self, error: Option<InquiryError>) {
        if let Some(error) = error {
            self.trouble = Some(error);
        } else if !self.ended {
            // Cut off.
            self.trouble = Some(InquiryError::Unreachable);
        }
        let missing = self.trouble.clone().unwrap_or(NOT_SENT);
        for one in &mut self.candidates {
            one.close(&missing);
        }
    }
}

/// The proxy has said that this was all, and left out a part without a word.
const NOT_SENT: InquiryError = InquiryError::Refused(ApiError {
    code: ErrorCode::NotAvailable,
    request_id: None,
    retry_after_ms: None,
});
