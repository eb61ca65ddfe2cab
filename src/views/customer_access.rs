//! What stands between the agent and customer data, and the way past it.

use desk::{Access, Command, CustomerCommand, Role};

use crate::{
    runtime::DeskHandle,
    text::Text,
    ui::{El, button, el},
};

/// Says why there is no customer data and, where a press helps, offers it; empty while there is some.
pub(super) fn customer_access(desk: DeskHandle) -> El {
    let access = desk.select(|desk| match desk.access() {
        // A mirror asks nothing of anybody: nothing stands between it and an answer.
        Access::NotConfigured => Access::NotConfigured,
        _ if desk.role() == Role::Mirror => Access::SignedIn,
        access => access.clone(),
    });
    el("div")
        .class("customer-access")
        .set("role", "status")
        .refuge(".call-panel")
        .children(move || {
            let access = access.get();
            let told = sentence(&access).map(|sentence| {
                let mut words = desk.say(sentence).to_owned();
                if let Access::Refused(word) = &access {
                    words.push_str(" (");
                    words.push_str(word);
                    words.push(')');
                }
                el("p").class("hint").text(&words)
            });
            let helps = !matches!(access, Access::NotConfigured | Access::SignedIn);
            let sign_in = helps.then(|| {
                let press = move || desk.command(Command::Customer(CustomerCommand::SignIn));
                button("accept", || Text::SignIn, desk, || true, press).key("sign-in")
            });
            told.into_iter().chain(sign_in).collect()
        })
}

/// Why there is no customer data; `None` where there may be some.
fn sentence(access: &Access) -> Option<Text> {
    Some(match access {
        Access::SignedIn => return None,
        Access::NotConfigured => Text::NoCustomerData,
        Access::SignedOut => Text::CustomersSignedOut,
        Access::SigningIn => Text::CustomersSigningIn,
        Access::PopupBlocked => Text::PopUpBlocked,
        Access::Refused(_) => Text::CustomersRefused,
        Access::ProviderFailed => Text::CustomersProviderFailed,
    })
}
