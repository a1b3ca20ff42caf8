//! What is asked of the shop.

pub mod baskets;
pub mod buy_now;
pub mod funnel;
pub mod gets;

use crate::http::Answer;

/// A failure by its status and code.
pub fn refusal(answer: Option<&Answer<'_>>) -> String {
    let Some(answer) = answer else { return "no answer".into() };
    let body: serde_json::Value = serde_json::from_slice(answer.body).unwrap_or_default();
    let code = body.get("code").and_then(|code| code.as_str()).unwrap_or("");
    format!("{} {code}", answer.status).trim_end().to_owned()
}

/// The text after the last `mark` up to a quote.
pub fn text_after<'a>(body: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    let at = crate::http::find(body, mark)? + mark.len();
    body[at..].split(|b| *b == b'"').next()
}
