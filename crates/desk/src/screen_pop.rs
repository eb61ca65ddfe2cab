//! What is known of the customer of one contact, part by part.
//!
//! Parts come in lines, in no order that is promised and perhaps twice; each is taken as it is.
//! What was known stays on screen until something newer has come in its place, and says so.

use contract::{MatchKey, MatchKind, PartName, ProfileId, Told, view};

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
    /// The revision of the customers with which it last changed.
    pub revision: u32,
}

impl<T> Loadable<T> {
    /// Whether it is on its way and nothing of it is known.
    pub fn is_loading(&self) -> bool {
        self.known.is_none() && self.error.is_none()
    }

    fn take(&mut self, known: T, revision: u32)
    where
        T: PartialEq,
    {
        let is_same = self.error.is_none() && self.known.as_ref() == Some(&known);
        *self = Self {
            known: Some(known),
            error: None,
            // What comes again as it was is no change.
            revision: if is_same { self.revision } else { revision },
        };
    }

    /// It is asked for once more.
    fn hope(&mut self, revision: u32) {
        if self.error.take().is_some() {
            self.revision = revision;
        }
    }

    /// What was said first stays: it is of this part alone.
    fn lack(&mut self, error: &InquiryError, revision: u32) {
        if self.error.is_none() {
            self.error = Some(error.clone());
            self.revision = revision;
        }
    }
}

impl<T> Default for Loadable<T> {
    fn default() -> Self {
        Self {
            known: None,
            error: None,
            revision: 0,
        }
    }
}

/// Orders of a customer, as they have come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Orders {
    /// The lines of the answer that hold them; one, once all have come.
    pages: Vec<Told>,
    /// How many they are.
    pub count: usize,
    /// Whether all of them are here, in their order.
    pub complete: bool,
    /// Whether they are of an answer that was cut off and has been asked for again.
    is_cut: bool,
}

impl Orders {
    /// The orders, one by one.
    pub fn iter(&self) -> impl Iterator<Item = view::Order<'_>> {
        let pages = self.pages.iter();
        pages.flat_map(|page| view::Part(page.value()).orders())
    }

    /// The last line, which says what they come to once all are here.
    pub fn part(&self) -> Option<view::Part<'_>> {
        self.pages.last().map(|page| view::Part(page.value()))
    }

    fn add(&mut self, page: Told) {
        let part = view::Part(page.value());
        // The last line stands for all before it; and a new answer begins from the beginning.
        if part.complete() || self.is_cut {
            *self = Self::default();
        }
        self.complete = part.complete();
        self.count += part.orders().count();
        self.pages.push(page);
    }
}

/// A customer whom the contact may be with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Whose it is.
    pub id: ProfileId,
    /// Who, and why: a [`view::Match`].
    found: Told,
    /// The revision of the customers with which that last changed.
    pub revision: u32,
    /// What they have ordered.
    pub orders: Loadable<Orders>,
    /// When they were in contact before: a [`view::Part`].
    pub contacts: Loadable<Told>,
    /// What Customer Profiles calculates about them: a [`view::Part`].
    pub calculated: Loadable<Told>,
}

impl Candidate {
    fn new(id: ProfileId, found: Told, revision: u32) -> Self {
        Self {
            id,
            found,
            revision,
            orders: Loadable::default(),
            contacts: Loadable::default(),
            calculated: Loadable::default(),
        }
    }

    /// Why it may be this one.
    pub fn found(&self) -> view::Match<'_> {
        view::Match(self.found.value())
    }

    /// Who it is.
    pub fn profile(&self) -> view::Profile<'_> {
        self.found().profile()
    }

    /// What has not come will not come: why.
    fn close(&mut self, error: &InquiryError, revision: u32) {
        if self
            .orders
            .known
            .as_ref()
            .is_none_or(|orders| !orders.complete)
        {
            self.orders.lack(error, revision);
        }
        if self.contacts.is_loading() {
            self.contacts.lack(error, revision);
        }
        if self.calculated.is_loading() {
            self.calculated.lack(error, revision);
        }
    }

    fn hope(&mut self, revision: u32) {
        if let Some(orders) = &mut self.orders.known
            && orders.is_cut == orders.complete
        {
            orders.is_cut = !orders.complete;
            self.orders.revision = revision;
        }
        self.orders.hope(revision);
        self.contacts.hope(revision);
        self.calculated.hope(revision);
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
    /// Whether the agent has said who it is, or that it is nobody of these, and not the search.
    is_picked: bool,
    /// More may be the customer than are here.
    pub more: bool,
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
        if self.chosen.is_some() {
            // Whom the agent has chosen, and of whom nothing has come.
            return match &self.trouble {
                Some(InquiryError::SignIn) => Identity::Unasked,
                Some(error) => Identity::Failed(error),
                None if self.ended => Identity::NoMatch,
                None => Identity::Searching,
            };
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
        self.candidates.iter().find(|one| one.id == *profile)
    }

    /// Takes the one whom the agent has chosen, or none of them.
    pub(crate) fn choose(&mut self, profile: Option<ProfileId>) {
        self.tie = Tie::Loose;
        self.is_picked = true;
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
        let revision = self.revision;
        self.candidates
            .iter_mut()
            .for_each(|one| one.hope(revision));
    }

    /// A part of the answer; `of_one`: to what was asked about one customer whom the agent has found.
    pub(crate) fn take(&mut self, told: Told, of_one: bool, now: Instant) {
        let revision = self.revision;
        let part = view::Part(told.value());
        let of = part.of();
        let of = of.and_then(|of| self.candidates.iter_mut().find(|one| one.id == of));
        match part.0.text("part").as_deref() {
            Some("profiles") => self.take_profiles(part, of_one),
            Some("orders") => {
                if let Some(of) = of {
                    take_orders(&mut of.orders, told, revision);
                }
            }
            Some("contacts") => {
                if let Some(of) = of {
                    of.contacts.take(told, revision);
                }
            }
            Some("calculated") => {
                if let Some(of) = of {
                    of.calculated.take(told, revision);
                }
            }
            Some("problem") => {
                let error = part.error().into();
                match (of, part.about()) {
                    (Some(of), PartName::Orders) => of.orders.lack(&error, revision),
                    (Some(of), PartName::Contacts) => of.contacts.lack(&error, revision),
                    (Some(of), PartName::Calculated) => of.calculated.lack(&error, revision),
                    _ => {}
                }
                self.trouble = Some(error);
            }
            Some("end") => {
                self.ended = true;
                if self.trouble.is_none() {
                    self.told_at = Some(now);
                }
            }
            _ => {}
        }
    }

    fn take_profiles(&mut self, part: view::Part<'_>, of_one: bool) {
        let mut before = std::mem::take(&mut self.candidates);
        for found in part.matches() {
            let Some(id) = found.profile().id() else {
                continue;
            };
            let known = before.iter().position(|one| one.id == id);
            let mut one = match known {
                // Its parts stay on screen until they come anew.
                Some(at) => before.remove(at),
                None => Candidate::new(id, found.0.keep(), self.revision),
            };
            let found = found.0.keep();
            if one.found != found {
                one.found = found;
                one.revision = self.revision;
            }
            self.candidates.push(one);
        }
        if of_one {
            // It is one more.
            before.append(&mut self.candidates);
            self.candidates = before;
            self.kind.get_or_insert(MatchKind::Many);
            return;
        }
        // Whom the agent has chosen they have chosen, whatever a search finds.
        let chosen = self.chosen.take_if(|_| self.is_picked);
        before.retain(|one| Some(&one.id) == chosen.as_ref());
        self.candidates.append(&mut before);
        self.chosen = chosen;
        self.is_old = false;
        let kind = part.kind();
        if let ([only], MatchKind::One | MatchKind::Inferred, false) =
            (&self.candidates[..], &kind, self.is_picked)
        {
            let is_another = self.chosen.replace(only.id.clone()).as_ref() != Some(&only.id);
            let mut why = only.found().why();
            if why.any(|why| why.by() == Some(MatchKey::Contact)) {
                self.tie = Tie::Tied;
            } else if is_another {
                self.tie = Tie::Loose;
            }
        }
        self.kind = Some(kind);
        self.more = part.more();
    }

    /// There is no more of the answer: why, where it has not been told in full.
    pub(crate) fn close(&mut self, error: Option<InquiryError>) {
        if let Some(error) = error {
            self.trouble = Some(error);
        } else if !self.ended {
            // Cut off.
            self.trouble = Some(InquiryError::Unreachable);
        }
        // The proxy may have said that this was all, and left out a part without a word.
        let missing = self.trouble.clone().unwrap_or(InquiryError::Unreadable);
        for one in &mut self.candidates {
            one.close(&missing, self.revision);
        }
    }
}

fn take_orders(orders: &mut Loadable<Orders>, page: Told, revision: u32) {
    let is_last = view::Part(page.value()).complete();
    // A first page does not take the place of all.
    if is_last || !orders.known.as_ref().is_some_and(|known| known.complete) {
        let mut known = orders.known.clone().unwrap_or_default();
        known.add(page);
        orders.take(known, revision);
    }
}
