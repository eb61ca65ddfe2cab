//! The control API: what a test, or a person at a terminal, uses to play the customer and the
//! world. The desk never uses it: no real instance has it.
//!
//! Every route is described on `GET /control`, the same text as in the crate's README.

mod aws;
mod identity;
mod trouble;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::middleware::{self};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{get, post};
use chrono::{DateTime, Datelike, Utc};
use contract::{ConnectionId, ContactId, PhoneNumber};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::book::{book, page_of};
use crate::ccp::document;
use crate::event::{Call, CallbackWish, CustomerAct, Event, Outcome, Refusal, ThirdPartyAct};
use crate::exchange::{Floor, Stopped};
use crate::gate::{Body, gate, problem};
use crate::incident::Incident;
use crate::leg::LegState;
use crate::line::{Channel, Reach};
use crate::outbox::Hold;
use crate::scenario::{Scenario, SignIn};
use crate::server::Shared;
use crate::switches::Switches;
use crate::wire::rfc3339;

const PAGE: &str = include_str!("../assets/control.html");

/// Bytes of the largest incident file: a recorder keeps 2 million characters.
const LARGEST_INCIDENT: usize = 4_000_000;

pub(crate) fn router(shared: &Shared) -> Router<Shared> {
    Router::new()
        .route(
            "/control",
            get(|| async { document(PAGE.to_owned(), "'none'") }),
        )
        .route("/control/book", get(read_book))
        .route("/control/reset", post(reset))
        .route("/control/calls", post(call))
        .route("/control/callbacks", post(callback))
        .route("/control/contacts/{contact}/{act}", post(customer))
        .route(
            "/control/contacts/{contact}/third-parties/{leg}/{act}",
            post(third_party),
        )
        .route("/control/contacts/{contact}/supervisor", post(supervise))
        .route("/control/phones", post(phone))
        .route("/control/clock", get(read_clock).post(clock))
        .route("/control/agents/{login}", get(read_agent))
        .route("/control/agents/{login}/state", post(agent_state))
        .route("/control/agents/{login}/sign-out", post(sign_out))
        .route("/control/agents/{login}/announce", post(trouble::announce))
        .route("/control/switches", post(switches))
        .route("/control/sign-in", post(sign_in))
        .route("/control/snapshots", post(trouble::snapshots))
        .route("/control/faults", post(trouble::faults))
        .route("/control/delivery", post(trouble::delivery))
        .route("/control/config", post(trouble::config))
        .route("/control/api", post(trouble::api))
        .route(
            "/control/replay",
            post(replay).layer(DefaultBodyLimit::max(LARGEST_INCIDENT)),
        )
        .merge(aws::router())
        .merge(identity::router())
        .layer(middleware::from_fn_with_state(shared.clone(), gate))
}

fn refused(refusal: &Refusal) -> Response {
    let status = match refusal {
        Refusal::Unknown { .. } => StatusCode::NOT_FOUND,
        Refusal::NotNow(_) | Refusal::NotAllowed(_) => StatusCode::CONFLICT,
        Refusal::Member { .. } | Refusal::Scenario(_) => StatusCode::BAD_REQUEST,
    };
    problem(status, &refusal.to_string())
}

/// Lets something happen and answers with what came of it.
async fn act(
    shared: &Shared,
    job: impl FnOnce(&mut Floor) -> Result<Outcome, Refusal> + Send + 'static,
) -> Response {
    match shared.exchange.run(job).await {
        Err(Stopped) => crate::ccp::stopping(),
        Ok(Err(refusal)) => refused(&refusal),
        Ok(Ok(Outcome::Contact(id))) => Json(json!({ "contactId": id })).into_response(),
        Ok(Ok(Outcome::Done | Outcome::Port(_))) => Json(json!({})).into_response(),
    }
}

async fn read_book(State(shared): State<Shared>) -> Response {
    match shared.exchange.run(|floor| book(floor)).await {
        Ok(book) => Json(book).into_response(),
        Err(Stopped) => crate::ccp::stopping(),
    }
}

async fn read_agent(State(shared): State<Shared>, Path(login): Path<String>) -> Response {
    let named = login.clone();
    let page = shared.exchange.run(move |floor| page_of(floor, &named));
    match page.await {
        Ok(Some(page)) => Json(page).into_response(),
        Ok(None) => refused(&Refusal::Unknown {
            what: "agent",
            id: login,
        }),
        Err(Stopped) => crate::ccp::stopping(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ResetBody {
    scenario: Option<Scenario>,
}

async fn reset(State(shared): State<Shared>, Body(body): Body<ResetBody>) -> Response {
    act(&shared, move |floor| {
        let scenario = body.scenario.unwrap_or_else(|| floor.initial.clone());
        let done = floor.handle(Event::Reset(Box::new(scenario.clone())))?;
        floor.keep_back(Hold::Nothing);
        floor.sessions.set_mode(scenario.sign_in);
        floor.initial = scenario;
        floor.front.reset();
        floor.identity.reset();
        floor.config = None;
        floor.replay = None;
        Ok(done)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallBody {
    #[serde(default)]
    channel: Channel,
    from: Option<String>,
    queue: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    agent: Option<String>,
    #[serde(default)]
    force: bool,
}

async fn call(State(shared): State<Shared>, Body(body): Body<CallBody>) -> Response {
    act(&shared, move |floor| {
        if let (Channel::Voice, Some(from)) = (body.channel, &body.from) {
            caller(from)?;
        }
        floor.handle(Event::Call(Call {
            channel: body.channel,
            from: body.from,
            queue: body.queue,
            attributes: body.attributes,
            agent: body.agent,
            force: body.force,
        }))
    })
    .await
}

/// What a network can send as a caller's number.
fn caller(from: &str) -> Result<(), Refusal> {
    let is_sip = from
        .strip_prefix("sip:")
        .is_some_and(|rest| !rest.is_empty());
    if is_sip || PhoneNumber::parse(from).is_ok() {
        return Ok(());
    }
    Err(Refusal::Member {
        member: "from",
        problem: "must be E.164 (+81…), sip:…, or null for a withheld number".to_owned(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallbackBody {
    number: Option<String>,
    queue: Option<String>,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
    /// The waiting call that ends with this wish.
    contact: Option<ContactId>,
}

async fn callback(State(shared): State<Shared>, Body(body): Body<CallbackBody>) -> Response {
    act(&shared, move |floor| {
        floor.handle(Event::RequestCallback(CallbackWish {
            number: body.number,
            instead_of: body.contact,
            queue: body.queue,
            attributes: body.attributes,
        }))
    })
    .await
}

/// Routes that take no members refuse them, so that a misplaced one is noticed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn customer(
    State(shared): State<Shared>,
    Path((contact, name)): Path<(String, String)>,
    Body(Nothing {}): Body<Nothing>,
) -> Response {
    let does = match name.as_str() {
        "hang-up" => CustomerAct::HangUp,
        "answer" => CustomerAct::Answer,
        "busy" => CustomerAct::Busy,
        "no-answer" => CustomerAct::NoAnswer,
        "refuse" => CustomerAct::Refuse,
        "bad-number" => CustomerAct::BadNumber,
        "ring-out" => CustomerAct::RingOut,
        "vanish" => CustomerAct::Vanish,
        _ => return problem(StatusCode::NOT_FOUND, "a customer cannot do that"),
    };
    act(&shared, move |floor| {
        floor.handle(Event::Customer {
            contact: ContactId::from(contact),
            act: does,
        })
    })
    .await
}

async fn third_party(
    State(shared): State<Shared>,
    Path((contact, leg, name)): Path<(String, String, String)>,
    Body(Nothing {}): Body<Nothing>,
) -> Response {
    let does = match name.as_str() {
        "answer" => ThirdPartyAct::Answer,
        "hang-up" | "busy" | "no-answer" | "refuse" | "bad-number" => ThirdPartyAct::HangUp,
        _ => return problem(StatusCode::NOT_FOUND, "a third party cannot do that"),
    };
    act(&shared, move |floor| {
        floor.handle(Event::ThirdParty {
            contact: ContactId::from(contact),
            leg: ConnectionId::from(leg),
            act: does,
        })
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SupervisorBody {
    does: SupervisorAct,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SupervisorAct {
    Listen,
    Speak,
    Leave,
}

async fn supervise(
    State(shared): State<Shared>,
    Path(contact): Path<String>,
    Body(body): Body<SupervisorBody>,
) -> Response {
    let how = match body.does {
        SupervisorAct::Listen => Some(LegState::SilentMonitor),
        SupervisorAct::Speak => Some(LegState::Barge),
        SupervisorAct::Leave => None,
    };
    let contact = ContactId::from(contact);
    act(&shared, move |floor| {
        floor.handle(Event::Supervise { contact, how })
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PhoneBody {
    number: String,
    when_dialled: Reach,
}

async fn phone(State(shared): State<Shared>, Body(body): Body<PhoneBody>) -> Response {
    act(&shared, move |floor| {
        floor.handle(Event::Phone {
            number: body.number,
            reach: body.when_dialled,
        })
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockBody {
    set: Option<DateTime<Utc>>,
    #[serde(default)]
    freeze: bool,
    #[serde(default)]
    run: bool,
    advance_ms: Option<u32>,
}

async fn read_clock(State(shared): State<Shared>) -> Response {
    match shared.exchange.run(|floor| shown(floor)).await {
        Ok(shown) => Json(shown).into_response(),
        Err(Stopped) => crate::ccp::stopping(),
    }
}

fn shown(floor: &Floor) -> Value {
    json!({ "now": rfc3339(floor.clock.now()), "running": floor.clock.is_running() })
}

async fn clock(State(shared): State<Shared>, Body(body): Body<ClockBody>) -> Response {
    let answer = shared
        .exchange
        .run(move |floor| {
            if body.freeze && body.run {
                return Err(Refusal::Member {
                    member: "freeze",
                    problem: "cannot be true together with run".to_owned(),
                });
            }
            if body.freeze {
                floor.clock.freeze();
            }
            if let Some(at) = body.set {
                if !(2000..2200).contains(&at.year()) {
                    return Err(Refusal::Member {
                        member: "set",
                        problem: "must lie in the years 2000 to 2199".to_owned(),
                    });
                }
                if at < floor.clock.now() && !floor.instance.is_idle() {
                    return Err(Refusal::NotNow(
                        "the clock cannot be set back under a call".to_owned(),
                    ));
                }
                floor.clock.set(at);
                floor.handle(Event::ClockSet)?;
            }
            if let Some(by) = body.advance_ms {
                floor.clock.advance(Duration::from_millis(u64::from(by)));
                floor.handle(Event::Tick)?;
            }
            if body.run {
                floor.clock.run();
            }
            Ok(shown(floor))
        })
        .await;
    match answer {
        Err(Stopped) => crate::ccp::stopping(),
        Ok(Err(refusal)) => refused(&refusal),
        Ok(Ok(shown)) => Json(shown).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StateBody {
    state: String,
}

async fn agent_state(
    State(shared): State<Shared>,
    Path(agent): Path<String>,
    Body(body): Body<StateBody>,
) -> Response {
    act(&shared, move |floor| {
        floor.handle(Event::ChooseState {
            agent,
            state: body.state,
        })
    })
    .await
}

async fn sign_out(
    State(shared): State<Shared>,
    Path(agent): Path<String>,
    Body(Nothing {}): Body<Nothing>,
) -> Response {
    act(&shared, move |floor| floor.sign_out(&agent)).await
}

/// Only the members that are named change.
async fn switches(State(shared): State<Shared>, Body(change): Body<Value>) -> Response {
    let Value::Object(change) = change else {
        return problem(StatusCode::BAD_REQUEST, "the body must be an object");
    };
    let changed = shared
        .exchange
        .run(move |floor| {
            let mut all = serde_json::to_value(&floor.instance.scenario().switches)
                .map_err(|error| error.to_string())?;
            if let Some(all) = all.as_object_mut() {
                all.extend(change);
            }
            let switches: Switches =
                serde_path_to_error::deserialize(&all).map_err(|error| error.to_string())?;
            floor
                .handle(Event::Switches(Box::new(switches)))
                .map_err(|refusal| refusal.to_string())?;
            Ok::<_, String>(all)
        })
        .await;
    match changed {
        Err(Stopped) => crate::ccp::stopping(),
        Ok(Err(sentence)) => problem(StatusCode::BAD_REQUEST, &sentence),
        Ok(Ok(all)) => Json(all).into_response(),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInBody {
    mode: SignIn,
}

async fn sign_in(State(shared): State<Shared>, Body(body): Body<SignInBody>) -> Response {
    act(&shared, move |floor| {
        floor.sessions.set_mode(body.mode);
        Ok(Outcome::Done)
    })
    .await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplayBody {
    incident: Option<Value>,
}

/// From the next time that it is loaded the CCP's page plays this; without one it is a CCP again.
async fn replay(State(shared): State<Shared>, Body(body): Body<ReplayBody>) -> Response {
    let incident = body.incident.map(Incident::read).transpose();
    match incident {
        Err(error) => problem(StatusCode::BAD_REQUEST, &format!("incident: {error}")),
        Ok(incident) => {
            act(&shared, move |floor| {
                floor.replay = incident.map(Arc::new);
                Ok(Outcome::Done)
            })
            .await
        }
    }
}
