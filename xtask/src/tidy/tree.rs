//! The repository as the checks see it: its paths, the texts of its source files, its crates.
//!
//! A check only ever sees a [`Tree`], so that a test can plant a violation in a small made-up one.

use crate::workspace;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{fs, io};

/// Folders that hold nothing of the project's own.
const FOREIGN: [&str; 4] = ["target", "node_modules", "souk-data", "__pycache__"];

/// File endings whose text the checks read.
const TEXTS: [&str; 10] =
    [".rs", ".toml", ".md", ".sql", ".mjs", ".js", ".css", ".html", ".lock", "CHECKSUMS"];

/// How a crate asks for a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Part of what ships.
    Normal,
    /// Only with a feature: what a contract suite needs.
    Optional,
    /// Only for the crate's own tests.
    Dev,
    /// Only for its build script.
    Build,
}

/// One dependency of a crate.
#[derive(Debug, Clone)]
pub struct Dep {
    /// The package's name, dashes kept.
    pub name: String,
    /// What it is used for.
    pub kind: Kind,
    /// Whether its default features are on.
    pub default_features: bool,
}

/// One member of the workspace.
#[derive(Debug, Clone)]
pub struct Crate {
    /// The package's name.
    pub name: String,
    /// Its folder, relative to the root: `contexts/cart`.
    pub dir: String,
    /// What it depends on.
    pub deps: Vec<Dep>,
}

impl Crate {
    /// `contexts` of `contexts/cart`; `bench` of `bench`.
    pub fn ring(&self) -> &str {
        self.dir.split('/').next().unwrap_or_default()
    }

    /// `cart` of `contexts/cart`.
    pub fn room(&self) -> &str {
        self.dir.rsplit('/').next().unwrap_or_default()
    }
}

/// A package from outside and the licence that it states.
#[derive(Debug, Clone)]
pub struct Licence {
    /// Name and version.
    pub package: String,
    /// The SPDX expression, if it states one.
    pub expression: Option<String>,
}

/// What the checks look at.
#[derive(Debug, Default)]
pub struct Tree {
    /// Every path, files and folders, relative to the root, with `/` between the parts.
    pub paths: BTreeSet<String>,
    /// The text of every source file.
    pub texts: BTreeMap<String, String>,
    /// The workspace's crates.
    pub crates: Vec<Crate>,
    /// The packages from outside that this platform's build uses.
    pub licences: Vec<Licence>,
}

impl Tree {
    /// Reads the repository at `root`.
    ///
    /// # Errors
    /// When a file can't be read or Cargo can't describe the workspace; the text says which.
    pub fn load(root: &Path) -> Result<Self, String> {
        let mut tree = Self::default();
        tree.walk(root, "").map_err(|error| format!("reading {}: {error}", root.display()))?;
        tree.crates = members(&workspace::metadata(root, &["--no-deps"])?, root);
        tree.licences = outside(&workspace::metadata(root, &["--filter-platform", PLATFORM])?);
        Ok(tree)
    }

    fn walk(&mut self, root: &Path, dir: &str) -> io::Result<()> {
        for entry in fs::read_dir(root.join(dir))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == ".git" || FOREIGN.contains(&name.as_str()) {
                continue;
            }
            let path = if dir.is_empty() { name } else { format!("{dir}/{name}") };
            if entry.file_type()?.is_dir() {
                self.walk(root, &path)?;
            } else if TEXTS.iter().any(|ending| path.ends_with(ending)) {
                let bytes = fs::read(entry.path())?;
                self.texts.insert(path.clone(), String::from_utf8_lossy(&bytes).into_owned());
            }
            self.paths.insert(path);
        }
        Ok(())
    }

    /// The text of one file, if it is there.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(String::as_str)
    }

    /// Path and text of every file with this ending.
    pub fn ending<'a>(&'a self, ending: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let all = self.texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        all.filter(move |(path, _)| path.ends_with(ending))
    }

    /// Whether a module of this name exists in a source folder, as a file or as a folder.
    pub fn has_module(&self, src: &str, module: &str) -> bool {
        self.paths.contains(&format!("{src}/{module}.rs"))
            || self.paths.contains(&format!("{src}/{module}/mod.rs"))
    }
}

/// Licences are checked for the platform that the project is developed and tested on.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

fn members(metadata: &Value, root: &Path) -> Vec<Crate> {
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let mut crates: Vec<Crate> = packages.iter().filter_map(|p| member(p, root)).collect();
    crates.sort_by(|a, b| a.dir.cmp(&b.dir));
    crates
}

fn member(package: &Value, root: &Path) -> Option<Crate> {
    let manifest = Path::new(package["manifest_path"].as_str()?);
    let dir = manifest.parent()?.strip_prefix(root).ok()?;
    let deps = package["dependencies"].as_array()?.iter().filter_map(dependency).collect();
    let dir = dir.to_string_lossy().replace('\\', "/");
    Some(Crate { name: package["name"].as_str()?.to_owned(), dir, deps })
}

fn dependency(value: &Value) -> Option<Dep> {
    let kind = match value["kind"].as_str() {
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        _ if value["optional"].as_bool() == Some(true) => Kind::Optional,
        _ => Kind::Normal,
    };
    let default_features = value["uses_default_features"].as_bool().unwrap_or(true);
    Some(Dep { name: value["name"].as_str()?.to_owned(), kind, default_features })
}

fn outside(metadata: &Value) -> Vec<Licence> {
    let used: BTreeSet<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .map(|nodes| nodes.iter().filter_map(|n| n["id"].as_str()).collect())
        .unwrap_or_default();
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let foreign = packages
        .iter()
        .filter(|p| !p["source"].is_null() && p["id"].as_str().is_some_and(|id| used.contains(id)));
    foreign
        .map(|p| Licence {
            package: format!(
                "{} {}",
                p["name"].as_str().unwrap_or("?"),
                p["version"].as_str().unwrap_or("?")
            ),
            expression: p["license"].as_str().map(ToOwned::to_owned),
        })
        .collect()
}

/// Builders for the made-up trees of the checks' tests.
#[cfg(test)]
impl Tree {
    /// Adds a file and its folders.
    pub fn file(mut self, path: &str, text: &str) -> Self {
        let cuts = path.match_indices('/').map(|(at, _)| path[..at].to_owned());
        self.paths.extend(cuts);
        self.paths.insert(path.to_owned());
        self.texts.insert(path.to_owned(), text.to_owned());
        self
    }

    /// Adds a crate with normal dependencies; its name follows from its folder.
    pub fn krate(mut self, dir: &str, deps: &[&str]) -> Self {
        let room = dir.rsplit('/').next().unwrap();
        let name = match room {
            "souk" | "xtask" => room.to_owned(),
            room => format!("souk-{room}"),
        };
        let deps = deps.iter().map(|name| Dep {
            name: (*name).to_owned(),
            kind: Kind::Normal,
            default_features: false,
        });
        self.crates.push(Crate { name, dir: dir.to_owned(), deps: deps.collect() });
        self
    }

    /// Makes every dependency of the crate added last of this kind.
    pub fn only_as(mut self, kind: Kind) -> Self {
        for dep in &mut self.crates.last_mut().unwrap().deps {
            dep.kind = kind;
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_metadata_becomes_crates_with_kinds_of_dependencies() {
        let metadata: Value = serde_json::from_str(
            r#"{"packages":[{"name":"souk-cart","manifest_path":"/r/contexts/cart/Cargo.toml",
                "dependencies":[
                  {"name":"serde","kind":null,"optional":false,"uses_default_features":true},
                  {"name":"proptest","kind":"dev","optional":false,"uses_default_features":false},
                  {"name":"tokio","kind":null,"optional":true,"uses_default_features":true}]}]}"#,
        )
        .unwrap();
        let crates = members(&metadata, Path::new("/r"));
        assert_eq!(crates.len(), 1);
        assert_eq!((crates[0].ring(), crates[0].room()), ("contexts", "cart"));
        let kinds: Vec<Kind> = crates[0].deps.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [Kind::Normal, Kind::Dev, Kind::Optional]);
        assert!(!crates[0].deps[1].default_features);
    }

    #[test]
    fn only_used_packages_from_outside_are_asked_for_a_licence() {
        let metadata: Value = serde_json::from_str(
            r#"{"resolve":{"nodes":[{"id":"a"},{"id":"own"}]},"packages":[
                {"id":"a","name":"a","version":"1.0.0","source":"s","license":"MIT"},
                {"id":"b","name":"b","version":"1.0.0","source":"s","license":"odd"},
                {"id":"own","name":"souk","version":"0.1.0","source":null,"license":"MIT"}]}"#,
        )
        .unwrap();
        let licences = outside(&metadata);
        assert_eq!(licences.len(), 1);
        assert_eq!(licences[0].package, "a 1.0.0");
    }

    #[test]
    fn a_module_is_a_file_or_a_folder() {
        let tree = Tree::default().file("a/src/cart.rs", "").file("a/src/stock/mod.rs", "");
        assert!(tree.has_module("a/src", "cart"));
        assert!(tree.has_module("a/src", "stock"));
        assert!(!tree.has_module("a/src", "orders"));
    }
}
