//! The screen: what stands where.

mod agent_bar;
mod announcer;
mod call_log;
mod call_panel;
mod contact_record;
mod dialler;
mod keypad;
mod notices;
mod parties;
mod status_page;

use self::{
    agent_bar::{agent_bar, sign_out},
    announcer::announcer,
    call_log::call_log,
    call_panel::call_panel,
    contact_record::contact_record,
    dialler::dialler,
    notices::notices,
};
use crate::{
    runtime::DeskHandle,
    ui::{El, el},
};

pub(crate) use status_page::{paint_panic, paint_settings_error};

/// The whole desk, but for the softphone's frame, which must never be mounted twice.
pub(crate) fn screen(desk: DeskHandle) -> El {
    el("div")
        .class("desk")
        .child(agent_bar(desk))
        .child(announcer(desk))
        .child(
            el("main")
                .class("workplace")
                .child(call_panel(desk))
                .child(contact_record(desk))
                .child(
                    el("div")
                        .class("side")
                        .child(dialler(desk))
                        .child(call_log(desk))
                        .child(sign_out(desk)),
                ),
        )
        .child(notices(desk))
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
