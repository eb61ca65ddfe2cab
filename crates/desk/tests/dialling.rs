//! Numbers that are dialled: what is said when nobody is reached, and that nobody is called twice.

use desk::{
    ActionError, CallOutcome, Command, ContactState, Control, DialRefusal, Direction, Input,
    NoticeKind, Request, TimeSource,
};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::select,
    test_runner::{Config, FileFailurePersistence, TestCaseResult},
};
use rstest::rstest;

use crate::{
    browser::Browser,
    model::Happening,
    run::Run,
    story::{Event, Fate, Wear},
    support::{Page, acts, at, contact, idle, number, snapshot},
};

fn config() -> Config {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/dialling.proptest-regressions"
    );
    Config {
        cases: 300,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(file))),
        ..Config::default()
    }
}

fn notices(page: &Page) -> Vec<NoticeKind> {
    let notices = page.desk.notices().iter();
    notices.map(|notice| notice.kind.clone()).collect()
}

fn dial(page: &mut Page) -> Vec<desk::Action> {
    acts(&page.command(Command::Dial(number("+81312345678"))))
}

fn dialling() -> Page {
    let mut page = Page::open();
    let rings = contact("c").outbound().dialing(at(1));
    page.tell(snapshot(at(1), "CallingCustomer", [rings]));
    page
}

#[rstest]
#[case::busy(ContactState::Error, "LineEngagedCustomer", CallOutcome::Busy)]
#[case::no_answer(ContactState::Error, "FailedConnectCustomer", CallOutcome::NoAnswer)]
#[case::bad_number(ContactState::Error, "BadAddressCustomer", CallOutcome::BadNumber)]
#[case::refused(ContactState::Rejected, "FailedConnectCustomer", CallOutcome::Refused)]
#[case::fault(ContactState::Error, "Error", CallOutcome::Failed)]
fn what_came_of_dialling_is_still_said_when_connect_has_cleared_the_call_away(
    #[case] state: ContactState,
    #[case] agent: &str,
    #[case] outcome: CallOutcome,
) {
    let mut page = dialling();
    let over = contact("c").outbound().over(state, at(5));
    page.tell(snapshot(at(5), agent, [over.clone()]));
    page.tell(snapshot(at(6), agent, [over]));
    page.tell(idle(at(9)));
    assert_eq!(notices(&page), [NoticeKind::NotReached(outcome)]);
}

#[test]
fn a_reason_that_comes_late_takes_the_place_of_none() {
    let mut page = dialling();
    let failed = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "CallingCustomer", [failed.clone()]));
    page.tell(snapshot(at(6), "LineEngagedCustomer", [failed]));
    assert_eq!(notices(&page), [NoticeKind::NotReached(CallOutcome::Busy)]);
}

#[test]
fn what_the_agent_gave_up_is_no_news() {
    let mut page = dialling();
    page.press(Control::HangUp, "c").unwrap();
    let over = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "FailedConnectCustomer", [over]));
    assert_eq!(notices(&page), []);
}

#[test]
fn a_talk_that_broke_off_had_reached_somebody() {
    let mut page = dialling();
    let talks = contact("c").outbound().connected(at(3));
    page.tell(snapshot(at(3), "Busy", [talks]));
    let broke = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "Error", [broke]));
    assert_eq!(notices(&page), []);
}

#[test]
fn dialling_again_takes_the_last_words_away() {
    let mut page = dialling();
    let busy = contact("c").outbound().failed(at(5));
    page.tell(snapshot(at(5), "LineEngagedCustomer", [busy]));
    page.tell(idle(at(9)));
    assert_eq!(dial(&mut page).len(), 1);
    assert_eq!(notices(&page), []);
}

/// A page that has asked for a call and been answered after `seconds`.
fn asked(result: Result<(), ActionError>, seconds: i64) -> Page {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    let asked = dial(&mut page).remove(0);
    page.now = page.now.after(seconds * 1_000);
    page.answer(asked, result);
    page
}

#[rstest]
#[case::silent(Err(ActionError::TimedOut), 10)]
#[case::slow(Ok(()), 8)]
fn a_second_press_calls_nobody_twice_while_the_first_may_still_come(
    #[case] result: Result<(), ActionError>,
    #[case] after: i64,
) {
    let mut page = asked(result, after);
    page.now = page.now.after(29_000);
    page.give(Input::TimePassed);
    assert_eq!(
        (page.desk.can_dial(), dial(&mut page)),
        (Err(DialRefusal::Dialing), vec![])
    );
    page.now = page.now.after(1_000);
    page.give(Input::TimePassed);
    assert_eq!(dial(&mut page).len(), 1);
}

#[test]
fn snapshots_without_a_call_free_the_dialler_sooner() {
    let mut page = asked(Err(ActionError::TimedOut), 10);
    page.tell(idle(at(12)));
    assert_eq!(page.desk.can_dial(), Err(DialRefusal::Dialing));
    page.tell(idle(at(13)));
    assert_eq!(page.desk.can_dial(), Ok(()));
}

#[test]
fn silence_is_not_said_to_be_a_no_and_the_call_that_comes_ends_it() {
    let mut page = asked(Err(ActionError::TimedOut), 10);
    let silence = NoticeKind::ActionFailed(Request::Dial, ActionError::TimedOut);
    assert_eq!(notices(&page), [silence]);
    let rings = contact("c").outbound().dialing(at(12));
    page.tell(snapshot(at(12), "CallingCustomer", [rings]));
    assert_eq!(notices(&page), []);
}

#[test]
fn a_no_frees_the_dialler_at_once() {
    let page = asked(Err(ActionError::BadEndpoint), 1);
    assert_eq!(page.desk.can_dial(), Ok(()));
}

/// Outcome and source of the end of every record without a contact, newest first.
fn dialled_in_vain(page: &Page) -> Vec<(&'static str, Option<TimeSource>)> {
    let records = page.desk.log().records().iter();
    let records = records.filter(|record| record.contact.is_none());
    records
        .map(|record| {
            let ended = record.times.ended.map(|ended| ended.source);
            (record.outcome.as_str(), ended)
        })
        .collect()
}

#[rstest]
#[case::a_bad_number(ActionError::BadEndpoint, "bad-number")]
#[case::no_permission(ActionError::AccessDenied, "not-placed")]
#[case::a_fault(ActionError::Unclassified("Throttling".into()), "not-placed")]
#[case::no_session(ActionError::SessionExpired, "not-placed")]
#[case::no_ccp(ActionError::NotReady, "not-placed")]
fn a_dial_that_connect_refuses_leaves_a_record(
    #[case] error: ActionError,
    #[case] outcome: &'static str,
    #[values(false, true)] reloaded: bool,
) {
    let mut page = asked(Err(error), 2);
    if reloaded {
        page = page.reload();
        page.tell(idle(at(20)));
    }
    assert_eq!(page.outcomes(), [("nobody", outcome)]);
    let record = &page.desk.log().records()[0];
    assert_eq!(record.last_two.as_deref(), Some("78"));
    assert_eq!(record.direction, Direction::Outbound);
    let times = [record.times.connecting, record.times.ended].map(|stamp| stamp.unwrap());
    assert_eq!(times.map(|stamp| stamp.at), [at(1), at(3)]);
    assert!(
        times
            .iter()
            .all(|stamp| stamp.source == TimeSource::Request)
    );
}

#[test]
fn each_dial_that_is_refused_leaves_a_record_of_its_own() {
    let mut page = asked(Err(ActionError::AccessDenied), 1);
    let again = dial(&mut page).remove(0);
    page.now = page.now.after(1_000);
    page.answer(again, Err(ActionError::BadEndpoint));
    let twice = [("nobody", "bad-number"), ("nobody", "not-placed")];
    assert_eq!(page.outcomes(), twice);
    let mut page = page.reload();
    page.tell(idle(at(20)));
    assert_eq!(page.outcomes(), twice);
}

#[rstest]
#[case::connect_was_silent(Err(ActionError::TimedOut))]
#[case::connect_said_yes(Ok(()))]
fn a_dial_of_which_nothing_comes_leaves_a_record_once_it_is_given_up(
    #[case] result: Result<(), ActionError>,
) {
    let mut page = asked(result, 2);
    assert_eq!(page.outcomes(), []);
    page.tell(idle(at(4)));
    assert_eq!(page.outcomes(), []);
    page.tell(idle(at(5)));
    let absent = Some(TimeSource::Absence);
    assert_eq!(dialled_in_vain(&page), [("unconfirmed", absent)]);
    let mut page = page.reload();
    page.tell(idle(at(20)));
    assert_eq!(dialled_in_vain(&page), [("unconfirmed", absent)]);
}

#[test]
fn the_call_that_comes_is_the_record_of_the_dial() {
    let mut page = asked(Err(ActionError::TimedOut), 10);
    let rings = contact("c").outbound().from("+81312345678");
    page.tell(snapshot(
        at(12),
        "CallingCustomer",
        [rings.clone().dialing(at(2))],
    ));
    assert_eq!(page.outcomes(), []);
    page.tell(snapshot(
        at(14),
        "LineEngagedCustomer",
        [rings.failed(at(14))],
    ));
    for seconds in 20..23 {
        page.tell(idle(at(seconds)));
    }
    assert_eq!(page.outcomes(), [("c", "busy")]);
}

/// The snapshots that showed the call were late or lost.
#[rstest]
#[case::began_before_that(2, &[("c", "busy")])]
#[case::began_after_that(6, &[("c", "busy"), ("nobody", "unconfirmed")])]
fn a_call_that_shows_when_its_dial_has_been_given_up(
    #[case] began: i64,
    #[case] records: &[(&str, &str)],
) {
    let mut page = asked(Ok(()), 1);
    for seconds in [3, 4] {
        page.tell(idle(at(seconds)));
    }
    let rings = contact("c").outbound().from("+81312345678");
    page.tell(snapshot(
        at(7),
        "CallingCustomer",
        [rings.clone().dialing(at(began))],
    ));
    page.tell(snapshot(
        at(8),
        "LineEngagedCustomer",
        [rings.failed(at(8))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), records);
}

#[test]
fn a_call_placed_elsewhere_is_not_taken_for_the_number_dialled_here() {
    let mut page = asked(Ok(()), 1);
    let other = contact("c").outbound().from("+81312345699");
    page.tell(snapshot(
        at(3),
        "CallingCustomer",
        [other.clone().dialing(at(2))],
    ));
    page.tell(snapshot(
        at(5),
        "LineEngagedCustomer",
        [other.failed(at(5))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "busy"), ("nobody", "unconfirmed")]);
}

#[test]
fn who_redials_at_once_gives_the_call_to_the_second_dial() {
    let mut page = asked(Err(ActionError::TimedOut), 10);
    for seconds in [12, 13] {
        page.tell(idle(at(seconds)));
    }
    assert_eq!(dial(&mut page).len(), 1);
    let rings = contact("c").outbound().from("+81312345678").dialing(at(13));
    page.tell(snapshot(at(14), "CallingCustomer", [rings]));
    page.tell(idle(at(15)));
    assert_eq!(
        page.outcomes(),
        [("c", "failed"), ("nobody", "unconfirmed")]
    );
}

#[test]
fn a_page_that_is_reloaded_while_it_dials_calls_nobody_twice_and_finds_the_call() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    dial(&mut page);
    let mut page = page.reload();
    page.tell(idle(at(2)));
    assert_eq!(page.desk.can_dial(), Err(DialRefusal::Dialing));
    assert_eq!(page.outcomes(), []);
    let rings = contact("c").outbound().from("+81312345678");
    page.tell(snapshot(
        at(3),
        "CallingCustomer",
        [rings.clone().dialing(at(3))],
    ));
    page.tell(snapshot(
        at(5),
        "LineEngagedCustomer",
        [rings.failed(at(5))],
    ));
    page.tell(idle(at(9)));
    assert_eq!(page.outcomes(), [("c", "busy")]);
}

#[test]
fn a_page_that_is_reloaded_while_it_dials_in_vain_keeps_the_dial() {
    let mut page = Page::open();
    page.tell(idle(at(1)));
    dial(&mut page);
    let mut page = page.reload();
    for seconds in [2, 3] {
        page.tell(idle(at(seconds)));
    }
    assert_eq!(page.outcomes(), []);
    page.now = page.now.after(30_000);
    page.give(Input::TimePassed);
    assert_eq!(page.desk.can_dial(), Ok(()));
    assert_eq!(page.outcomes(), [("nobody", "unconfirmed")]);
}

#[test]
fn what_a_dial_came_to_is_in_every_page_once() {
    let mut browser = Browser::open();
    for page in [0, 1] {
        browser.tell(page, &idle(at(1)));
    }
    for (seconds, result) in [
        (2, Err(ActionError::BadEndpoint)),
        (4, Err(ActionError::TimedOut)),
    ] {
        browser.tell(0, &idle(at(seconds)));
        browser.give(0, Input::Command(Command::Dial(number("+81312345678"))));
        browser.reload(1);
        browser.tell(1, &idle(at(seconds)));
        let action = desk::Action::Dial(number("+81312345678"));
        browser.give(0, Input::Acted { action, result });
    }
    for seconds in [20, 21, 22] {
        for page in [0, 1] {
            browser.tell(page, &idle(at(seconds)));
        }
    }
    for page in [0, 1] {
        let both = [("nobody", "unconfirmed"), ("nobody", "bad-number")];
        assert_eq!(browser.pages[page].outcomes(), both, "page {page}");
        browser.reload(page);
        browser.tell(page, &idle(at(30)));
        assert_eq!(browser.pages[page].outcomes(), both, "page {page} again");
    }
}

/// A number that is dialled, and what becomes of it.
#[derive(Debug, Clone)]
struct Dial {
    answer: Result<(), ActionError>,
    /// Whether Connect dials, if it has not refused.
    is_placed: bool,
    /// Which of the snapshots arrive that show the call: dialled, engaged.
    arrives: [bool; 2],
    /// How many snapshots lack the call meanwhile.
    lacking: u32,
    /// Before which of its steps the page is reloaded.
    reloaded_before: Option<usize>,
}

fn any_dial() -> impl Strategy<Value = Dial> {
    let answers = [
        Ok(()),
        Err(ActionError::TimedOut),
        Err(ActionError::AccessDenied),
    ];
    (
        select(answers.to_vec()),
        any::<bool>(),
        any::<[bool; 2]>(),
        0_u32..4,
        option::weighted(0.4, 0_usize..4),
    )
        .prop_map(
            |(answer, is_placed, arrives, lacking, reloaded_before)| Dial {
                is_placed: is_placed && answer != Err(ActionError::AccessDenied),
                answer,
                arrives,
                lacking,
                reloaded_before,
            },
        )
}

impl Dial {
    fn is_answered(&self) -> bool {
        self.reloaded_before != Some(0)
    }

    /// The contact and the outcome of its record: those of its call if that was shown.
    fn record(&self, call: &str) -> (Option<String>, Option<&'static str>) {
        if self.is_placed && self.arrives.contains(&true) {
            return (Some(call.into()), None);
        }
        let refused = self.is_answered() && self.answer == Err(ActionError::AccessDenied);
        let outcome = if refused { "not-placed" } else { "unconfirmed" };
        (None, Some(outcome))
    }

    fn play(&self, run: &mut Run) -> TestCaseResult {
        let dial = || desk::Action::Dial(number("+819012345678"));
        let command = Input::Command(Command::Dial(number("+819012345678")));
        let asks = run.page.give(command);
        prop_assert_eq!(acts(&asks), [dial()]);
        for step in 0..4 {
            if self.reloaded_before == Some(step) {
                run.live(&Event::Reloads, &mut |_, _| Ok(()))?;
            }
            match step {
                0 if self.is_answered() => {
                    let is_silent = self.answer == Err(ActionError::TimedOut);
                    if self.is_placed {
                        Self::let_happen(run, Happening::IsDialled, self.arrives[0])?;
                    }
                    run.world.millis += if is_silent { 10_000 } else { 100 };
                    let result = self.answer.clone();
                    let answer = Input::Acted {
                        action: dial(),
                        result,
                    };
                    run.give(&answer, &mut |_, _| Ok(()))?;
                }
                0 if self.is_placed => {
                    Self::let_happen(run, Happening::IsDialled, self.arrives[0])?;
                }
                1 => {
                    for _ in 0..self.lacking {
                        run.world.millis += 1_000;
                        run.send(Fate::Arrives, Wear::Lacks(0), &mut |_, _| Ok(()))?;
                    }
                }
                2 if self.is_placed => {
                    Self::let_happen(run, Happening::IsBusy, self.arrives[1])?;
                }
                3 if self.is_placed => Self::let_happen(run, Happening::IsCleared, true)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn let_happen(run: &mut Run, what: Happening, arrives: bool) -> TestCaseResult {
        run.world.happen(0, what, 500);
        let fate = if arrives { Fate::Arrives } else { Fate::IsLost };
        run.send(fate, Wear::Sound, &mut |_, _| Ok(()))
    }
}

/// Snapshots without a call, and time, until another number may be dialled.
fn let_go(run: &mut Run) -> TestCaseResult {
    for _ in 0..4 {
        run.world.millis += 10_000;
        run.send(Fate::Arrives, Wear::Sound, &mut |_, _| Ok(()))?;
    }
    prop_assert_eq!(run.desk().can_dial(), Ok(()));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_dial_leaves_one_record(dials in vec(any_dial(), 1..6)) {
        let mut run = Run::new();
        let mut expected = Vec::new();
        let_go(&mut run)?;
        for dial in &dials {
            dial.play(&mut run)?;
            expected.push(dial.record(&run.world.contact_id(0)));
            let_go(&mut run)?;
        }
        run.live(&Event::Reloads, &mut |_, _| Ok(()))?;
        let_go(&mut run)?;
        let records = run.desk().log().records().iter().rev();
        let kept: Vec<_> = records.map(|record| {
            let contact = record.contact.as_ref().map(ToString::to_string);
            let outcome = contact.is_none().then(|| record.outcome.as_str());
            (contact, outcome)
        }).collect();
        prop_assert_eq!(kept, expected);
    }
}
