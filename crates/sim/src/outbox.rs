//! What is on its way to a CCP page, and what a test holds back of it.
//!
//! Everything that the server says to a page goes through its outbox, in order. A network is
//! late, loses, doubles and reorders; here a test decides when it does, so that no test depends on how
//! fast the machine is. This module knows frames, not what they say.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::event::Message;

/// Messages that may wait for one page. One that reads nothing for so long is dropped: it must
/// not hold up the others, nor fill the memory.
const CAPACITY: usize = 1_024;

/// What a page's socket is told to do.
#[derive(Debug, Clone)]
pub(crate) enum Frame {
    /// Deliver this at once.
    Message(Message),
    /// Deliver this snapshot, not before that moment and not before an earlier snapshot.
    Snapshot(Message, Instant),
    /// The session is over: close, and the page goes to the sign-in form.
    SignOff,
}

/// Which frames wait until they are delivered one by one; each position holds more than the one
/// before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Hold {
    /// None: each goes when it is due.
    #[default]
    Nothing,
    /// Snapshots; answers and everything else overtake them.
    Snapshots,
    /// All, answers to the heartbeat included.
    Everything,
}

/// The page reads nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Overflow;

/// The way to one page.
#[derive(Debug)]
pub(crate) struct Outbox {
    page: mpsc::Sender<Frame>,
    held: VecDeque<Frame>,
    /// The snapshot that went out last.
    last: Option<Message>,
}

impl Outbox {
    /// An outbox, and the end that the page's socket reads.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Frame>) {
        let (page, inbox) = mpsc::channel(CAPACITY);
        let outbox = Self {
            page,
            held: VecDeque::new(),
            last: None,
        };
        (outbox, inbox)
    }

    /// Sends a frame, or keeps it back.
    pub(crate) fn post(&mut self, frame: Frame, hold: Hold) -> Result<(), Overflow> {
        let waits = match hold {
            Hold::Nothing => false,
            Hold::Snapshots => matches!(frame, Frame::Snapshot(..)),
            Hold::Everything => true,
        };
        if !waits {
            return self.send(frame);
        }
        if self.held.len() == CAPACITY {
            return Err(Overflow);
        }
        self.held.push_back(frame);
        Ok(())
    }

    /// How many frames are kept back.
    pub(crate) fn held(&self) -> usize {
        self.held.len()
    }

    /// Lets the oldest frames go, at once: whoever held them back has made them late enough.
    pub(crate) fn deliver(&mut self, count: usize) -> Result<(), Overflow> {
        for frame in self.take_oldest(count) {
            self.send(match frame {
                Frame::Snapshot(message, _) => Frame::Snapshot(message, Instant::now()),
                other => other,
            })?;
        }
        Ok(())
    }

    /// Loses the oldest frames: they never arrive.
    pub(crate) fn lose(&mut self, count: usize) {
        self.take_oldest(count);
    }

    /// Lets the second oldest frame overtake the oldest, if two wait.
    pub(crate) fn swap(&mut self) {
        if self.held.len() > 1 {
            self.held.swap(0, 1);
        }
    }

    /// Sends the last snapshot once more, to the byte.
    pub(crate) fn repeat(&mut self) -> Result<(), Overflow> {
        match self.last.clone() {
            Some(message) => self.send(Frame::Snapshot(message, Instant::now())),
            None => Ok(()),
        }
    }

    fn take_oldest(&mut self, count: usize) -> Vec<Frame> {
        let count = count.min(self.held.len());
        self.held.drain(..count).collect()
    }

    fn send(&mut self, frame: Frame) -> Result<(), Overflow> {
        if let Frame::Snapshot(message, _) = &frame {
            self.last = Some(message.clone());
        }
        self.page.try_send(frame).map_err(|_| Overflow)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn message(event: &str) -> Message {
        Message {
            event: event.to_owned(),
            data: Value::Null,
        }
    }

    fn answer(name: &str) -> Frame {
        Frame::Message(message(name))
    }

    fn snapshot(name: &str) -> Frame {
        Frame::Snapshot(message(name), Instant::now())
    }

    fn arrived(inbox: &mut mpsc::Receiver<Frame>) -> Vec<String> {
        std::iter::from_fn(|| inbox.try_recv().ok())
            .map(|frame| match frame {
                Frame::Message(message) | Frame::Snapshot(message, _) => message.event,
                Frame::SignOff => "sign off".to_owned(),
            })
            .collect()
    }

    #[test]
    fn held_snapshots_are_overtaken_and_keep_their_order() {
        let (mut outbox, mut inbox) = Outbox::new();
        outbox.post(snapshot("first"), Hold::Snapshots).unwrap();
        outbox.post(snapshot("second"), Hold::Snapshots).unwrap();
        outbox.post(answer("answer"), Hold::Snapshots).unwrap();
        assert_eq!(arrived(&mut inbox), ["answer"]);
        outbox.deliver(1).unwrap();
        assert_eq!(arrived(&mut inbox), ["first"]);
        outbox.deliver(5).unwrap();
        assert_eq!(arrived(&mut inbox), ["second"]);
    }

    #[test]
    fn nothing_overtakes_when_everything_is_held() {
        let (mut outbox, mut inbox) = Outbox::new();
        outbox.post(answer("answer"), Hold::Everything).unwrap();
        outbox.post(snapshot("snapshot"), Hold::Everything).unwrap();
        outbox.post(Frame::SignOff, Hold::Everything).unwrap();
        assert_eq!((outbox.held(), arrived(&mut inbox).len()), (3, 0));
        outbox.deliver(3).unwrap();
        assert_eq!(arrived(&mut inbox), ["answer", "snapshot", "sign off"]);
    }

    #[test]
    fn what_is_lost_never_arrives_and_what_is_repeated_arrives_twice() {
        let (mut outbox, mut inbox) = Outbox::new();
        for name in ["first", "second"] {
            outbox.post(snapshot(name), Hold::Snapshots).unwrap();
        }
        outbox.lose(1);
        outbox.deliver(1).unwrap();
        outbox.repeat().unwrap();
        assert_eq!(arrived(&mut inbox), ["second", "second"]);
    }

    #[test]
    fn what_is_swapped_arrives_in_the_other_order() {
        let (mut outbox, mut inbox) = Outbox::new();
        outbox.post(snapshot("first"), Hold::Snapshots).unwrap();
        outbox.swap();
        for name in ["second", "third"] {
            outbox.post(snapshot(name), Hold::Snapshots).unwrap();
        }
        outbox.swap();
        outbox.deliver(3).unwrap();
        assert_eq!(arrived(&mut inbox), ["second", "first", "third"]);
    }

    #[test]
    fn without_a_snapshot_there_is_nothing_to_repeat() {
        let (mut outbox, mut inbox) = Outbox::new();
        outbox.repeat().unwrap();
        assert!(arrived(&mut inbox).is_empty());
    }

    #[test]
    fn a_page_for_which_too_much_waits_is_given_up() {
        let (mut outbox, _inbox) = Outbox::new();
        for _ in 0..CAPACITY {
            outbox.post(answer("answer"), Hold::Everything).unwrap();
        }
        let one_more = outbox.post(answer("answer"), Hold::Everything);
        assert_eq!(one_more, Err(Overflow));
    }
}
