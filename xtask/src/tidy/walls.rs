//! The walls as data: which room may name what, each entry with its reason.
//!
//! Widening a wall is a change of this file, and so is seen in review. `docs/decisions/0001` says
//! why the walls stand where they stand.

/// Crates that a context may use: small, pure, no I/O, no runtime.
pub const PURE: [(&str, &str); 16] = [
    ("serde", "frozen documents and events have a wire form of their own"),
    ("serde_json", "the text of those documents"),
    ("thiserror", "one error enum per use case"),
    ("async-trait", "ports are trait objects"),
    ("uuid", "the format of ids"),
    ("jiff", "calendar dates from timestamps"),
    ("sha2", "digests of tokens and idempotency keys"),
    ("hmac", "codes of the second factor and what seals their secrets; the keys of orders' links"),
    ("sha1", "codes of the second factor: RFC 6238 as every authenticator app has it"),
    ("argon2", "password hashes"),
    ("futures-util", "joining futures without a runtime; default features off"),
    ("tracing", "a saga's task outlives its request: no edge hears of its failures"),
    ("csv", "reads and writes tables; the caller brings the file"),
    ("quick-xml", "the same for feeds"),
    ("mail-builder", "a mail as the standards write it; the caller sends it"),
    ("toml", "the field mapping of an import is a text that the catalog understands"),
];

/// What a context's own tests and contract cases may use besides.
pub const PURE_IN_TESTS: [(&str, &str); 6] = [
    ("proptest", "property tests of rules"),
    ("tokio", "something must drive the futures of a service under test"),
    ("futures-util", "the same, without a runtime"),
    ("rand", "seeded cases"),
    ("mail-parser", "reads a mail back by somebody else's rules"),
    ("flate2", "reading a gzipped catalogue"),
];

/// The contexts and their place: one may depend only on contexts with a smaller number. Pricing
/// stands below the catalog because an offer names its tax class; sellers stand below the orders because
/// their ledger is told what was charged, and never asks.
pub const RANKS: [(&str, u8); 17] = [
    ("kernel", 0),
    ("accounts", 1),
    ("pricing", 1),
    ("catalog", 2),
    ("inventory", 3),
    ("search", 3),
    ("cart", 3),
    ("reviews", 3),
    ("sellers", 3),
    ("insights", 3),
    ("lists", 3),
    ("payments", 4),
    ("orders", 5),
    ("fulfillment", 6),
    ("invoices", 6),
    ("notifications", 7),
    ("staff", 8),
];

/// The context that hears of everything and that nobody may depend on.
pub const LISTENER: &str = "notifications";

/// The adapter that other crates' tests may stand on: the executable specification.
pub const SPECIFICATION: &str = "souk-memory";

/// Adapters that judge what other crates wrote: they ship without any crate of the house, and their
/// tests may stand on every adapter that they judge.
pub const JUDGES: [(&str, &str); 1] =
    [("reconcile", "it recomputes what the writers wrote, and shares no rule with them")];

/// Technologies and the folders (or crates) whose shipped code may name them.
pub const TECHNOLOGIES: [(&str, &[&str], &str); 17] = [
    (
        "rusqlite",
        &["adapters/sqlite", "adapters/reconcile", "tests", "bench"],
        "SQL lives in one adapter, and in what judges that adapter's file",
    ),
    ("libsqlite3-sys", &["adapters/sqlite", "tests"], "one SQLite, bound once"),
    ("tantivy", &["adapters/tantivy"], "the index lives in one adapter"),
    ("axum", &["edges", "adapters/sandbox", "apps", "tests", "bench"], "HTTP is for the doors"),
    ("ureq", &["adapters/media"], "what the shop fetches from addresses that it is given"),
    ("hyper", &["edges", "adapters/sandbox", "apps", "tests", "bench"], HTTP),
    ("hyper-util", &["edges", "adapters/sandbox", "apps", "tests", "bench"], HTTP),
    ("tower", &["edges", "adapters/sandbox", "apps", "tests", "bench"], HTTP),
    ("resvg", &["adapters/media"], "drawings become pixels in one place"),
    ("webp", &["adapters/media"], "the same"),
    ("image", &["adapters/media"], "what people give as pictures is decoded in one place"),
    ("minijinja", &["edges"], "templates belong to the pages' doors"),
    ("utoipa", &["edges", "apps"], "the API's description belongs to its door"),
    ("clap", &["apps", "tests", "bench"], "command lines belong to binaries"),
    ("indicatif", &["apps", "tests", "bench"], "progress bars belong to binaries"),
    ("tracing-subscriber", &["apps", "tests", "bench"], "a binary decides where logs go"),
    (
        "tokio",
        &[
            "edges",
            "apps",
            "tests",
            "bench",
            "adapters/batcher",
            "adapters/sqlite",
            "adapters/tantivy",
            "adapters/sandbox",
            "adapters/media",
        ],
        "contexts and the memory adapter run on whatever drives them, a simulator too; adapters use its \
         channels, which need no runtime",
    ),
];

const HTTP: &str = "clients are for outside services, servers are for the doors";

/// Crates without the workspace's lints.
pub const OWN_LINTS: [(&str, &str); 1] =
    [("tests/powerloss", "a VFS under SQLite is C calling back: `unsafe` by nature")];

/// File and folder names that a context's `src` may hold.
pub const FURNITURE: [&str; 9] =
    ["lib", "model", "rules", "service", "port", "event", "error", "contract", "tests"];

/// Source files of contexts with another name: path, and why it stands beside the furniture.
pub const OTHER_FURNITURE: [(&str, &str); 24] = [
    ("accounts/src/address.rs", "a noun with rules of its own, as typed and as checked"),
    ("accounts/src/cache.rs", "what every request reads, beside the store"),
    ("accounts/src/country.rs", "a table"),
    ("accounts/src/hasher.rs", "costly by design: says where it may run"),
    ("accounts/src/token.rs", "what the bearer gets, and what everybody else may see of it"),
    ("catalog/src/demo.rs", "the catalogue of a first start"),
    ("catalog/src/export.rs", "the same the other way: listings into rows of other shops"),
    ("catalog/src/import.rs", "an engine of its own: foreign rows into listings"),
    ("catalog/src/picture.rs", "draws a product that has no photograph"),
    ("catalog/src/cache.rs", "what every order reads, beside the store"),
    ("catalog/src/limits.rs", "a table"),
    ("insights/src/demo.rs", "the past of a demo shop"),
    ("notifications/src/html.rs", "a mail's pages"),
    ("notifications/src/text.rs", "a mail's plain text"),
    ("orders/src/digest.rs", "what makes a repeated request recognisable"),
    ("orders/src/number.rs", "order numbers: what people read to each other on the phone"),
    ("orders/src/split.rs", "the port over stores that share no transaction"),
    ("payments/src/capture.rs", "a use case of many orders at a time, apart from those of one"),
    ("payments/src/gateway.rs", "the port to the outside, beside the one to the store"),
    ("pricing/src/day.rs", "calendar days, and counting in working days"),
    ("pricing/src/defaults.rs", "a table"),
    ("pricing/src/tables.rs", "the shape of the tables"),
    ("pricing/src/wire.rs", "how a quote is frozen into an order"),
    ("reviews/src/demo.rs", "what people say in a demo shop"),
];

/// Contexts whose port has no module of its own in an adapter: context, adapter, reason.
pub const NO_MIRROR: [(&str, &str, &str); 1] =
    [("search", "sqlite", "the embedded index is Tantivy: adapters/tantivy implements the port")];

/// The adapters that mirror the contexts file by file.
pub const MIRRORS: [&str; 2] = ["memory", "sqlite"];

/// The reason in a table of names and reasons, if the name is in it.
pub fn reason<'a>(table: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    table.iter().find(|(entry, _)| *entry == name).map(|(_, why)| *why)
}
