//! Whom the agent talks to: when the proxy is asked, and what its answers are for.
//!
//! Every contact of the agent's is asked about once, while it rings, by the page that leads. An
//! answer that fails is asked for again for as long as the contact is here. What was told stays for
//! an hour after the contact has gone, in memory, by the number that called: who calls again is shown
//! at once. Nothing else of a customer stays.

use std::sync::Arc;

use contract::{ContactId, PhoneNumber, ProfileId, SearchBy, SearchOutcome, Told, view};

use super::Desk;
use crate::{
    caller::Caller,
    clock::Instant,
    contact::Contact,
    input::{CustomerCommand, Effect},
    inquiry::{Access, Answer, InquiryError, InquiryId, Question},
    link::Link,
    phase::CallPhase,
    screen_pop::{Loadable, ScreenPop, Tie},
};

/// For how long a customer is known after their contact has gone, in milliseconds.
const KNOWN_FOR_MS: i64 = 60 * 60 * 1_000;

/// How many customers are known at most.
const MOST_KNOWN: usize = 30;

/// A search that the agent has asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The contact that was in front then, whose customer is sought.
    pub contact: Option<ContactId>,
    /// What was searched for.
    pub by: SearchBy,
    /// Its value.
    pub value: String,
    /// How it went.
    pub outcome: Loadable<SearchOutcome>,
    /// The pages that have come.
    pages: Vec<Told>,
    /// Where the next page begins, if there is one.
    next: Option<String>,
}

impl Lookup {
    /// Who was found.
    pub fn results(&self) -> impl Iterator<Item = view::Found<'_>> {
        let pages = self.pages.iter();
        pages.flat_map(|page| view::Results(page.value()).results())
    }

    /// Whether there may be more.
    pub fn has_more(&self) -> bool {
        self.next.is_some()
    }
}

/// Of what an answer tells.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Subject {
    Contact(ContactId),
    /// Whom the agent has looked up, without a contact.
    LookedUp,
    Lookup,
}

/// A question that has no full answer.
#[derive(Debug, Clone, PartialEq)]
struct Inquiry {
    subject: Subject,
    question: Arc<Question>,
    attempts: u32,
    state: InquiryState,
}

#[derive(Debug, Clone, PartialEq)]
enum InquiryState {
    Asked(InquiryId),
    /// It has failed, and is asked again then, or when there is a reason to.
    Failed(InquiryError, Option<Instant>),
}

/// The customer of a contact that is here.
#[derive(Debug, Clone, PartialEq)]
struct Present {
    contact: ContactId,
    /// By the last snapshot that told of it.
    caller: Caller,
    /// Whether the agent has talked to them.
    talked: bool,
    pop: ScreenPop,
}

/// A customer who has gone.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    number: PhoneNumber,
    until: Instant,
    pop: ScreenPop,
}

/// All that the desk knows of customers.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Customers {
    access: Access,
    /// The agent who works here.
    asked_for: Option<Box<str>>,
    /// Whether the agent has left.
    is_out: bool,
    present: Vec<Present>,
    looked_up: Option<ScreenPop>,
    lookup: Option<Lookup>,
    inquiries: Vec<Inquiry>,
    /// The oldest first.
    known: Vec<Known>,
    next_id: u32,
    revisions: u32,
}

impl Desk {
    /// How the agent stands to the identity provider.
    pub fn access(&self) -> &Access {
        &self.customers.access
    }

    /// Who the customer of a contact is.
    pub fn screen_pop(&self, contact: &ContactId) -> Option<&ScreenPop> {
        let mut present = self.customers.present.iter();
        let one = present.find(|one| one.contact == *contact);
        one.map(|one| &one.pop)
    }

    /// The customer in front of the agent: of the contact in front, or whom they have looked up.
    pub fn customer_in_front(&self) -> Option<&ScreenPop> {
        let front = self.front().and_then(|front| self.screen_pop(&front.id));
        front.or(self.customers.looked_up.as_ref())
    }

    /// Another number whenever anything about customers has changed.
    pub fn customers_revision(&self) -> u32 {
        self.customers.revisions
    }

    /// The search that is on screen.
    pub fn lookup(&self) -> Option<&Lookup> {
        self.customers.lookup.as_ref()
    }

    pub(super) fn take_access(&mut self, told: Access, effects: &mut Vec<Effect>) -> bool {
        let changed = self.customers.access != told;
        self.customers.access = told;
        if changed && self.customers.access == Access::SignedIn {
            self.customers
                .ask_again(effects, &Inquiry::waits_for_sign_in);
        }
        changed
    }

    pub(super) fn customer_command(&mut self, command: CustomerCommand, effects: &mut Vec<Effect>) {
        let may_ask = self.customers.access == Access::SignedIn;
        self.customers.revisions = self.customers.revisions.wrapping_add(1);
        match command {
            CustomerCommand::SignIn => effects.push(Effect::SignInForCustomers),
            CustomerCommand::CloseSearch => {
                self.customers.forget(&Subject::Lookup, effects);
                self.customers.lookup = None;
            }
            CustomerCommand::Close => {
                self.customers.forget(&Subject::LookedUp, effects);
                self.customers.looked_up = None;
            }
            _ if !may_ask => {}
            CustomerCommand::Search(by, value) => {
                let value = value.trim().to_owned();
                if !value.is_empty() {
                    let contact = self.front().map(|front| front.id.clone());
                    self.customers.search(contact, by, value, effects);
                }
            }
            CustomerCommand::SearchOn => self.customers.search_on(effects),
            CustomerCommand::Open(profile) => {
                let contact = match &self.customers.lookup {
                    // Whoever rings meanwhile is somebody else.
                    Some(lookup) => lookup.contact.clone(),
                    None => self.front().map(|front| front.id.clone()),
                };
                self.open(contact, profile, effects);
            }
            CustomerCommand::Choose(contact, Some(profile)) => {
                self.open(Some(contact), profile, effects);
            }
            CustomerCommand::Choose(contact, None) => {
                self.customers.untie(&contact, effects);
                let subject = Subject::Contact(contact);
                self.customers.change(&subject, |pop| pop.choose(None));
            }
            CustomerCommand::AskAgain => self.customers.ask_again(effects, &|_| true),
        }
    }

    /// Opens a customer, for a contact or for the agent alone.
    fn open(&mut self, contact: Option<ContactId>, profile: ProfileId, effects: &mut Vec<Effect>) {
        // The search has found whom it was for.
        self.customers.forget(&Subject::Lookup, effects);
        self.customers.lookup = None;
        let is_shown = |contact: &ContactId| self.screen_pop(contact).is_some();
        let subject = if let Some(contact) = contact.filter(is_shown) {
            Subject::Contact(contact)
        } else {
            self.customers.forget(&Subject::LookedUp, effects);
            self.customers.looked_up = Some(ScreenPop::default());
            Subject::LookedUp
        };
        let mut is_here = false;
        self.customers.change(&subject, |pop| {
            is_here = pop.candidate(&profile).is_some();
            pop.choose(Some(profile.clone()));
            if !is_here {
                pop.ask();
            }
        });
        if !is_here {
            let question = Question::Profile(profile.clone());
            self.customers.inquire(subject.clone(), question, effects);
        }
        if let Subject::Contact(contact) = subject {
            self.tie(&contact, profile, effects);
        }
    }

    fn tie(&mut self, contact: &ContactId, profile: ProfileId, effects: &mut Vec<Effect>) {
        self.customers.untie(contact, effects);
        // A contact that is over is in the book already.
        let is_live = |contact: &Contact| contact.phase.is_live();
        if !self.contact(contact).is_some_and(is_live) {
            return;
        }
        let subject = Subject::Contact(contact.clone());
        self.customers.change(&subject, |pop| pop.tie = Tie::Asked);
        let contact = contact.clone();
        let question = Question::Link { contact, profile };
        self.customers.inquire(subject, question, effects);
    }

    /// Whether it changed anything.
    pub(super) fn answered(
        &mut self,
        id: InquiryId,
        answer: Answer,
        now: Instant,
        effects: &mut Vec<Effect>,
    ) -> bool {
        let inquiries = &mut self.customers.inquiries;
        let asked = InquiryState::Asked(id);
        let Some(at) = inquiries.iter().position(|one| one.state == asked) else {
            return false;
        };
        if let Answer::Part(part) = answer {
            let Some(asked) = inquiries.get(at) else {
                return false;
            };
            let (subject, of_one) = (
                asked.subject.clone(),
                matches!(*asked.question, Question::Profile(_)),
            );
            self.customers
                .change(&subject, |pop| pop.take(part, of_one, now));
            if let Subject::Contact(contact) = subject
                && let Some(profile) = self.screen_pop(&contact).and_then(ScreenPop::certain)
            {
                let profile = profile.clone();
                self.tie(&contact, profile, effects);
            }
            return true;
        }
        let asked = inquiries.swap_remove(at);
        let error = match &*asked.question {
            Question::Contact(_) | Question::Profile(_) => {
                let error = match answer {
                    Answer::Failed(error) => Some(error),
                    _ => None,
                };
                let mut trouble = None;
                self.customers.change(&asked.subject, |pop| {
                    pop.close(error);
                    trouble.clone_from(&pop.trouble);
                });
                trouble
            }
            Question::Link { .. } => {
                let is_tied = answer == Answer::Linked;
                let tie = if is_tied { Tie::Tied } else { Tie::Failed };
                self.customers.change(&asked.subject, |pop| pop.tie = tie);
                match answer {
                    Answer::Failed(error) => Some(error),
                    _ => None,
                }
            }
            Question::Search { .. } => self.customers.found(answer),
        };
        if let Some(error) = error {
            self.customers.wait(asked, error, now);
        }
        true
    }

    pub(super) fn customers_are_due(&self, now: Instant) -> bool {
        let mut known = self.customers.known.iter();
        let mut inquiries = self.customers.inquiries.iter();
        known.any(|known| known.until <= now)
            || inquiries.any(|one| one.is_due(now)) && self.customers.access == Access::SignedIn
    }

    /// After every input: what is known of contacts that have gone goes, those that have come are
    /// asked about, and what has failed is asked again when it is time. Whether it changed anything.
    pub(super) fn keep_customers(&mut self, now: Instant, effects: &mut Vec<Effect>) -> bool {
        if self.customers.access == Access::NotConfigured {
            return false;
        }
        let before = self.customers.revisions;
        let is_out = self.link == Link::SignedOut;
        let has_left = is_out && !self.customers.is_out;
        let is_replaced = self.is_somebody_else();
        if is_replaced || is_out {
            self.customers.forget_all(effects);
        }
        // Not for as long as nobody is there: who comes next may sign in for customers first.
        if is_replaced || has_left {
            self.customers.forget_sign_in(effects);
        }
        self.customers.is_out = is_out;
        self.customers.forget_since(now);
        self.leave_the_gone(now, effects);
        if !self.leads() {
            // Whatever it had asked for: it comes to the page that leads.
            self.customers.abandon(&|_| true, effects);
        } else if !is_out {
            self.ask_about_contacts(effects);
            if self.customers_are_due(now) {
                self.customers.ask_again(effects, &|one| one.is_due(now));
            }
        }
        before != self.customers.revisions
    }

    fn leave_the_gone(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        let customers = &mut self.customers;
        let is_gone = |one: &Present| self.roster.contact(&one.contact).is_none();
        while let Some(at) = customers.present.iter().position(is_gone) {
            let gone = customers.present.remove(at);
            customers.forget(&Subject::Contact(gone.contact.clone()), effects);
            customers.end_search_for(Some(&gone.contact), effects);
            customers.remember(gone, now);
        }
    }

    fn ask_about_contacts(&mut self, effects: &mut Vec<Effect>) {
        for contact in self.roster.contacts() {
            let customers = &mut self.customers;
            let subject = Subject::Contact(contact.id.clone());
            let is_missed = matches!(contact.phase, CallPhase::Missed | CallPhase::Failed)
                && contact.times.connected.is_none();
            let mut present = customers.present.iter_mut();
            match present.find(|one| one.contact == contact.id) {
                Some(_) if is_missed => customers.give_up(&contact.id, effects),
                Some(one) => {
                    one.caller.clone_from(&contact.caller);
                    let talks = contact.phase.is_talking();
                    // What was refused while it rang, it may be told now.
                    if talks && !std::mem::replace(&mut one.talked, true) {
                        customers.ask_again(effects, &|one| one.subject == subject);
                    }
                }
                None if is_missed => {}
                None => {
                    // What the agent had looked up makes room for who is here.
                    customers.forget(&Subject::LookedUp, effects);
                    customers.looked_up = None;
                    customers.end_search_for(None, effects);
                    customers.welcome(contact);
                    let question = Question::Contact(contact.id.clone());
                    customers.inquire(subject, question, effects);
                }
            }
        }
    }

    /// Whether another agent works here than the one for whom customers were asked about.
    fn is_somebody_else(&mut self) -> bool {
        let now = self.arn().map(Into::into);
        if now.is_none() || now == self.customers.asked_for {
            return false;
        }
        let before = std::mem::replace(&mut self.customers.asked_for, now);
        before.is_some()
    }
}

impl Inquiry {
    fn is_due(&self, now: Instant) -> bool {
        matches!(self.state, InquiryState::Failed(_, Some(again)) if again <= now)
    }

    fn waits_for_sign_in(&self) -> bool {
        matches!(self.state, InquiryState::Failed(InquiryError::SignIn, _))
    }

    fn abandoned(&self) -> Option<Effect> {
        match self.state {
            InquiryState::Asked(id) => Some(Effect::Abandon(id)),
            InquiryState::Failed(..) => None,
        }
    }
}

impl Customers {
    /// Changes what is known of a subject, and says that it has changed.
    fn change(&mut self, subject: &Subject, change: impl FnOnce(&mut ScreenPop)) {
        self.revisions = self.revisions.wrapping_add(1);
        let pop = match subject {
            Subject::Contact(contact) => {
                let mut present = self.present.iter_mut();
                let one = present.find(|one| one.contact == *contact);
                one.map(|one| &mut one.pop)
            }
            Subject::LookedUp => self.looked_up.as_mut(),
            Subject::Lookup => None,
        };
        if let Some(pop) = pop {
            pop.revision = self.revisions;
            change(pop);
        }
    }

    fn inquire(&mut self, subject: Subject, question: Question, effects: &mut Vec<Effect>) {
        let asked = Inquiry {
            subject,
            question: Arc::new(question),
            attempts: 0,
            state: InquiryState::Failed(InquiryError::SignIn, None),
        };
        self.ask(asked, effects);
    }

    fn ask(&mut self, mut asked: Inquiry, effects: &mut Vec<Effect>) {
        let may_ask = self.access == Access::SignedIn;
        let is_link = matches!(*asked.question, Question::Link { .. });
        if !is_link {
            self.change(&asked.subject, |pop| {
                pop.ask();
                if !may_ask {
                    pop.close(Some(InquiryError::SignIn));
                }
            });
        }
        if let Some(lookup) = self
            .lookup
            .as_mut()
            .filter(|_| asked.subject == Subject::Lookup)
        {
            lookup.outcome = Loadable::default();
        }
        if may_ask {
            self.next_id = self.next_id.wrapping_add(1);
            let id = InquiryId(self.next_id);
            asked.state = InquiryState::Asked(id);
            let question = Arc::clone(&asked.question);
            effects.push(Effect::Inquire { id, question });
        }
        self.inquiries.push(asked);
    }

    fn ask_again(&mut self, effects: &mut Vec<Effect>, which: &dyn Fn(&Inquiry) -> bool) {
        let failed =
            self.take_out(&|one| matches!(one.state, InquiryState::Failed(..)) && which(one));
        for one in failed {
            self.ask(one, effects);
        }
    }

    /// Lets a question that has failed wait for its time.
    fn wait(&mut self, mut asked: Inquiry, error: InquiryError, now: Instant) {
        // A search is asked again by a press.
        let is_search = asked.subject == Subject::Lookup;
        let later = error
            .worth_asking_again(asked.attempts)
            .filter(|_| !is_search);
        asked.attempts = asked.attempts.saturating_add(1);
        asked.state = InquiryState::Failed(error, later.map(|millis| now.after(millis)));
        self.inquiries.push(asked);
    }

    /// The questions that are so, which are no more among those without an answer.
    #[inline(never)]
    fn take_out(&mut self, which: &dyn Fn(&Inquiry) -> bool) -> Vec<Inquiry> {
        let mut taken = Vec::new();
        while let Some(at) = self.inquiries.iter().position(which) {
            taken.push(self.inquiries.remove(at));
        }
        taken
    }

    /// Nobody waits for the answers to those that are so.
    fn abandon(&mut self, which: &dyn Fn(&Inquiry) -> bool, effects: &mut Vec<Effect>) {
        for one in self.take_out(which) {
            effects.extend(one.abandoned());
        }
    }

    /// Nobody waits for answers about a subject any more.
    fn forget(&mut self, subject: &Subject, effects: &mut Vec<Effect>) {
        self.abandon(&|one| one.subject == *subject, effects);
    }

    /// Whom the contact was to be tied to is not its customer.
    fn untie(&mut self, contact: &ContactId, effects: &mut Vec<Effect>) {
        let ties = |one: &Inquiry| matches!(&*one.question, Question::Link { contact: of, .. } if of == contact);
        self.abandon(&ties, effects);
    }

    /// Nobody will talk to the customer of this contact, and the proxy would not say who it was.
    fn give_up(&mut self, contact: &ContactId, effects: &mut Vec<Effect>) {
        let in_vain = |one: &Inquiry| match &*one.question {
            Question::Contact(of) | Question::Link { contact: of, .. } => of == contact,
            Question::Profile(_) | Question::Search { .. } => false,
        };
        self.abandon(&in_vain, effects);
        // Unless the agent looks somebody up beside it.
        let subject = Subject::Contact(contact.clone());
        if self.inquiries.iter().any(|one| one.subject == subject) {
            return;
        }
        let before = self.present.len();
        let is_unknown = |one: &Present| one.contact == *contact && one.pop.candidates().is_empty();
        self.present.retain(|one| !is_unknown(one));
        if self.present.len() != before {
            self.revisions = self.revisions.wrapping_add(1);
        }
    }

    /// A contact has come; who called with this number before is known at once.
    fn welcome(&mut self, contact: &Contact) {
        let pop = match &contact.caller {
            Caller::Number(number) => {
                let known = self.known.iter().position(|known| known.number == *number);
                known.map(|at| self.known.remove(at).pop.recalled())
            }
            _ => None,
        };
        self.revisions = self.revisions.wrapping_add(1);
        self.present.push(Present {
            contact: contact.id.clone(),
            caller: contact.caller.clone(),
            talked: contact.phase.is_talking(),
            pop: pop.unwrap_or_default(),
        });
    }

    /// A contact has gone.
    fn remember(&mut self, gone: Present, now: Instant) {
        self.revisions = self.revisions.wrapping_add(1);
        let Caller::Number(number) = gone.caller else {
            return;
        };
        if gone.pop.is_worth_keeping() {
            self.known.retain(|known| known.number != number);
            if self.known.len() >= MOST_KNOWN {
                self.known.remove(0);
            }
            self.known.push(Known {
                number,
                until: now.after(KNOWN_FOR_MS),
                pop: gone.pop,
            });
        }
    }

    /// Nothing of any customer stays.
    fn forget_all(&mut self, effects: &mut Vec<Effect>) {
        let is_empty = self.present.is_empty()
            && self.known.is_empty()
            && self.looked_up.is_none()
            && self.lookup.is_none();
        if is_empty {
            return;
        }
        effects.extend(self.inquiries.iter().filter_map(Inquiry::abandoned));
        *self = Self {
            access: std::mem::take(&mut self.access),
            asked_for: self.asked_for.take(),
            next_id: self.next_id,
            revisions: self.revisions.wrapping_add(1),
            ..Self::default()
        };
    }

    /// Nobody is asked in the name of who has left.
    fn forget_sign_in(&mut self, effects: &mut Vec<Effect>) {
        if matches!(self.access, Access::SignedIn | Access::SigningIn) {
            self.access = Access::SignedOut;
            self.revisions = self.revisions.wrapping_add(1);
            effects.push(Effect::ForgetSignIn);
        }
    }

    fn forget_since(&mut self, now: Instant) {
        let before = self.known.len();
        self.known.retain(|known| known.until > now);
        if self.known.len() != before {
            self.revisions = self.revisions.wrapping_add(1);
        }
    }

    /// The search for the customer of a contact is over, or one that was for nobody's.
    fn end_search_for(&mut self, contact: Option<&ContactId>, effects: &mut Vec<Effect>) {
        let lookup = self.lookup.as_ref();
        if lookup.is_some_and(|lookup| lookup.contact.as_ref() == contact) {
            self.forget(&Subject::Lookup, effects);
            self.lookup = None;
        }
    }

    fn search(
        &mut self,
        contact: Option<ContactId>,
        by: SearchBy,
        value: String,
        effects: &mut Vec<Effect>,
    ) {
        self.forget(&Subject::Lookup, effects);
        let question = Question::Search {
            by,
            value: value.as_str().into(),
            next: None,
        };
        self.lookup = Some(Lookup {
            contact,
            by,
            value,
            outcome: Loadable::default(),
            pages: Vec::new(),
            next: None,
        });
        self.inquire(Subject::Lookup, question, effects);
    }

    fn search_on(&mut self, effects: &mut Vec<Effect>) {
        let Some(lookup) = &mut self.lookup else {
            return;
        };
        if let Some(next) = lookup.next.take() {
            let question = Question::Search {
                by: lookup.by,
                value: lookup.value.as_str().into(),
                next: Some(next),
            };
            self.inquire(Subject::Lookup, question, effects);
        }
    }

    /// Takes what a search has found, or says why it has found nothing.
    fn found(&mut self, answer: Answer) -> Option<InquiryError> {
        self.revisions = self.revisions.wrapping_add(1);
        let lookup = self.lookup.as_mut()?;
        lookup.outcome.error = match answer {
            Answer::Found(told) => {
                let results = view::Results(told.value());
                lookup.next = results.next();
                lookup.outcome.known = results.outcome();
                lookup.pages.push(told);
                None
            }
            Answer::Failed(error) => Some(error),
            // Not an answer to a search.
            _ => Some(InquiryError::Unreadable),
        };
        lookup.outcome.error.clone()
    }
}
