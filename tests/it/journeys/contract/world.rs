//! A running program with demonstration data, an account of every kind, and what rows may name.

use std::{cell::RefCell, collections::BTreeMap};

use serde_json::{Value, json};

use super::{document::Operation, wire::Request};
use crate::harness::{Client, Deployment};

/// An id that nothing has.
pub(super) const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

/// The roles of the table of who may call what, beside viewers and administrators.
const ROLES: [&str; 4] = ["creator", "analyst", "moderator", "support"];

/// Viewers, each with what rows let it have.
const VIEWERS: [&str; 6] = ["viewer", "stranger", "payer", "buyer", "guest", "watcher"];

/// The program, and whom rows name.
pub(super) struct World {
    /// The address of the public port.
    pub(super) edge: String,
    /// What stands before the paths of clients.
    prefix: &'static str,
    /// Access tokens by who has them.
    tokens: BTreeMap<String, String>,
    /// What rows call by `$name`.
    values: RefCell<BTreeMap<String, String>>,
    deployment: Deployment,
}

impl World {
    /// Starts the program, and makes the accounts.
    pub(super) fn start(groups: &[&str], prefix: &'static str) -> Self {
        let own = [
            ("STREAMVERSE_SERVER__DEMO", "true"),
            ("STREAMVERSE_EDGE__RATES__ENABLED", "false"),
            ("STREAMVERSE_USERS__MAX_PROFILES", "5"),
        ];
        let own = own.map(|(name, value)| (name, value.to_owned()));
        let deployment = Deployment::start(groups, &own);
        deployment.until_logged("demonstration clips loaded");
        let mut world = Self {
            edge: deployment.edge.clone(),
            prefix,
            tokens: BTreeMap::new(),
            values: RefCell::default(),
            deployment,
        };
        world.people();
        world.things();
        world
    }

    fn people(&mut self) {
        let mut admin = Client::new(&self.edge);
        let (email, password) = self.deployment.admin();
        let root = admin.login(&email, &password);
        self.set("admin_id", &root["user"]["id"]);
        self.keep("admin", &admin);
        // The same account in a session that is bound to a profile.
        let mut bound = Client::new(&self.edge);
        bound.login(&email, &password);
        let own = json!({"profileId": root["user"]["defaultProfileId"]});
        let selected = bound.post("/auth/profile/select", &own).data(200);
        bound.token = selected["accessToken"].as_str().map(ToOwned::to_owned);
        self.keep("bound", &bound);
        for name in VIEWERS {
            self.join(name);
        }
        for role in ROLES {
            let mut member = self.join(role);
            let id = self.value(&format!("{role}_id"));
            let roles = json!({"roles": [role]});
            admin
                .put(&format!("/admin/users/{id}/roles"), &roles)
                .data(200);
            member.login(
                &format!("{role}@walk.example.org"),
                "a long enough password",
            );
            self.keep(role, &member);
        }
        // A household with a child, whose session is bound, and with a profile that has a PIN.
        let parent = self.join("parent");
        let mut child = self.join_again("parent");
        let kid = json!({"name": "Kim", "isKids": true});
        let kid = parent.post("/users/profiles", &kid).data(201);
        let locked = parent
            .post("/users/profiles", &json!({"name": "Ola"}))
            .data(201);
        let path = format!(
            "/users/profiles/{}/controls",
            locked["id"].as_str().unwrap()
        );
        let pin = json!({"newPin": "1357", "password": "a long enough password"});
        parent.put(&path, &pin).data(200);
        self.set("locked_profile", &locked["id"]);
        let bound = json!({"profileId": kid["id"]});
        let bound = child.post("/auth/profile/select", &bound).data(200);
        child.token = bound["accessToken"].as_str().map(ToOwned::to_owned);
        self.keep("child", &child);
    }

    /// What the demonstration has, and what is sold and broadcast beside it.
    fn things(&self) {
        for (name, value) in [
            ("unknown", UNKNOWN),
            ("free", "01936f00-0001-7000-8000-000000000001"),
            ("short", "01936f00-0002-7000-8000-000000000002"),
            ("basic", "0192f000-0000-7000-8000-000000000001"),
        ] {
            self.set(name, &value.into());
        }
        self.set("long", &"x".repeat(257).into());
        let editor = self.client("admin");
        let film = json!({"title": "The Sold Boat", "status": "published", "monetization": "tvod"});
        let film = editor.post("/admin/ondemand/movies", &film).data(201);
        self.set("sold", &film["id"]);
        let price = |hours: u16, minor: u16| json!({"durationHours": hours, "priceMinor": minor, "currency": "EUR"});
        let rule = json!({
            "contentId": film["id"], "purchase": {"priceMinor": 999, "currency": "EUR"},
            "rentals": [price(48, 399), price(168, 599)],
        });
        editor.post("/admin/rights/rules", &rule).data(201);
        for (name, way) in [("coast", "avod"), ("night", "svod")] {
            let channel = json!({
                "name": name, "status": "published", "monetization": way, "isLive": true,
                "loopContentId": self.value("short"),
            });
            let made = editor.post("/admin/livetv/channels", &channel).data(201);
            self.set(name, &made["id"]);
        }
    }

    /// Registers an account under a name.
    fn join(&mut self, name: &str) -> Client {
        let mut client = Client::new(&self.edge);
        let made = client.register(&format!("{name}@walk.example.org"));
        self.set(&format!("{name}_id"), &made["user"]["id"]);
        let profile = &made["user"]["defaultProfileId"];
        self.set(&format!("{name}_profile"), profile);
        self.keep(name, &client);
        client
    }

    fn join_again(&self, name: &str) -> Client {
        let mut client = Client::new(&self.edge);
        let email = format!("{name}@walk.example.org");
        client.login(&email, "a long enough password");
        client
    }

    fn keep(&mut self, name: &str, client: &Client) {
        let token = client.token.clone().expect("a token");
        self.tokens.insert(name.to_owned(), token);
    }

    fn client(&self, name: &str) -> Client {
        let mut client = Client::new(&self.edge);
        client.token = self.tokens.get(name).cloned();
        client
    }

    /// Remembers a value by a name.
    pub(super) fn set(&self, name: &str, value: &Value) {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), ToOwned::to_owned);
        self.values.borrow_mut().insert(name.to_owned(), text);
    }

    /// Returns what a name stands for.
    pub(super) fn value(&self, name: &str) -> String {
        let values = self.values.borrow();
        let value = values.get(name);
        value
            .unwrap_or_else(|| panic!("no row has made ${name}"))
            .clone()
    }

    /// Puts the values of names into a text: `$film`.
    pub(super) fn filled(&self, text: &str) -> String {
        let mut parts = text.split('$');
        let mut filled = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let end = part.find(|c| !is_name(c)).unwrap_or(part.len());
            filled = filled + &self.value(&part[..end]) + &part[end..];
        }
        filled
    }

    /// Begins a request of an operation: at its address, as someone. A token may stand for whom it is of.
    pub(super) fn request(&self, operation: &Operation, who: &str, target: &str) -> Request {
        let prefix = if operation.is_for_clients() {
            self.prefix
        } else {
            ""
        };
        let request = Request {
            method: operation.method.clone(),
            target: format!("{prefix}{target}"),
            ..Request::default()
        };
        let token = self.tokens.get(who).map(String::as_str);
        match token.unwrap_or(who) {
            "nobody" => request,
            token => request.with("authorization", &format!("Bearer {token}")),
        }
    }
}
