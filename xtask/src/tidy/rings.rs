//! Dependencies point one way: apps → edges → contexts ← adapters.

use super::tree::{Crate, Dep, Kind, Tree};
use super::{Finding, walls};

/// Every dependency that crosses a wall.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for krate in &tree.crates {
        for dep in &krate.deps {
            if let Some(why) = refusal(tree, krate, dep).or_else(|| technology(krate, dep)) {
                let what = format!("{} may not depend on {}: {why}", krate.name, dep.name);
                findings.push(Finding::new("rings", format!("{}/Cargo.toml", krate.dir), what));
            }
        }
    }
    findings
}

fn refusal(tree: &Tree, krate: &Crate, dep: &Dep) -> Option<String> {
    let target = tree.crates.iter().find(|other| other.name == dep.name);
    let ring = target.map(Crate::ring);
    match krate.ring() {
        "contexts" => context(krate, dep, ring),
        "adapters" => adapter(krate, dep, ring),
        "edges" => edge(dep, ring),
        "apps" | "bench" => None,
        "tests" if krate.room() == "checker" && target.is_some() => {
            Some("the checker shares no code with what it judges".into())
        }
        "tests" => None,
        "xtask" => target.map(|_| "the project's commands must compile in seconds".into()),
        other => Some(format!("`{other}` is no ring of this house (xtask/src/tidy/walls.rs)")),
    }
}

fn context(krate: &Crate, dep: &Dep, ring: Option<&str>) -> Option<String> {
    match ring {
        Some("contexts") => None,
        Some("adapters") if stands_on_the_specification(dep) => None,
        Some(_) => Some("a context knows only contexts".into()),
        None => {
            let tests_only = matches!(dep.kind, Kind::Dev | Kind::Optional);
            let allowed = walls::reason(&walls::PURE, &dep.name).is_some()
                || tests_only && walls::reason(&walls::PURE_IN_TESTS, &dep.name).is_some();
            if !allowed {
                return Some("it is not on the list of small pure crates".into());
            }
            let loud = dep.name == "futures-util" && dep.default_features;
            loud.then(|| format!("{} must turn its default features off", krate.name))
        }
    }
}

fn adapter(krate: &Crate, dep: &Dep, ring: Option<&str>) -> Option<String> {
    if let (Some(ring), Some(why)) = (ring, walls::reason(&walls::JUDGES, krate.room())) {
        let in_tests = dep.kind == Kind::Dev && matches!(ring, "contexts" | "adapters");
        return (!in_tests).then(|| why.to_owned());
    }
    match ring {
        Some("contexts") => None,
        Some("adapters") if stands_on_the_specification(dep) => None,
        Some("tests") if dep.kind == Kind::Dev => None,
        Some("adapters") => Some("adapters don't know each other".into()),
        Some(other) => Some(format!("{} is an adapter, `{other}` lies outside it", krate.name)),
        None => None,
    }
}

fn edge(dep: &Dep, ring: Option<&str>) -> Option<String> {
    match ring {
        Some("contexts") | None => None,
        Some("edges") if dep.name == "souk-webkit" => None,
        Some("edges") => Some("a door shares only webkit with the other doors".into()),
        Some("adapters") if stands_on_the_specification(dep) => None,
        Some("adapters") => Some("only the wiring of apps/souk names adapters".into()),
        Some(other) => Some(format!("`{other}` lies outside the doors")),
    }
}

fn stands_on_the_specification(dep: &Dep) -> bool {
    dep.kind == Kind::Dev && dep.name == walls::SPECIFICATION
}

fn technology(krate: &Crate, dep: &Dep) -> Option<String> {
    if dep.kind == Kind::Dev || krate.ring() == "contexts" {
        return None;
    }
    let (_, rooms, why) = walls::TECHNOLOGIES.iter().find(|(name, ..)| *name == dep.name)?;
    let allowed = rooms.iter().any(|room| *room == krate.dir || *room == krate.ring());
    (!allowed).then(|| (*why).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rooms that the cases below name.
    fn house() -> Tree {
        Tree::default()
            .krate("contexts/kernel", &["uuid"])
            .krate("contexts/cart", &["souk-kernel", "serde"])
            .krate("adapters/memory", &["souk-cart", "parking_lot"])
            .krate("adapters/sqlite", &["souk-cart", "rusqlite"])
            .krate("edges/webkit", &["souk-kernel", "axum"])
            .krate("edges/api", &["souk-cart", "souk-webkit"])
            .krate("apps/souk", &["souk-api", "souk-sqlite"])
            .krate("tests/checker", &["rusqlite"])
            .krate("xtask", &["serde_json"])
    }

    fn found(dir: &str, deps: &[&str]) -> Vec<String> {
        check(&house().krate(dir, deps)).into_iter().map(|f| f.what).collect()
    }

    #[test]
    fn the_house_itself_is_clean() {
        assert_eq!(check(&house()), []);
    }

    #[test]
    fn a_context_with_a_technology_or_an_adapter_is_found() {
        assert_eq!(found("contexts/orders", &["axum"]).len(), 1);
        assert_eq!(found("contexts/orders", &["souk-sqlite"]).len(), 1);
        assert_eq!(found("contexts/orders", &["souk-memory"]).len(), 1);
        assert_eq!(found("contexts/orders", &["souk-cart", "sha2"]).len(), 0);
    }

    #[test]
    fn a_context_may_use_a_runtime_in_its_tests_only() {
        let as_dev = house().krate("contexts/orders", &["tokio", "souk-memory"]).only_as(Kind::Dev);
        assert_eq!(check(&as_dev), []);
        assert_eq!(found("contexts/orders", &["tokio"]).len(), 1);
    }

    #[test]
    fn futures_util_in_a_context_keeps_its_default_features_off() {
        let mut tree = house().krate("contexts/orders", &["futures-util"]);
        assert_eq!(check(&tree), []);
        tree.crates.last_mut().unwrap().deps[0].default_features = true;
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn adapters_do_not_know_each_other_save_the_specification_in_tests() {
        assert_eq!(found("adapters/batcher", &["souk-sqlite"]).len(), 1);
        assert_eq!(found("adapters/batcher", &["souk-memory"]).len(), 1);
        assert_eq!(found("adapters/batcher", &["souk-api"]).len(), 1);
        let as_dev = house().krate("adapters/batcher", &["souk-memory"]).only_as(Kind::Dev);
        assert_eq!(check(&as_dev), []);
    }

    #[test]
    fn a_judge_ships_without_any_crate_of_the_house() {
        assert_eq!(found("adapters/reconcile", &["rusqlite", "serde"]).len(), 0);
        assert_eq!(found("adapters/reconcile", &["souk-kernel"]).len(), 1);
        assert_eq!(found("adapters/reconcile", &["souk-sqlite"]).len(), 1);
        let in_tests = house().krate("adapters/reconcile", &["souk-sqlite", "souk-cart"]);
        assert_eq!(check(&in_tests.only_as(Kind::Dev)), []);
        let doors = house().krate("adapters/reconcile", &["souk-api"]).only_as(Kind::Dev);
        assert_eq!(check(&doors).len(), 1);
    }

    #[test]
    fn an_adapter_keeps_to_its_own_technology() {
        assert_eq!(found("adapters/tantivy", &["rusqlite"]).len(), 1);
        assert_eq!(found("adapters/memory", &["tokio"]).len(), 1);
    }

    #[test]
    fn a_door_knows_neither_adapters_nor_other_doors() {
        assert_eq!(found("edges/storefront", &["souk-sqlite"]).len(), 1);
        assert_eq!(found("edges/storefront", &["souk-api"]).len(), 1);
        assert_eq!(found("edges/storefront", &["rusqlite"]).len(), 1);
        assert_eq!(found("edges/storefront", &["souk-webkit", "minijinja"]).len(), 0);
    }

    #[test]
    fn the_checker_and_the_commands_stand_alone() {
        let mut tree = house();
        tree = tree.krate("tests/checker", &["souk-cart"]).krate("xtask", &["souk-kernel"]);
        assert_eq!(check(&tree).len(), 2);
    }

    #[test]
    fn an_unknown_ring_is_found() {
        assert_eq!(found("common/util", &["serde"]).len(), 1);
    }
}
