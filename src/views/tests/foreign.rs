//! What others have written: nothing in it hides, and it turns nothing around it.

use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::{
    Stage, elements,
    scene::{Call, agent_state, at, call, scene},
    text,
};

/// Reads "exe.doc" where a browser obeys it.
const TURNED: &str = "cod\u{202e}exe";
const SHOWN: &str = "cod\u{fffd}exe";

fn written_by_others(id: &str) -> Call {
    call(id)
        .from(&format!("sip:{TURNED}"))
        .queue(TURNED)
        .attribute(TURNED, TURNED)
}

/// A call in front and one behind it, an offer in the log, and everything named by others.
async fn stage() -> Stage {
    let stage = Stage::open().await;
    let rings = written_by_others("c-0").ringing(1);
    stage.tell(scene(1, "PendingBusy").and(rings)).await;
    let talks = scene(3, TURNED)
        .and(written_by_others("c-1").connected(2))
        .and(written_by_others("c-2").ringing(3))
        .but(|told| {
            let turned = desk::AgentStateSnapshot {
                name: TURNED.into(),
                ..agent_state("Lunch", at(3))
            };
            told.agent.name = Some(TURNED.into());
            told.agent.state = Some(turned.clone());
            told.agent.next_state = Some(turned);
            for choice in &mut told.agent.choices {
                choice.name = TURNED.into();
            }
        });
    stage.tell(talks).await;
    stage
}

#[wasm_bindgen_test]
async fn no_text_and_no_hint_of_the_screen_turns_what_is_read() {
    let stage = stage().await;
    let mut hidden: Vec<_> = stage.texts("*");
    hidden.extend(
        stage
            .all("[title]")
            .iter()
            .filter_map(|one| one.get_attribute("title")),
    );
    hidden.retain(|text| text.contains('\u{202e}'));
    assert_eq!(hidden, Vec::<String>::new());
}

#[rstest]
#[case::agent("[data-testid=agent-name]")]
#[case::state("[data-testid=agent-state]")]
#[case::next_state(".queued-state bdi")]
#[case::choice(".state-menu option:first-child")]
#[case::address("[data-testid=caller-number]")]
#[case::queue(".call-came bdi")]
#[case::other_contact(".other-contacts bdi")]
#[case::customer(".contact-record dl > div:nth-child(5) dd")]
#[case::attribute(".attributes dt")]
#[case::its_value(".attributes dd")]
#[case::log(".row-came bdi")]
#[test_attr(wasm_bindgen_test)]
async fn what_others_wrote_has_a_direction_of_its_own(#[case] selector: &str) {
    let shown = stage().await.one(selector);
    let is_apart =
        shown.tag_name() == "BDI" || shown.get_attribute("dir").as_deref() == Some("auto");
    assert!(text(&shown).ends_with(SHOWN), "{}", text(&shown));
    assert!(is_apart && elements(&shown, "*").is_empty());
}
