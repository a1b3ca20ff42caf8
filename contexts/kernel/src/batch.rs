//! The shape of a batched port method: intents in, one answer for each, in the same order.

/// One answer per intent, in the order of the intents.
pub type Answers<T, E> = Vec<Result<T, E>>;

/// The answer to a batch of one.
///
/// # Panics
/// When the port broke its contract and answered with another number of answers than one.
pub fn one<T, E>(answers: Answers<T, E>) -> Result<T, E> {
    let mut answers = answers;
    assert!(answers.len() == 1, "a port answers each intent of a batch");
    match answers.pop() {
        Some(answer) => answer,
        None => unreachable!("asserted above"),
    }
}
