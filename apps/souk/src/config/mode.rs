//! Sandbox and production: what each allows, and what it refuses to start with.

use super::{Config, Demo};
use serde::Deserialize;
use souk_webkit::Cookies;

/// What the shop is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Default)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// To try things: a demo, one-click sign-ins, a mailbox for everybody, a payment provider that takes
    /// no money. Says so on every page, and stays on this machine.
    #[default]
    Sandbox,
    /// To sell. None of that is there.
    Production,
}

impl std::str::FromStr for Mode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sandbox" => Ok(Self::Sandbox),
            "production" => Ok(Self::Production),
            _ => Err(format!("{text:?} is not sandbox or production")),
        }
    }
}

/// Who takes the money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GatewayChoice {
    /// The sandbox: approves what it is told to, and takes nothing.
    Sandbox,
    /// Nobody: the shop shows what it has, and says that it can't be paid yet.
    None,
}

impl std::str::FromStr for GatewayChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "sandbox" => Ok(Self::Sandbox),
            "none" => Ok(Self::None),
            _ => Err(format!("{text:?} is not sandbox or none")),
        }
    }
}

/// The secret of a sandbox that nobody gave another: known to everybody.
pub(super) const SANDBOX_SECRET: &str = "sandbox";
/// Fewest characters of a secret, and fewest different ones.
const SECRET_MIN: usize = 32;
const SECRET_LETTERS: usize = 8;
/// What a simulated carrier does to a real one's pace, by default.
const CARRIER_SPEED: u32 = 600;

/// Yes or no, as people write it.
pub(super) fn said_yes(text: &str) -> Option<bool> {
    match text {
        "yes" | "true" => Some(true),
        "no" | "false" => Some(false),
        _ => None,
    }
}

/// The same from a file.
pub(super) fn yes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Whether(bool),
        Which(String),
    }
    match Said::deserialize(from)? {
        Said::Whether(whether) => Ok(whether),
        Said::Which(text) => {
            said_yes(&text).ok_or_else(|| serde::de::Error::custom("it is yes or no"))
        }
    }
}

impl Config {
    /// Whether this is a sandbox.
    pub fn is_sandbox(&self) -> bool {
        self.mode == Mode::Sandbox
    }

    /// How much of the demo an empty shop gets.
    pub fn demo(&self) -> Demo {
        self.demo.unwrap_or(if self.is_sandbox() { Demo::All } else { Demo::None })
    }

    /// How many times faster than a real one the simulated carrier is; 0: nothing moves by itself.
    pub fn carrier_speed(&self) -> u32 {
        self.carrier_speed.unwrap_or(if self.is_sandbox() { CARRIER_SPEED } else { 0 })
    }

    /// Who takes the money.
    pub fn gateway(&self) -> GatewayChoice {
        let usual = if self.is_sandbox() { GatewayChoice::Sandbox } else { GatewayChoice::None };
        self.gateway.unwrap_or(usual)
    }

    /// How browsers reach the shop, and so what its cookies are called.
    pub fn cookies(&self) -> Cookies {
        if self.base_url().starts_with("https://") { Cookies::Tls } else { Cookies::Loopback }
    }

    pub(super) fn check_sandbox(&self) -> Result<(), String> {
        let at_home = self.listen.ip().is_loopback() && self.sandbox_listen.ip().is_loopback();
        if !at_home && !self.allow_public_sandbox {
            return Err(String::from(
                "this is a sandbox: it takes no money, shows every mail and lets everybody in as staff, \
                 so it listens on loopback only. SOUK_MODE=production is for selling; \
                 SOUK_ALLOW_PUBLIC_SANDBOX=yes opens the sandbox to whoever reaches this machine",
            ));
        }
        Ok(())
    }

    pub(super) fn check_production(&self) -> Result<(), String> {
        let refused = |why: &str| Err(format!("production: {why}"));
        let letters: std::collections::BTreeSet<char> = self.secret.chars().collect();
        if self.secret == SANDBOX_SECRET {
            return refused(
                "SOUK_SECRET is the sandbox's, which everybody knows: give it one of its own, \
                            32 characters or more, such as `openssl rand -hex 32` prints",
            );
        }
        if self.secret.chars().count() < SECRET_MIN || letters.len() < SECRET_LETTERS {
            return refused(
                "SOUK_SECRET can be guessed: it takes 32 characters or more, and 8 different \
                            ones, such as `openssl rand -hex 32` prints",
            );
        }
        if self.gateway == Some(GatewayChoice::Sandbox) {
            return refused(
                "the sandbox gateway approves what it is told to and takes no money: \
                            SOUK_GATEWAY can't be sandbox here",
            );
        }
        if self.demo() != Demo::None {
            return refused("SOUK_DEMO is for sandboxes: nobody buys from a demo");
        }
        if self.carrier_speed() != 0 {
            return refused(
                "SOUK_CARRIER_SPEED is for sandboxes: a simulated carrier brings nothing",
            );
        }
        if self.allow_public_sandbox {
            return refused("SOUK_ALLOW_PUBLIC_SANDBOX is for sandboxes");
        }
        if !self.base_url().starts_with("https://") {
            return refused(
                "SOUK_BASE_URL must begin with https://: sessions are kept in cookies that \
                            browsers send over TLS only. TLS ends at a proxy in front of SOUK_LISTEN",
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";

    fn sells() -> Config {
        let (secret, base_url) = (SECRET.to_owned(), Some(String::from("https://shop.example")));
        Config { mode: Mode::Production, secret, base_url, ..Config::default() }
    }

    /// Why these settings are refused.
    fn why(config: &Config) -> String {
        config.check().expect_err("it should be refused")
    }

    #[test]
    fn a_sandbox_stays_at_home_unless_told() {
        assert_eq!(Config::default().check(), Ok(()));
        let everywhere = SocketAddr::from(([0, 0, 0, 0], 8080));
        for public in [
            Config { listen: everywhere, ..Config::default() },
            Config { sandbox_listen: everywhere, ..Config::default() },
        ] {
            assert!(why(&public).contains("SOUK_ALLOW_PUBLIC_SANDBOX=yes"));
            assert_eq!(Config { allow_public_sandbox: true, ..public }.check(), Ok(()));
        }
        let sandbox = Config::default();
        assert_eq!((sandbox.demo(), sandbox.carrier_speed()), (Demo::All, 600));
        assert_eq!(
            (sandbox.gateway(), sandbox.cookies()),
            (GatewayChoice::Sandbox, Cookies::Loopback)
        );
    }

    #[test]
    fn production_has_nothing_of_a_sandbox() {
        let shop = sells();
        assert_eq!(shop.check(), Ok(()));
        assert_eq!((shop.demo(), shop.carrier_speed()), (Demo::None, 0));
        assert_eq!((shop.gateway(), shop.cookies()), (GatewayChoice::None, Cookies::Tls));
        let public = Config { listen: SocketAddr::from(([0, 0, 0, 0], 443)), ..sells() };
        assert_eq!(public.check(), Ok(()), "only a sandbox stays at home");
    }

    #[test]
    fn production_refuses_each_thing_by_its_name() {
        let secret = |secret: &str| Config { secret: secret.to_owned(), ..sells() };
        let refused = [
            (secret(SANDBOX_SECRET), "SOUK_SECRET is the sandbox's"),
            (secret(&SECRET[..31]), "SOUK_SECRET can be guessed"),
            (secret(&"ab".repeat(40)), "SOUK_SECRET can be guessed"),
            (secret(""), "SOUK_SECRET can be guessed"),
            (Config { gateway: Some(GatewayChoice::Sandbox), ..sells() }, "SOUK_GATEWAY"),
            (Config { demo: Some(Demo::Shelf), ..sells() }, "SOUK_DEMO"),
            (Config { carrier_speed: Some(1), ..sells() }, "SOUK_CARRIER_SPEED"),
            (Config { allow_public_sandbox: true, ..sells() }, "SOUK_ALLOW_PUBLIC_SANDBOX"),
            (Config { base_url: None, ..sells() }, "SOUK_BASE_URL"),
            (Config { base_url: Some("http://shop.example".into()), ..sells() }, "SOUK_BASE_URL"),
        ];
        for (config, names) in refused {
            let why = why(&config);
            assert!(why.starts_with("production: ") && why.contains(names), "{why}");
            assert!(!why.contains(SECRET), "a secret is not repeated: {why}");
        }
    }

    #[test]
    fn modes_are_named_in_the_environment_and_in_the_file() {
        let mut config = Config::default();
        let set = |key: &str| match key {
            "SOUK_MODE" => Some(String::from("production")),
            "SOUK_SECRET" => Some(SECRET.to_owned()),
            "SOUK_GATEWAY" => Some(String::from("none")),
            "SOUK_ALLOW_PUBLIC_SANDBOX" => Some(String::from("no")),
            _ => None,
        };
        config.environment(set).unwrap();
        assert_eq!((config.mode, config.gateway), (Mode::Production, Some(GatewayChoice::None)));
        let file: Config =
            toml::from_str("mode = 'production'\nallow_public_sandbox = 'yes'").unwrap();
        assert!(file.mode == Mode::Production && file.allow_public_sandbox);
        assert!(toml::from_str::<Config>("mode = 'prod'").is_err());
        for (key, value) in [("SOUK_MODE", "prod"), ("SOUK_ALLOW_PUBLIC_SANDBOX", "perhaps")] {
            let set = |asked: &str| (asked == key).then(|| value.to_owned());
            assert!(Config::default().environment(set).unwrap_err().contains(key));
        }
    }
}
