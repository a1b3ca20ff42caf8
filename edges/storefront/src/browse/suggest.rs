//! `GET /search/suggest`: what may be meant by what is being typed, as the options of a list. The script
//! of the search field puts them below it; the pictures, names and prices are those of the cards.

use super::card::Card;
use super::category::category_path;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::thousands;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_search::CategoryCount;
use souk_webkit::{Problem, Query, href};

const QUERIES: usize = 6;

#[derive(Serialize)]
struct View {
    queries: Vec<Text>,
    categories: Vec<Category>,
    products: Vec<Card>,
}

#[derive(Serialize)]
struct Text {
    text: String,
    href: String,
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Category {
    name: String,
    /// The category that it lies in; may be empty.
    above: String,
    href: String,
    count: String,
    parts: Vec<Part>,
}

/// A piece of a suggestion: what is typed already, or what is new.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Part {
    text: String,
    typed: bool,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let typed = fields.text("q");
    let found = app.search.suggest(&typed).await?;
    let query = |text: &String| Text {
        parts: parts(text, &typed),
        href: href("/search", &[("q".into(), text.clone())]),
        text: text.clone(),
    };
    let view = View {
        queries: found.queries.iter().take(QUERIES).map(query).collect(),
        categories: found.categories.iter().map(|one| category(one, &typed)).collect(),
        products: found.products.iter().map(|hit| Card::of_hit(&app, hit)).collect(),
    };
    render::public(&app, "suggest.html", &Head::private("Suggestions"), &view)
}

fn category(found: &CategoryCount, typed: &str) -> Category {
    let name = found.path.last().cloned().unwrap_or_default();
    let above = found.path.len().checked_sub(2).map_or("", |at| found.path[at].as_str());
    Category {
        above: above.to_owned(),
        href: category_path(&found.path),
        count: thousands(found.count),
        parts: parts(&name, typed),
        name,
    }
}

/// The text, word by word: as far as a typed word begins one, it is typed already.
fn parts(text: &str, typed: &str) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut push = |text: &str, typed: bool| match parts.last_mut() {
        Some(last) if last.typed == typed => last.text.push_str(text),
        _ if text.is_empty() => {}
        _ => parts.push(Part { text: text.to_owned(), typed }),
    };
    for (place, word) in text.split(' ').enumerate() {
        if place > 0 {
            push(" ", true);
        }
        let begun = typed.split_whitespace().map(|typed| shared(word, typed)).max().unwrap_or(0);
        push(&word[..begun], true);
        push(&word[begun..], false);
    }
    parts
}

/// How many bytes of a word a typed word covers, if it begins it.
fn shared(word: &str, typed: &str) -> usize {
    let mut rest = word.char_indices();
    for wanted in typed.chars() {
        match rest.next() {
            Some((_, has)) if has.to_lowercase().eq(wanted.to_lowercase()) => {}
            _ => return 0,
        }
    }
    rest.next().map_or(word.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, typed: &str) -> String {
        let mark = |part: Part| if part.typed { part.text } else { format!("[{}]", part.text) };
        parts(text, typed).into_iter().map(mark).collect()
    }

    #[test]
    fn what_is_new_stands_out() {
        assert_eq!(marked("headphones", "head"), "head[phones]");
        assert_eq!(marked("wireless headphones", "Wireless he"), "wireless he[adphones]");
        assert_eq!(marked("over-ear headphones", "head"), "[over-ear] head[phones]");
        assert_eq!(marked("Écran plat", "éc"), "Éc[ran] [plat]");
        assert_eq!(marked("tea", "coffee"), "[tea]");
        assert_eq!(marked("", "x"), "");
    }
}
