//! The desk itself: inputs to state and effects.

mod customer;
mod microphone;
mod request;
mod role;
mod session;
mod watch;

use chrono::{DateTime, TimeDelta, Utc};
use contract::ContactId;

use self::{
    customer::Customers,
    microphone::Wish,
    role::Place,
    session::{Leaving, Softphones},
    watch::Watch,
};
use crate::{
    action::Action,
    agent::{Agent, AgentKind, AgentState},
    call_log::{CallLog, CallRecord},
    clock::{Instant, ServerClock, Standing},
    contact::{Contact, Direction, Surroundings},
    control::{Control, moves_somebody},
    input::{Effect, Input},
    journal::{Journal, Shift},
    link::Link,
    notice::{DialRefusal, Notice, NoticeKind, Notices, Request, SoftphoneError},
    oddity::Oddities,
    outcome::CallOutcome,
    phase::CallPhase,
    quick_connect::Directory,
    readiness::{Policy, Workstation},
    requests::Requests,
    roster::Roster,
    snapshot::{AgentSnapshot, ClockReading, Snapshot},
};
pub use customer::Lookup;
pub use microphone::MuteConflict;
pub use role::Role;
pub use watch::Alert;

/// The agent desk.
#[derive(Debug, Clone, PartialEq, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own, true or not whatever the others are"
)]
pub struct Desk {
    agent: Option<Agent>,
    roster: Roster,
    clock: ServerClock,
    link: Link,
    /// What this page is among those of its browser.
    place: Place,
    /// Whether its frame, as it is now, has been given the audio of calls.
    has_audio: bool,
    /// Whether the CCP has lost its connection to Connect, though it speaks.
    connect_lost: bool,
    /// Where signing out has got to.
    leaving: Option<Leaving>,
    softphones: Softphones,
    /// What the library has reported of the audio and nothing has mended since.
    softphone_failures: Vec<SoftphoneError>,
    /// What the softphone last reported of the microphone.
    muted: Option<bool>,
    wish: Option<Wish>,
    workstation: Workstation,
    policy: Policy,
    watch: Watch,
    /// What the agent has been notified of and may still look at.
    alert: Option<Alert>,
    /// How many CCPs this browser holds for the agent, mirrors and all.
    ccps: u32,
    notices: Notices,
    requests: Requests,
    /// The shifts of others and, until a snapshot says what became of it, of the agent.
    kept: Journal,
    /// Whether the agent's shift has been taken out of what was kept.
    has_shift: bool,
    /// Whether only one snapshot has named this agent, after others had named somebody else.
    is_newcomer: bool,
    saved: Option<Journal>,
    /// The last snapshot that said something new.
    last: Option<Box<Snapshot>>,
    directory: Directory,
    customers: Customers,
    oddities: Oddities,
    revision: u32,
}

impl Desk {
    /// Takes in `input` at the monotonic time `now` and says what must be done.
    pub fn handle(&mut self, input: Input, now: Instant) -> Vec<Effect> {
        let mut effects = Vec::new();
        let mut changed = self.is_due(now);
        self.requests.expire(now);
        self.settle_dialling(now);
        self.settle_session(now, &mut effects);
        self.settle_wish(now);
        self.settle_role(now, &mut effects);
        changed |= match input {
            Input::Command(command) => {
                self.command(command, now, &mut effects);
                true
            }
            Input::Journal(journal) => self.take_journal(&journal, now),
            Input::Snapshot(snapshot) => self.snapshot(snapshot, now, &mut effects),
            Input::MuteReported(muted) => self.hear_of_mute(muted),
            Input::Link(link) => self.set_link(link, now, &mut effects),
            Input::Role(role) => self.take_role(role, now, &mut effects),
            Input::SignInPage(page) => {
                self.turn(self.link.after_page(page, now), now, &mut effects)
            }
            Input::Heartbeat(answers) => {
                self.turn(self.link.after_heartbeat(answers), now, &mut effects)
            }
            Input::Softphones(count) => {
                self.ccps = count;
                self.count_softphones(now)
            }
            Input::Reloaded => {
                self.has_audio = false;
                self.reloaded()
            }
            Input::ConnectLost(lost) => std::mem::replace(&mut self.connect_lost, lost) != lost,
            Input::Workstation(place) => self.look_around(place) | self.count_softphones(now),
            Input::Policy(policy) => std::mem::replace(&mut self.policy, policy.clone()) != policy,
            Input::SoftphoneFailed(error) => {
                self.softphone_failed(error);
                true
            }
            Input::Acted { action, result } => {
                self.acted(&action, result, now, &mut effects);
                true
            }
            Input::QuickConnects(told) => {
                self.directory.take(told);
                true
            }
            Input::Answered { id, answer } => self.answered(id, answer, now, &mut effects),
            Input::Access(told) => self.take_access(told, &mut effects),
            Input::TimePassed => false,
        };
        changed |= self.keep_watch(now, &mut effects);
        changed |= self.keep_customers(now, &mut effects);
        if changed {
            self.revision = self.revision.wrapping_add(1);
            self.save(now, &mut effects);
        }
        effects
    }

    /// Another number whenever an input may have changed what the desk says. The same snapshot
    /// comes all day, and changes nothing.
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// Whether time alone changes something, and [`Input::TimePassed`] should say so.
    pub fn is_due(&self, now: Instant) -> bool {
        self.requests.are_due(now)
            || self.session_is_due(now)
            || self.wish_is_due(now)
            || self.role_is_due(now)
            || self.watch_is_due(now)
            || self.customers_are_due(now)
    }

    /// The agent, once a snapshot has told.
    pub fn agent(&self) -> Option<&Agent> {
        self.agent.as_ref()
    }

    /// The call in front of the agent.
    pub fn front(&self) -> Option<&Contact> {
        self.roster.front()
    }

    /// The contacts that ring in this page: none in a mirror.
    pub fn ringing(&self) -> impl Iterator<Item = &Contact> {
        let rings = |contact: &&Contact| self.leads() && contact.phase == CallPhase::Ringing;
        self.roster.contacts().iter().filter(rings)
    }

    /// The contacts beside the one in front, in order of arrival.
    pub fn others(&self) -> impl Iterator<Item = &Contact> {
        let front = self.front().map(|front| &front.id);
        self.roster
            .contacts()
            .iter()
            .filter(move |contact| Some(&contact.id) != front)
    }

    /// A contact that the agent has.
    pub fn contact(&self, id: &ContactId) -> Option<&Contact> {
        self.roster.contact(id)
    }

    /// The finished offers, newest first.
    pub fn log(&self) -> &CallLog {
        self.roster.log()
    }

    /// What the agent should know, oldest first.
    pub fn notices(&self) -> &[Notice] {
        self.notices.all()
    }

    /// How the desk stands to Connect.
    pub fn link(&self) -> Link {
        self.link
    }

    /// Whether the CCP speaks and has itself lost Connect: what is shown may be old.
    pub fn has_lost_connect(&self) -> bool {
        self.link.is_ready() && self.connect_lost
    }

    /// Whether a call may go on of which the desk hears nothing at present.
    pub fn is_unconfirmed(&self) -> bool {
        let hears = self.link.is_ready() && !self.connect_lost;
        !hears && self.roster.is_live()
    }

    /// The time of the last snapshot: from when that is which is shown.
    pub fn told_at(&self) -> Option<DateTime<Utc>> {
        self.clock.told_at()
    }

    /// Server time now; `None` until a snapshot has told it.
    pub fn server_time(&self, now: Instant) -> Option<DateTime<Utc>> {
        self.clock.now(now)
    }

    /// What remains of `contact` on a line for a spreadsheet, while it is still here.
    pub fn record_of(&self, contact: &ContactId) -> Option<CallRecord> {
        self.contact(contact).map(CallRecord::of)
    }

    /// Whether a button of a contact may be pressed.
    pub fn allows(&self, control: Control, contact: &ContactId) -> bool {
        self.action(control, contact).is_some()
    }

    /// Whether somebody can be called into a call now.
    pub fn can_call_in(&self, contact: &ContactId) -> bool {
        let waits = |other: &Action| other.contact() == Some(contact) && moves_somebody(other);
        self.can_work()
            && self.contact(contact).is_some_and(Contact::takes_party)
            && !self.requests.any(waits)
    }

    /// Whom the agent can call in without typing a number.
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Whether tones reach somebody.
    pub fn takes_tones(&self, contact: &ContactId) -> bool {
        self.can_work() && self.contact(contact).is_some_and(Contact::takes_tones)
    }

    /// Whether a number may be dialled.
    ///
    /// # Errors
    ///
    /// [`DialRefusal`] says why not.
    pub fn can_dial(&self) -> Result<(), DialRefusal> {
        if !self.leads() {
            return Err(DialRefusal::ReadOnly);
        }
        let state = self.agent.as_ref().and_then(|agent| agent.state.as_ref());
        let Some(state) = state.filter(|_| self.link.is_ready()) else {
            return Err(DialRefusal::NotReady);
        };
        if self.roster.calls().next().is_some() {
            return Err(DialRefusal::OnCall);
        }
        if state.kind == AgentKind::Offline {
            return Err(DialRefusal::Offline);
        }
        if self.requests.is_dialling() {
            return Err(DialRefusal::Dialing);
        }
        Ok(())
    }

    /// Whether a state that is chosen now waits for the contacts that the agent has.
    pub fn queues_states(&self) -> bool {
        self.roster
            .contacts()
            .iter()
            .any(|contact| contact.phase.is_live() || contact.phase == CallPhase::AfterCallWork)
    }

    /// Whether it changed anything.
    fn snapshot(&mut self, told: Box<Snapshot>, now: Instant, effects: &mut Vec<Effect>) -> bool {
        let standing = self.clock.weigh(&told, now);
        match standing {
            Standing::Late => return false,
            Standing::Overtaken => {
                self.clock.doubt(&told, now);
                return false;
            }
            Standing::Sound | Standing::Doubtful => {}
        }
        let changed = self.turn(self.link.after_snapshot(), now, effects);
        let said_before = self
            .last
            .as_ref()
            .is_some_and(|last| last.says_the_same(&told));
        if said_before {
            return changed;
        }
        let taken_at = self.clock.take(&told, standing, now);
        // It has come through.
        self.connect_lost &= standing == Standing::Doubtful || told.taken_at.is_none();
        effects.extend(self.oddities.news(&told).into_iter().map(Effect::Log));

        self.take_agent(&told.agent);
        self.leave_when_offline(now, effects);
        if let Some(list) = &told.contacts {
            let seen = taken_at.or_else(|| self.clock.now(now));
            let from = a_day_before(told.clock, seen);
            let mut earlier = Shift::default();
            let was_quiet = self.has_shift && !self.roster.is_live();
            let resumes = !std::mem::replace(&mut self.has_shift, true);
            if resumes {
                let arn = self.agent.as_ref().and_then(|agent| agent.arn.as_deref());
                earlier = self.kept.take(arn).unwrap_or_default();
            }
            self.kept.forget_before(from);
            // If somebody else turns out to be signed in, it can be taken from them again.
            if let Some(agent) = self.agent.as_mut().filter(|agent| agent.arn.is_none()) {
                agent.arn = earlier.agent.take();
            }
            let agent_state = told.agent.state.clone().map(AgentState::from);
            let around = Surroundings {
                taken_at,
                seen,
                limit: self.clock.limit(now),
                agent: agent_state.as_ref(),
            };
            let told_before = self.unreached();
            let offered = self.roster.take(list, around, earlier, from);
            self.tell_of_dialling(told_before.as_ref());
            if was_quiet && !offered.is_empty() && self.roster.is_live() {
                self.open_microphone(told.agent.softphone == Some(true));
                // The softphone tries anew, and says so if it fails.
                self.softphone_works(None);
            }
            for id in offered {
                self.requests.offered_anew(&id);
                self.notices.offered_anew(&id);
            }
            self.notices.settle(self.roster.contacts());
            self.requests.settle(self.roster.contacts());
            if resumes && self.roster.is_dialling() && !self.requests.is_dialling() {
                self.requests.wait_for_call(now);
            }
            self.settle_dialling(now);
            self.hand_on(effects);
            self.step_down(effects);
            self.claim_audio(effects);
        }
        self.last = Some(told);
        true
    }

    /// How dialling went for the call that was placed, if nobody was reached.
    fn unreached(&self) -> Option<(ContactId, CallOutcome)> {
        let failed = |contact: &&Contact| {
            contact.direction == Direction::Outbound
                && contact.phase == CallPhase::Failed
                && contact.times.connected.is_none()
        };
        let contact = self.roster.calls().find(failed)?;
        Some((contact.id.clone(), contact.outcome?))
    }

    /// Connect clears a failed call away within seconds: what came of it stays to be read.
    fn tell_of_dialling(&mut self, told_before: Option<&(ContactId, CallOutcome)>) {
        let placed = |contact: &Contact| contact.direction == Direction::Outbound;
        if self.roster.calls().any(placed) {
            self.notices.withdraw_silence();
        }
        let unreached = self.unreached();
        if unreached.as_ref() == told_before {
            return;
        }
        // The agent knows of a call that they gave up.
        if let Some((_, outcome)) = unreached
            && outcome != CallOutcome::Cancelled
        {
            self.notices.withdraw(Request::Dial);
            self.notices.show(NoticeKind::NotReached(outcome), None);
        }
    }

    fn take_agent(&mut self, told: &AgentSnapshot) {
        match (self.arn(), told.arn.as_deref()) {
            (Some(known), Some(told)) if known != told => self.change_agent(),
            (Some(_), Some(_)) => self.is_newcomer = false,
            _ => {}
        }
        let was_available = self.is_available();
        self.agent = Some(Agent::after(self.agent.take(), told.clone()));
        if self.is_available() && !was_available {
            self.notices.withdraw_not_ready();
        }
    }

    /// Somebody else has signed in on this page, or one snapshot says so that has gone wrong.
    /// Nothing of the colleague's day stays on screen, and nothing of it is lost.
    fn change_agent(&mut self) {
        let shift = self.shift();
        let was_newcomer = std::mem::replace(&mut self.is_newcomer, true);
        if self.has_shift && !was_newcomer {
            self.kept.put(shift);
        }
        self.has_shift = false;
        self.agent = None;
        self.roster = Roster::default();
        self.notices = Notices::default();
        self.requests = Requests::default();
        self.directory = Directory::default();
        self.muted = None;
        self.wish = None;
    }

    fn arn(&self) -> Option<&str> {
        self.agent.as_ref()?.arn.as_deref()
    }

    fn shift(&self) -> Shift {
        Shift {
            agent: self.arn().map(Into::into),
            offers: self.roster.open_offers(),
            log: self.roster.log().clone(),
        }
    }

    /// What is to be kept.
    fn journal(&self) -> Journal {
        Journal::of(self.shift(), &self.kept)
    }

    /// From when on things are kept.
    fn kept_from(&self, now: Instant) -> Option<DateTime<Utc>> {
        let last = self.last.as_ref();
        a_day_before(last.and_then(|last| last.clock), self.clock.now(now))
    }

    /// What an earlier life of the page has kept, or another page. Whether it changed anything,
    /// or lacks something.
    fn take_journal(&mut self, told: &Journal, now: Instant) -> bool {
        let mut theirs = told.clone();
        let mut changed = false;
        let mine = if self.has_shift {
            let from = self.kept_from(now);
            let own = theirs.take_own(self.arn());
            changed = own.is_some_and(|own| self.roster.add(&own.log, from));
            self.kept.add(theirs);
            self.kept.forget_before(from);
            self.journal()
        } else {
            self.kept.add(theirs);
            self.kept.clone()
        };
        // Two pages may have written at the same moment; then the one whose text is gone hears
        // of the other's.
        let is_kept = told.holds(&mine);
        self.saved = is_kept.then_some(mine);
        changed || !is_kept
    }

    fn save(&mut self, now: Instant, effects: &mut Vec<Effect>) {
        // The leader writes. Until a snapshot has said what became of it, the earlier journal
        // stands; and for somebody whom one snapshot has named nothing is kept.
        if !self.leads() || !self.has_shift || self.is_newcomer {
            return;
        }
        let journal = self.journal();
        if self.saved.as_ref() != Some(&journal) {
            self.saved = Some(journal.clone());
            let journal = journal.beginning(self.kept_from(now));
            effects.push(Effect::Save(Box::new(journal)));
        }
    }
}

/// From when on things are kept. A record of today's must not go because one of the two clocks,
/// the PC's and the server's, is wrong. What is older than a day is no longer today's in any zone.
fn a_day_before(
    reading: Option<ClockReading>,
    server: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let clocks = [reading.map(|reading| reading.local), server];
    let today = clocks.into_iter().flatten().min()?;
    today.checked_sub_signed(TimeDelta::hours(24))
}
