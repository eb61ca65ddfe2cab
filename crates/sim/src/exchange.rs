//! The task that owns everything: instance, clock, sessions, and the way to every open page.
//!
//! Routes never touch state; they send a closure that runs here, one at a time, and await what
//! it returns. Between closures the task sleeps until the instance's next timer is due.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use contract::ContactId;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::aws::front::Front;
use crate::clock::Clock;
use crate::connect::record;
use crate::desk_host::Api;
use crate::event::{Effect, Event, Outcome, Reaction, Refusal};
use crate::identity::Identity;
use crate::incident::Incident;
use crate::instance::Instance;
use crate::outbox::{Frame, Hold, Outbox, Overflow};
use crate::profiles::Profiles;
use crate::scenario::Scenario;
use crate::session::Sessions;

/// A way to the owning task.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    jobs: mpsc::Sender<Job>,
    changes: watch::Receiver<u64>,
}

type Job = Box<dyn FnOnce(&mut Floor) + Send>;

/// The simulator is being stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the simulator is stopping")]
pub(crate) struct Stopped;

/// What the task owns.
#[derive(Debug)]
pub(crate) struct Floor {
    pub(crate) instance: Instance,
    pub(crate) clock: Clock,
    pub(crate) sessions: Sessions,
    /// What the front end of AWS's interfaces keeps.
    pub(crate) front: Front,
    /// Who signs agents in to the desk.
    pub(crate) identity: Identity,
    /// Customer Profiles, which outlive a reset: customers are no part of the telephony.
    pub(crate) profiles: Profiles,
    /// Who may frame the CCP, for whoever asks by AWS's interfaces.
    pub(crate) approved_origins: Vec<String>,
    /// Contacts whose records are there.
    filed: BTreeSet<ContactId>,
    /// What a reset returns to.
    pub(crate) initial: Scenario,
    /// What `config.json` answers instead of the file: status and body.
    pub(crate) config: Option<(u16, String)>,
    /// Where the desk's `/api/*` goes instead of where it was sent at the start.
    pub(crate) api: Option<Api>,
    /// What the CCP's page plays instead of being one.
    pub(crate) replay: Option<Arc<Incident>>,
    hold: Hold,
    outboxes: BTreeMap<String, Outbox>,
    changed: watch::Sender<u64>,
}

impl Exchange {
    /// Starts the task. It ends when `stop` changes or its sender is dropped.
    pub(crate) fn start(
        instance: Instance,
        clock: Clock,
        sessions: Sessions,
        identity: Identity,
        profiles: Profiles,
        replay: Option<Incident>,
        mut stop: watch::Receiver<bool>,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (jobs, mut queue) = mpsc::channel::<Job>(256);
        let (changed, watched) = watch::channel(0);
        let mut floor = Floor {
            initial: instance.scenario().clone(),
            instance,
            clock,
            sessions,
            front: Front::default(),
            identity,
            profiles,
            approved_origins: Vec::new(),
            filed: BTreeSet::new(),
            config: None,
            api: None,
            replay: replay.map(Arc::new),
            hold: Hold::Nothing,
            outboxes: BTreeMap::new(),
            changed,
        };
        let task = tokio::spawn(async move {
            loop {
                let wait = floor.until_due();
                tokio::select! {
                    job = queue.recv() => match job {
                        Some(job) => job(&mut floor),
                        None => break,
                    },
                    () = tokio::time::sleep(wait.unwrap_or_default()), if wait.is_some() => {
                        floor.handle(Event::Tick).ok();
                    }
                    _ = stop.changed() => break,
                }
            }
        });
        (
            Self {
                jobs,
                changes: watched,
            },
            task,
        )
    }

    /// Runs `job` where the state is.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Floor) -> R + Send + 'static,
    ) -> Result<R, Stopped> {
        let (reply, replied) = oneshot::channel();
        let job: Job = Box::new(move |floor| {
            // Whoever asked may have gone meanwhile.
            reply.send(job(floor)).ok();
        });
        self.jobs.send(job).await.map_err(|_| Stopped)?;
        replied.await.map_err(|_| Stopped)
    }

    /// Counts up whenever something may look different.
    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.changes.clone()
    }
}

impl Floor {
    /// Lets something happen now, and sends what follows from it.
    pub(crate) fn handle(&mut self, event: Event) -> Result<Outcome, Refusal> {
        let Reaction { outcome, effects } = self.instance.handle(event, self.clock.now());
        self.dispatch(effects);
        outcome
    }

    /// Registers a page; its first messages are already on their way when this returns.
    pub(crate) fn open_page(
        &mut self,
        agent: String,
        framed: bool,
    ) -> Result<(String, mpsc::Receiver<Frame>), Refusal> {
        let event = Event::PortOpened { agent, framed };
        let Reaction { outcome, effects } = self.instance.handle(event, self.clock.now());
        let opened = match outcome {
            Ok(Outcome::Port(id)) => {
                let (outbox, inbox) = Outbox::new();
                self.outboxes.insert(id.clone(), outbox);
                Ok((id, inbox))
            }
            Ok(_) => Err(Refusal::NotNow("the page was not registered".to_owned())),
            Err(refusal) => Err(refusal),
        };
        self.dispatch(effects);
        opened
    }

    /// Forgets a page that is gone.
    pub(crate) fn close_page(&mut self, port: String) {
        self.outboxes.remove(&port);
        self.handle(Event::PortClosed { port }).ok();
    }

    /// Ends every session of an agent and tells their pages.
    pub(crate) fn sign_out(&mut self, agent: &str) -> Result<Outcome, Refusal> {
        let outcome = self.handle(Event::SignOut {
            agent: agent.to_owned(),
        })?;
        self.sessions.end(agent);
        Ok(outcome)
    }

    /// What is kept back on the way to the pages.
    pub(crate) fn hold(&self) -> Hold {
        self.hold
    }

    /// How many messages are kept back from that page.
    pub(crate) fn held(&self, port: &str) -> usize {
        self.outboxes.get(port).map_or(0, Outbox::held)
    }

    /// How many messages are kept back from the page for which most are.
    pub(crate) fn most_held(&self) -> usize {
        self.outboxes.values().map(Outbox::held).max().unwrap_or(0)
    }

    /// Keeps that back from now on. When it is less than before, what waits goes at once: a
    /// page must not be overtaken by its own past.
    pub(crate) fn keep_back(&mut self, hold: Hold) {
        let eases = hold < self.hold;
        self.hold = hold;
        if eases {
            self.each_page(|outbox| outbox.deliver(usize::MAX));
        }
    }

    /// Does something with the way to every page.
    pub(crate) fn each_page(&mut self, mut act: impl FnMut(&mut Outbox) -> Result<(), Overflow>) {
        let stuck = self
            .outboxes
            .iter_mut()
            .filter_map(|(port, outbox)| act(outbox).is_err().then(|| port.clone()))
            .collect();
        self.give_up(stuck);
    }

    fn dispatch(&mut self, effects: Vec<Effect>) {
        let lag = self.instance.scenario().switches.snapshot_lag_ms;
        let mut release = Instant::now();
        let mut lost = Vec::new();
        for effect in effects {
            let (port, frame) = match effect {
                Effect::Send { port, message } if message.event == "agent::update" => {
                    (port, Frame::Snapshot(message, release))
                }
                Effect::Send { port, message } if message.event == "api_response" => {
                    // Whatever the request changed is seen later than its answer, in every tab.
                    release += Duration::from_millis(u64::from(lag));
                    (port, Frame::Message(message))
                }
                Effect::Send { port, message } => (port, Frame::Message(message)),
                Effect::SignOff { port } => (port, Frame::SignOff),
            };
            if let Some(outbox) = self.outboxes.get_mut(&port)
                && outbox.post(frame, self.hold).is_err()
            {
                lost.push(port);
            }
        }
        self.tell_profiles();
        self.changed.send_modify(|count| *count += 1);
        self.give_up(lost);
    }

    /// Hands what has changed on the telephony's side to Customer Profiles: the records of
    /// contacts that are over, and other choices.
    fn tell_profiles(&mut self) {
        let now = self.clock.now();
        let instance = &self.instance;
        let choices = instance.scenario().switches.profiles;
        if choices != self.profiles.choices()
            && let Err(error) = self.profiles.choose(choices, now)
        {
            tracing::error!(%error, "customer profiles do not follow the switches");
        }
        for line in instance.lines() {
            if !self.filed.contains(&line.id)
                && let Some(record) = record::of(instance, line)
            {
                self.filed.insert(line.id.clone());
                if let Err(error) = self.profiles.contact_ended(&record, now) {
                    // Who calls a thousand times has a full profile, which is no trouble here.
                    tracing::debug!(%error, "a contact record was not filed");
                }
            }
        }
        // The instance forgets contacts of long ago; so may this.
        if self.filed.len() > 2 * instance.lines().count() {
            self.filed.retain(|id| instance.line(id).is_some());
        }
    }

    fn give_up(&mut self, pages: Vec<String>) {
        for port in pages {
            if self.outboxes.contains_key(&port) {
                tracing::warn!(port, "a page reads nothing, dropping it");
                self.close_page(port);
            }
        }
    }

    fn until_due(&self) -> Option<Duration> {
        self.clock.until(self.instance.next_due()?)
    }
}
