//! The settings: `souk.toml`, overridden by `SOUK_*`.

mod mode;

pub use mode::{GatewayChoice, Mode};

use serde::Deserialize;
use souk_webkit::LimitsOn;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Every key, with its default.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// `SOUK_MODE`: `sandbox`, or `production`.
    pub mode: Mode,
    /// `SOUK_ALLOW_PUBLIC_SANDBOX`: `yes` lets a sandbox listen on other addresses than loopback.
    #[serde(deserialize_with = "mode::yes")]
    pub allow_public_sandbox: bool,
    /// `SOUK_SECRET`: the shop's own secret; what lies in the store and opens something is sealed with it.
    pub secret: String,
    /// `SOUK_GATEWAY`: who takes the money: `sandbox` or `none`; by default what the mode allows.
    pub gateway: Option<GatewayChoice>,
    /// `SOUK_LISTEN`: where the shop listens.
    pub listen: SocketAddr,
    /// `SOUK_SANDBOX_LISTEN`: where the sandbox gateway listens.
    pub sandbox_listen: SocketAddr,
    /// `SOUK_DATA`: the folder of everything that is kept.
    pub data: PathBuf,
    /// `SOUK_NAME`: the shop's name.
    pub name: String,
    /// `SOUK_BASE_URL`: where browsers reach the shop; `http://` and the listening address by default.
    pub base_url: Option<String>,
    /// `SOUK_MAIL_FROM`: whom mails come from; `shop@` and the host of `SOUK_BASE_URL` by default.
    pub mail_from: Option<String>,
    /// `SOUK_SANDBOX_ORIGIN`: where browsers reach the sandbox gateway: another host name than the
    /// shop's. `http://localhost:` and its port by default.
    pub sandbox_origin: Option<String>,
    /// `SOUK_CURRENCY`: the shop's currency.
    pub currency: String,
    /// `SOUK_HOLD_SECONDS`: how long a checkout holds its stock.
    pub hold_seconds: i64,
    /// `SOUK_WALLET_SECONDS`: how long a shopper has to confirm in their wallet.
    pub wallet_seconds: i64,
    /// `SOUK_TRANSFER_SECONDS`: how long a bank transfer is waited for; three days by default.
    pub transfer_seconds: i64,
    /// `SOUK_SANDBOX_LATENCY_MS`: how long the sandbox takes to authorize.
    pub sandbox_latency_ms: u64,
    /// `SOUK_DEMO`: what an empty shop is filled with: `all` of the demo catalogue, its first
    /// `shelf`, or `none`; `true` and `false` mean the first and the last. By default all in a sandbox,
    /// none in production.
    #[serde(deserialize_with = "demo")]
    pub demo: Option<Demo>,
    /// `SOUK_CARRIER_SPEED`: how many times faster than a real one the simulated carrier is; 0: parcels
    /// are moved by hand, as by default in production.
    pub carrier_speed: Option<u32>,
    /// `SOUK_WORKERS`: threads of the runtime; 0 means one a core.
    pub workers: usize,
    /// `SOUK_SWEEP_MS`: pause between two sweeps, and between two rounds of recovery.
    pub sweep_ms: u64,
    /// `SOUK_RATE_LIMITS`: `sign-in` (what guesses passwords is limited), `on` (everything is), `off`.
    #[serde(deserialize_with = "rate_limits")]
    pub rate_limits: LimitsOn,
    /// `SOUK_BEHIND_PROXY`: whether a proxy in front names the client in `X-Forwarded-For`.
    pub behind_proxy: bool,
}

/// The longest that stock is kept for somebody who pays: thirty days.
const SECONDS_MAX: i64 = 30 * 24 * 60 * 60;

/// How much of the demo catalogue an empty shop gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demo {
    /// Nothing.
    None,
    /// What is there before the doors open: the same few dozen products each time.
    Shelf,
    /// That, and two thousand generated products behind it.
    All,
}

impl std::str::FromStr for Demo {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "none" | "false" => Ok(Self::None),
            "shelf" => Ok(Self::Shelf),
            "all" | "true" => Ok(Self::All),
            _ => Err(format!("{text:?} is not all, shelf or none")),
        }
    }
}

fn demo<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Demo>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Said {
        Whether(bool),
        Which(String),
    }
    match Said::deserialize(from)? {
        Said::Whether(true) => Ok(Some(Demo::All)),
        Said::Whether(false) => Ok(Some(Demo::None)),
        Said::Which(text) => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

fn rate_limits<'de, D: serde::Deserializer<'de>>(from: D) -> Result<LimitsOn, D::Error> {
    String::deserialize(from)?.parse().map_err(serde::de::Error::custom)
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::Sandbox,
            allow_public_sandbox: false,
            secret: String::from(mode::SANDBOX_SECRET),
            gateway: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            sandbox_listen: SocketAddr::from(([127, 0, 0, 1], 8081)),
            data: PathBuf::from("./souk-data"),
            name: String::from("Souk"),
            base_url: None,
            mail_from: None,
            sandbox_origin: None,
            currency: String::from("EUR"),
            hold_seconds: 15 * 60,
            wallet_seconds: 15 * 60,
            transfer_seconds: 3 * 24 * 60 * 60,
            sandbox_latency_ms: 0,
            demo: None,
            carrier_speed: None,
            workers: 0,
            sweep_ms: 1_000,
            rate_limits: LimitsOn::default(),
            behind_proxy: false,
        }
    }
}

impl Config {
    /// Reads the file (`souk.toml` here, unless named) and the environment.
    ///
    /// # Errors
    /// A file that can't be read; a key that is unknown; a value that can't be.
    pub fn load(file: Option<&Path>) -> Result<Self, String> {
        let path = file.unwrap_or(Path::new("souk.toml"));
        let mut config = match std::fs::read_to_string(path) {
            Ok(text) => toml::from_str(&text).map_err(|e| format!("{}: {e}", path.display()))?,
            Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => {
                Self::default()
            }
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        config.environment(|key| std::env::var(key).ok())?;
        config.check()?;
        Ok(config)
    }

    fn environment(&mut self, get: impl Fn(&str) -> Option<String>) -> Result<(), String> {
        set(&mut self.mode, "SOUK_MODE", get("SOUK_MODE"))?;
        set(&mut self.secret, "SOUK_SECRET", get("SOUK_SECRET"))?;
        if let Some(said) = get("SOUK_ALLOW_PUBLIC_SANDBOX") {
            let wrong = || String::from("SOUK_ALLOW_PUBLIC_SANDBOX: yes or no");
            self.allow_public_sandbox = mode::said_yes(&said).ok_or_else(wrong)?;
        }
        set_some(&mut self.gateway, "SOUK_GATEWAY", get("SOUK_GATEWAY"))?;
        set(&mut self.listen, "SOUK_LISTEN", get("SOUK_LISTEN"))?;
        set(&mut self.sandbox_listen, "SOUK_SANDBOX_LISTEN", get("SOUK_SANDBOX_LISTEN"))?;
        set(&mut self.data, "SOUK_DATA", get("SOUK_DATA"))?;
        set(&mut self.name, "SOUK_NAME", get("SOUK_NAME"))?;
        set(&mut self.currency, "SOUK_CURRENCY", get("SOUK_CURRENCY"))?;
        set(&mut self.hold_seconds, "SOUK_HOLD_SECONDS", get("SOUK_HOLD_SECONDS"))?;
        set(&mut self.wallet_seconds, "SOUK_WALLET_SECONDS", get("SOUK_WALLET_SECONDS"))?;
        set(&mut self.transfer_seconds, "SOUK_TRANSFER_SECONDS", get("SOUK_TRANSFER_SECONDS"))?;
        let latency = get("SOUK_SANDBOX_LATENCY_MS");
        set(&mut self.sandbox_latency_ms, "SOUK_SANDBOX_LATENCY_MS", latency)?;
        set_some(&mut self.demo, "SOUK_DEMO", get("SOUK_DEMO"))?;
        set_some(&mut self.carrier_speed, "SOUK_CARRIER_SPEED", get("SOUK_CARRIER_SPEED"))?;
        set(&mut self.workers, "SOUK_WORKERS", get("SOUK_WORKERS"))?;
        set(&mut self.sweep_ms, "SOUK_SWEEP_MS", get("SOUK_SWEEP_MS"))?;
        set(&mut self.rate_limits, "SOUK_RATE_LIMITS", get("SOUK_RATE_LIMITS"))?;
        set(&mut self.behind_proxy, "SOUK_BEHIND_PROXY", get("SOUK_BEHIND_PROXY"))?;
        self.base_url = get("SOUK_BASE_URL").or(self.base_url.take());
        self.mail_from = get("SOUK_MAIL_FROM").or(self.mail_from.take());
        self.sandbox_origin = get("SOUK_SANDBOX_ORIGIN").or(self.sandbox_origin.take());
        Ok(())
    }

    fn check(&self) -> Result<(), String> {
        match self.mode {
            Mode::Sandbox => self.check_sandbox()?,
            Mode::Production => self.check_production()?,
        }
        for (key, seconds) in [
            ("hold_seconds", self.hold_seconds),
            ("wallet_seconds", self.wallet_seconds),
            ("transfer_seconds", self.transfer_seconds),
        ] {
            if !(1..=SECONDS_MAX).contains(&seconds) {
                return Err(format!("{key}: between 1 and {SECONDS_MAX}"));
            }
        }
        if let Some(from) = &self.mail_from {
            souk_accounts::Email::parse(from).map_err(|e| format!("mail_from: {e}"))?;
        }
        self.currency.parse::<souk_kernel::Currency>().map_err(|e| format!("currency: {e}"))?;
        Ok(())
    }

    /// Where browsers reach the shop, without a slash at its end: paths are written behind it.
    pub fn base_url(&self) -> String {
        let said = self.base_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        said.unwrap_or_else(|| format!("http://{}", self.listen))
    }

    /// Who writes the shop's mails.
    pub fn writer(&self) -> souk_notifications::Shop {
        let shop = souk_notifications::Shop::new(self.name.clone(), self.base_url());
        match &self.mail_from {
            Some(from) => souk_notifications::Shop { email: from.trim().to_owned(), ..shop },
            None => shop,
        }
    }

    /// Where browsers reach the sandbox gateway.
    pub fn sandbox_origin(&self) -> String {
        let port = self.sandbox_listen.port();
        self.sandbox_origin.clone().unwrap_or_else(|| format!("http://localhost:{port}"))
    }
}

fn set<T: std::str::FromStr>(
    field: &mut T,
    key: &str,
    value: Option<String>,
) -> Result<(), String> {
    if let Some(value) = value {
        // The value of a secret is never repeated.
        let shown = if key == "SOUK_SECRET" { "it" } else { value.as_str() };
        *field = value.parse().map_err(|_| format!("{key}: {shown:?} can't be"))?;
    }
    Ok(())
}

fn set_some<T: std::str::FromStr>(
    field: &mut Option<T>,
    key: &str,
    value: Option<String>,
) -> Result<(), String> {
    if let Some(value) = value {
        *field = Some(value.parse().map_err(|_| format!("{key}: {value:?} can't be"))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_written_behind_the_base_url() {
        let said =
            |url: &str| Config { base_url: Some(url.into()), ..Config::default() }.base_url();
        for url in ["https://shop.example", "https://shop.example/", "https://shop.example//"] {
            assert_eq!(said(url), "https://shop.example");
        }
        assert_eq!(said("https://example.com/shop/"), "https://example.com/shop");
        assert_eq!(Config::default().base_url(), "http://127.0.0.1:8080");
    }

    #[test]
    fn the_environment_overrides_and_is_checked() {
        let mut config = Config::default();
        let set = |key: &str| match key {
            "SOUK_LISTEN" => Some("127.0.0.1:9000".to_owned()),
            "SOUK_HOLD_SECONDS" => Some("5".to_owned()),
            "SOUK_RATE_LIMITS" => Some("on".to_owned()),
            _ => None,
        };
        config.environment(set).unwrap();
        assert_eq!((config.base_url().as_str(), config.hold_seconds), ("http://127.0.0.1:9000", 5));
        assert_eq!(config.rate_limits, LimitsOn::All);
        let file: Config = toml::from_str("rate_limits = 'off'").unwrap();
        assert_eq!(file.rate_limits, LimitsOn::Off);
        assert!(toml::from_str::<Config>("rate_limits = 'maybe'").is_err());
        assert_eq!(config.writer().email, "shop@localhost");
        let from = |key: &str| (key == "SOUK_MAIL_FROM").then(|| "hello@shop.example".to_owned());
        config.environment(from).unwrap();
        assert_eq!(config.writer().email, "hello@shop.example");
        config.mail_from = Some("hello@shop.example, all@shop.example".to_owned());
        assert!(config.check().unwrap_err().contains("mail_from"));
        let bad = |key: &str| (key == "SOUK_LISTEN").then(|| "nowhere".to_owned());
        assert!(config.environment(bad).unwrap_err().contains("SOUK_LISTEN"));
    }
}
