//! `/account/mails`: which mails somebody wants.

use super::frame::{Customer, Frame};
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_notifications::Topic;
use souk_webkit::{Form, Problem, Query, see_other};

#[derive(Serialize)]
struct View {
    frame: Frame,
    topics: Vec<Choice>,
}

#[derive(Serialize)]
struct Choice {
    name: &'static str,
    label: &'static str,
    about: &'static str,
    wanted: bool,
}

/// A topic in a shopper's words: what it is called, what it brings.
pub(super) const fn words(topic: Topic) -> (&'static str, &'static str) {
    match topic {
        Topic::PriceDrops => ("Price drops", "When something that you watch costs less."),
        Topic::BackInStock => ("Back in stock", "When something that you wait for can be bought."),
    }
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
    Customer(caller): Customer,
) -> Result<Response, Problem> {
    let declined = app.preferences.declined(caller.user()).await?;
    let choice = |topic: Topic| {
        let (label, about) = words(topic);
        Choice { name: topic.name(), label, about, wanted: !declined.contains(&topic) }
    };
    let view = View {
        frame: Frame::new("mails", &caller).after(&fields),
        topics: Topic::ALL.into_iter().map(choice).collect(),
    };
    render::private(&app, "mails.html", &Head::private("Mails"), &view)
}

pub(super) async fn save(
    State(app): State<App>,
    Customer(caller): Customer,
    Form(fields): Form,
) -> Result<Response, Problem> {
    for topic in Topic::ALL {
        let declined = fields.get(topic.name()) != "1";
        app.preferences.decline(caller.user(), topic, declined).await?;
    }
    see_other("/account/mails?done=saved")
}
