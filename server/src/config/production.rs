//! What the production profile refuses: this list, and nothing is refused elsewhere. `config check`
//! and docs/operations/configuration.md print it.
//!
//! It is meant as an allow-list: each setting has a decision in [`super::settings`], and a new one
//! that could be dangerous gets a rule here.

use std::{collections::BTreeMap, fs, net::SocketAddr, path::Path};

use sv_boot::config::{Layers, Origin, SettingPath};
use sv_kernel::{Tenant, service_keys::PublicKey};
use sv_payments::Provider;

use super::{Behind, Config, address::is_of_this_machine};

/// One thing that production refuses.
pub(crate) struct Rule {
    /// The settings that it reads.
    pub settings: &'static [&'static str],
    /// What is refused.
    pub refuses: &'static str,
    /// What to do instead.
    pub instead: &'static str,
    /// Whether only `run` is held to it, not the commands beside a server.
    pub only_to_run: bool,
    /// Lists the settings that break it.
    broken_by: fn(&Config, &Layers) -> Vec<SettingPath>,
}

/// The shortest secret, in bytes: as long as the hash that it keys (RFC 7518, section 3.2).
const SECRET_BYTES: usize = 32;
/// Secrets whose length is up to the server that made them.
const MADE_BY_SERVERS: &[&str] = &["bus.password", "vault.token"];
/// Rates above these, in calls per minute, keep nobody from anything.
const RATES: &[(&str, u64)] = &[
    ("edge.rates.default.address", 100_000),
    ("edge.rates.default.account", 100_000),
    ("edge.rates.credentials.address", 600),
    ("edge.rates.credentials.account", 600),
    ("edge.rates.search.address", 100_000),
    ("edge.rates.search.account", 100_000),
    ("edge.rates.bad_tokens", 10_000),
];

/// Everything that production refuses.
pub(crate) const RULES: &[Rule] = &[
    Rule {
        settings: &["payments.provider"],
        refuses: "a payment provider that moves no money",
        instead: "set it to stripe, or to none: nothing is sold, and what was sold before goes on",
        only_to_run: false,
        broken_by: |config, _| {
            when(
                payments(config).provider == Provider::Test,
                "payments.provider",
            )
        },
    },
    Rule {
        settings: &[
            "payments.stripe_secret_key",
            "payments.stripe_webhook_secret",
        ],
        refuses: "Stripe without its keys, or with a key for tests",
        instead: "set the live key (STRIPE_SECRET_KEY) and the secret of the endpoint for events (STRIPE_WEBHOOK_SECRET)",
        only_to_run: false,
        broken_by: |config, _| {
            let options = payments(config);
            let stripe = options.provider == Provider::Stripe;
            let key = &options.stripe_secret_key;
            let tests = ["sk_test_", "rk_test_"]
                .iter()
                .any(|test| key.starts_with(test));
            [
                when(
                    stripe && (key.is_empty() || tests),
                    "payments.stripe_secret_key",
                ),
                when(
                    stripe && options.stripe_webhook_secret.is_empty(),
                    "payments.stripe_webhook_secret",
                ),
            ]
            .concat()
        },
    },
    Rule {
        settings: &["auth.bcrypt_cost"],
        refuses: "password hashes of a cost below 10",
        instead: "set 10 or more",
        only_to_run: false,
        broken_by: |config, _| when(auth(config).bcrypt_cost < 10, "auth.bcrypt_cost"),
    },
    Rule {
        settings: &["auth.access_token_seconds"],
        refuses: "access tokens that live longer than 24 hours, or not at all",
        instead: "set 1 to 86400 seconds; refresh tokens keep people signed in",
        only_to_run: false,
        broken_by: |config, _| {
            when(
                !(1..=86_400).contains(&auth(config).access_token_seconds),
                "auth.access_token_seconds",
            )
        },
    },
    Rule {
        settings: &["auth.jwt_secret"],
        refuses: "tokens signed by a shared secret (HS256)",
        instead: "leave it empty (unset JWT_SECRET); keys sign then, and change by themselves",
        only_to_run: false,
        broken_by: |config, _| when(!auth(config).jwt_secret.is_empty(), "auth.jwt_secret"),
    },
    Rule {
        settings: &["every secret"],
        refuses: "a secret shorter than 32 bytes",
        instead: "make one by: openssl rand -base64 33",
        only_to_run: false,
        broken_by: |_, layers| short_secrets(layers),
    },
    Rule {
        settings: &[
            "edge.rates.enabled",
            "edge.rates.default.address",
            "edge.rates.default.account",
            "edge.rates.credentials.address",
            "edge.rates.credentials.account",
            "edge.rates.search.address",
            "edge.rates.search.account",
            "edge.rates.bad_tokens",
        ],
        refuses: "rates that are switched off, or so high that they keep nobody from anything \
                  (above 100000 calls a minute; credentials: 600; bad tokens: 10000)",
        instead: "keep the defaults, or raise what a real client needs",
        only_to_run: false,
        broken_by: |config, layers| boundless_rates(config, layers),
    },
    Rule {
        settings: &["server.listen"],
        refuses: "a start that does not say where to listen",
        instead: "give server.listen, PORT or --listen; what the outside reaches is nobody's guess",
        only_to_run: true,
        broken_by: |_, layers| {
            when(
                layers.origin(&"server.listen".into()) == Origin::Default,
                "server.listen",
            )
        },
    },
    Rule {
        settings: &[
            "server.listen",
            "server.ops_listen",
            "server.behind",
            "edge.tls.certificate",
            "mesh.tls.certificate",
        ],
        refuses: "listening beyond this machine without TLS",
        instead: "give the port a certificate (edge.tls, between services mesh.tls), or say what encrypts before it: server.behind: proxy or \
                  server.behind: mesh; the operators' port has no TLS of its own",
        only_to_run: false,
        broken_by: |config, _| {
            let open = |address: SocketAddr, name| {
                let bare = config.server.behind == Behind::Nothing;
                when(bare && !address.ip().is_loopback(), name)
            };
            let secure = config.edge.tls.is_on() || config.mesh.tls.is_on();
            let listen = if secure {
                Vec::new()
            } else {
                open(config.server.listen, "server.listen")
            };
            [listen, open(config.server.ops_listen, "server.ops_listen")].concat()
        },
    },
    Rule {
        settings: &["edge.trusted_proxies", "server.behind"],
        refuses: "believing X-Forwarded-For where no proxy stands, or not believing the proxy that \
                  does: callers choose their own address then, or all share the proxy's",
        instead: "set edge.trusted_proxies to the number of proxies, and server.behind to proxy or mesh",
        only_to_run: false,
        broken_by: |config, _| {
            let wrong = match config.server.behind {
                Behind::Nothing => config.edge.trusted_proxies > 0,
                Behind::Proxy => config.edge.trusted_proxies == 0,
                Behind::Mesh => false,
            };
            when(wrong, "edge.trusted_proxies")
        },
    },
    Rule {
        settings: &[
            "peers",
            "store.url",
            "store.ca",
            "bus.kafka_brokers",
            "bus.tls",
            "index.opensearch_url",
            "counters.redis_url",
            "fanout.nats_url",
            "blobs.endpoint",
            "mail.smtp_url",
            "vault.address",
            "telemetry.otlp_endpoint",
            "server.behind",
        ],
        refuses: "connections to other machines without TLS",
        instead: "use mesh.tls and https:// (peers), https:// (OpenSearch, S3, Vault, traces), rediss:// (Redis), tls:// (NATS), \
                  smtps:// or tls=required (mail), bus.tls (Kafka), store.ca or sslmode=require (PostgreSQL); or run \
                  in a mesh that encrypts, and say server.behind: mesh",
        only_to_run: false,
        broken_by: |config, _| unencrypted(config),
    },
    Rule {
        settings: &["mail.from", "mail.link_base", "mail.link_base_of"],
        refuses: "mails that do not say who they are from, and links in them that lead nowhere, to another tenant \
                  or go without TLS",
        instead: "set an address of yours, and that of the web app by https://, also of each tenant that \
                  edge.tenants names",
        only_to_run: false,
        broken_by: |config, _| unfit_mails(config),
    },
    Rule {
        settings: &["mesh.trusted_keys"],
        refuses: "services that share one identity: one key that is handed out for several",
        instead: "hand out the key that each service has made for itself",
        only_to_run: false,
        broken_by: |config, _| when(share_keys(&config.mesh.trusted_keys), "mesh.trusted_keys"),
    },
    Rule {
        settings: &["streaming.weak_sandbox"],
        refuses: "reading strangers' video files by programs that the kernel does not keep from other files",
        instead: "import on Linux 5.13 or newer with Landlock",
        only_to_run: false,
        broken_by: |config, _| when(streaming(config).weak_sandbox, "streaming.weak_sandbox"),
    },
    Rule {
        settings: &["server.demo"],
        refuses: "demonstration data",
        instead: "leave it off",
        only_to_run: false,
        broken_by: |config, _| when(config.server.demo, "server.demo"),
    },
];

impl Rule {
    /// Says what the rule refuses, in one line.
    pub(crate) fn told(&self) -> String {
        format!("{}: {}; {}", self.names(), self.refuses, self.instead)
    }

    /// Names the settings; many of one section by the section.
    fn names(&self) -> String {
        let sections = self.settings.iter().map(|name| section(name));
        match self.settings {
            [first, ..]
                if self.settings.len() > 4 && sections.clone().all(|s| s == section(first)) =>
            {
                format!("{}.*", section(first))
            }
            _ => self.settings.join(", "),
        }
    }

    /// Lists what breaks the rule, for people.
    pub(crate) fn broken(&self, config: &Config, layers: &Layers) -> Vec<String> {
        (self.broken_by)(config, layers)
            .into_iter()
            .map(|setting| {
                format!(
                    "{setting} ({}): production refuses {}; {}",
                    layers.origin(&setting),
                    self.refuses,
                    self.instead
                )
            })
            .collect()
    }
}

/// Returns the first two steps of a name, or the first.
fn section(name: &str) -> &str {
    let end = name
        .match_indices('.')
        .nth(1)
        .or_else(|| name.match_indices('.').next());
    end.map_or(name, |(at, _)| &name[..at])
}

fn auth(config: &Config) -> sv_auth::Options {
    config.of(&sv_auth::SERVICE)
}

fn payments(config: &Config) -> sv_payments::Options {
    config.of(&sv_payments::SERVICE)
}

fn streaming(config: &Config) -> sv_streaming::Options {
    config.of(&sv_streaming::SERVICE)
}

fn when(broken: bool, setting: &str) -> Vec<SettingPath> {
    if broken {
        vec![setting.into()]
    } else {
        Vec::new()
    }
}

/// Says whether a folder of public keys names one key for several services. A folder that cannot be
/// read is an error of the start.
fn share_keys(folder: &Path) -> bool {
    let mut services = BTreeMap::new();
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    files
        .filter_map(|file| serde_json::from_slice::<PublicKey>(&fs::read(file.path()).ok()?).ok())
        .any(|key| {
            let first = services.entry(key.x).or_insert_with(|| key.service.clone());
            *first != key.service
        })
}

fn short_secrets(layers: &Layers) -> Vec<SettingPath> {
    let short = |setting: &SettingPath| match layers.get(setting) {
        _ if MADE_BY_SERVERS
            .iter()
            .any(|name| *setting == SettingPath::from(*name)) =>
        {
            false
        }
        Some(serde_json::Value::String(secret)) => {
            !secret.is_empty() && secret.len() < SECRET_BYTES
        }
        _ => false,
    };
    let secrets = layers.secrets();
    secrets.into_iter().filter(short).collect()
}

fn boundless_rates(config: &Config, layers: &Layers) -> Vec<SettingPath> {
    let above = |(name, most): &(&str, u64)| {
        let setting = SettingPath::from(*name);
        let rate = layers.get(&setting).and_then(serde_json::Value::as_u64);
        rate.is_some_and(|rate| rate > *most).then_some(setting)
    };
    let mut broken = when(!config.edge.rates.enabled, "edge.rates.enabled");
    broken.extend(RATES.iter().filter_map(above));
    broken
}

fn unfit_mails(config: &Config) -> Vec<SettingPath> {
    let mail = &config.mail;
    if mail.smtp_url.is_empty() {
        return Vec::new();
    }
    let bare = |address: &str| !address.starts_with("https://");
    let unsaid = mail.from == super::MailConfig::default().from;
    let of = mail.link_base_of.iter().filter(|(_, base)| bare(base));
    let of = of.map(|(tenant, _)| SettingPath::from("mail.link_base_of").then(tenant));
    // Links of a tenant with hosts of its own hold there only.
    let elsewhere = |tenant: &&String| {
        **tenant != Tenant::default().to_string() && !mail.link_base_of.contains_key(*tenant)
    };
    let unnamed = config.edge.tenants.values().filter(elsewhere);
    let unnamed = unnamed.map(|tenant| SettingPath::from("mail.link_base_of").then(tenant));
    let mut broken = when(unsaid, "mail.from");
    broken.extend(when(bare(&mail.link_base), "mail.link_base"));
    broken.extend(of);
    broken.extend(unnamed);
    broken
}

fn unencrypted(config: &Config) -> Vec<SettingPath> {
    if config.server.behind == Behind::Mesh {
        return Vec::new();
    }
    let bare = |address: &str| !address.is_empty() && !is_of_this_machine(address);
    let plain = |addresses: &str| {
        let mut each = addresses.split(',').map(str::trim);
        each.any(|address| bare(address) && !address.starts_with("https://"))
    };
    let peers = config.peers.iter().filter(|(_, address)| plain(address));
    let mut broken: Vec<_> = peers
        .map(|(name, _)| SettingPath::from("peers").then(name))
        .collect();
    let has_tls = [
        "sslmode=require",
        "sslmode=verify-ca",
        "sslmode=verify-full",
    ];
    let url = &config.store.url;
    let vouched = !config.store.ca.as_os_str().is_empty() && !url.contains("sslmode=");
    let postgres = bare(url) && !vouched && !has_tls.iter().any(|mode| url.contains(mode));
    broken.extend(when(postgres, "store.url"));
    let kafka = bare(&config.bus.kafka_brokers) && !config.bus.tls;
    broken.extend(when(kafka, "bus.kafka_brokers"));
    let smtp = &config.mail.smtp_url;
    let mail = bare(smtp) && !smtp.starts_with("smtps://") && !smtp.ends_with("tls=required");
    broken.extend(when(mail, "mail.smtp_url"));
    for (name, address, with_tls) in [
        (
            "index.opensearch_url",
            &config.index.opensearch_url,
            "https://",
        ),
        (
            "counters.redis_url",
            &config.counters.redis_url,
            "rediss://",
        ),
        ("fanout.nats_url", &config.fanout.nats_url, "tls://"),
        ("blobs.endpoint", &config.blobs.endpoint, "https://"),
        ("vault.address", &config.vault.address, "https://"),
        (
            "telemetry.otlp_endpoint",
            &config.telemetry.otlp_endpoint,
            "https://",
        ),
    ] {
        broken.extend(when(bare(address) && !address.starts_with(with_tls), name));
    }
    broken
}
