//! The screen: what stands where.

mod agent_bar;
mod announcer;
mod call_log;
mod call_panel;
mod contact_record;
mod customer;
mod customer_access;
mod customer_search;
mod dialler;
mod history;
mod keypad;
mod notices;
mod orders;
mod parties;
mod status_page;

use web_sys::Element;

use self::{
    agent_bar::{agent_bar, foot},
    announcer::announcer,
    call_log::call_log,
    call_panel::call_panel,
    contact_record::contact_record,
    customer::customer,
    customer_access::customer_access,
    dialler::dialler,
    notices::notices,
};
use crate::{
    runtime::DeskHandle,
    ui::{El, el},
};

pub(crate) use status_page::{paint_panic, paint_settings_error};

/// What is painted first: who is here, and the call.
pub(crate) fn shell(desk: DeskHandle) -> El {
    el("div")
        .class("desk")
        .child(agent_bar(desk))
        .child(announcer(desk))
        .child(el("main").class("workplace").child(call_panel(desk)))
}

/// The rest of the desk, but for the softphone's frame, which must never be mounted twice. Its places
/// are kept by the shell's style: nothing moves when it comes.
pub(crate) fn furnish(desk: DeskHandle, shell: &Element) {
    let side = el("div")
        .class("side")
        .child(dialler(desk))
        .child(call_log(desk))
        .child(foot(desk));
    let mut record = contact_record(desk);
    if desk.has_customers() {
        let middle = el("div").class("middle");
        record = middle.child(customer(desk)).child(record);
    } else {
        record.add(customer_access(desk));
    }
    if let Ok(Some(workplace)) = shell.query_selector("main") {
        workplace
            .append_with_node_2(&record.into_element(), &side.into_element())
            .ok();
    }
    shell.append_with_node_1(&notices(desk).into_element()).ok();
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests;
