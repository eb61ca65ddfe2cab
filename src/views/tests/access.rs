//! What the agent is told where there is no customer data, and what they can do.

use desk::{Access, Input};
use rstest::rstest;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::stage::Stage;

/// The sentence, and the buttons beside it.
async fn shown(access: Access) -> (String, Vec<String>) {
    let stage = Stage::open().await;
    stage.tell(Input::Access(access)).await;
    (
        stage.texts(".customer-access > p").join("|"),
        stage.texts(".customer-access > button"),
    )
}

#[rstest]
#[case::signed_out(
    Access::SignedOut,
    "Sign in to see customer data. Calls work as usual."
)]
#[case::signing_in(Access::SigningIn, "Sign in in the window that has opened.")]
#[case::blocked(
    Access::PopupBlocked,
    "The browser did not let the sign-in window open. Allow pop-ups in the address bar and press again."
)]
#[case::refused(
    Access::Refused("access_denied".into()),
    "The sign-in was refused. Try again, or ask your administrator. (access_denied)"
)]
#[case::failed(
    Access::ProviderFailed,
    "The sign-in page could not be reached. Check the network and press again."
)]
#[test_attr(wasm_bindgen_test)]
async fn where_a_press_helps_it_is_offered_and_said_why(
    #[case] access: Access,
    #[case] sentence: &str,
) {
    assert_eq!(
        shown(access).await,
        (sentence.to_owned(), vec!["Sign in".to_owned()])
    );
}

#[wasm_bindgen_test]
async fn who_has_signed_in_is_told_nothing() {
    assert_eq!(shown(Access::SignedIn).await, (String::new(), Vec::new()));
}

#[wasm_bindgen_test]
async fn where_nobody_can_be_asked_nothing_is_offered() {
    assert_eq!(
        shown(Access::NotConfigured).await,
        (
            "Customer data is not configured. Calls work as usual.".to_owned(),
            Vec::new()
        )
    );
}
