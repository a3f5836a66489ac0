//! The processes: three kinds, two of each.

mod certificates;

use std::{
    fs,
    net::TcpListener,
    process::{Command, Output},
    time::{Duration, Instant},
};

use sea_orm::{ConnectionTrait as _, Database, DbBackend, Statement};

use self::certificates::{Authority, Mount};
use crate::harness::{Client, Server, tls::Authorities, with_others};

/// What each process runs; few processes, because each takes memory.
const KINDS: [&str; 3] = ["admin,auth,users,content,rights", "others", "edge"];
/// A migration of a later release.
const LATER: &str = "9998_later";
/// How long it takes at most until every process knows a signing key.
const KNOWN: Duration = Duration::from_secs(150);
/// How long a process may take to stop in order.
const STOP: Duration = Duration::from_mins(1);

/// A process with a data folder of its own.
struct Member {
    server: Option<Server>,
    data: tempfile::TempDir,
    services: String,
    port: u16,
    mount: Mount,
}

/// Two of each.
pub(super) struct Group {
    members: Vec<Member>,
    env: Vec<(String, String)>,
    admin: (String, String),
    /// Who vouches for the processes at first, and who does later.
    authorities: [Authority; 2],
    _media: tempfile::TempDir,
}

impl Group {
    /// Starts all of them on these servers.
    pub(super) fn start(servers: &[(&'static str, String)]) -> Self {
        let media = tempfile::tempdir().unwrap();
        let kinds = with_others(&KINDS);
        let authorities = [(); 2].map(|()| Authority::new());
        // Free ports, held until all are chosen.
        let ports = [(); 6].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let members: Vec<Member> = ports
            .iter()
            .enumerate()
            .map(|(n, port)| Member {
                server: None,
                data: tempfile::tempdir().unwrap(),
                services: kinds[n / 2].clone(),
                port: port.local_addr().unwrap().port(),
                mount: Mount::new(&authorities[0]),
            })
            .collect();
        drop(ports);
        let own = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut env: Vec<_> = servers
            .iter()
            .map(|(name, value)| own(name, value))
            .collect();
        env.extend([
            own("STREAMVERSE_SERVER__REPLICAS", "true"),
            own("STREAMVERSE_BLOBS__SHARED", "true"),
            own("STREAMVERSE_EDGE__RATES__ENABLED", "false"),
            own("STORAGE_PATH", media.path().to_str().unwrap()),
        ]);
        for services in &kinds[..2] {
            let both = members.iter().filter(|member| member.services == *services);
            let urls: Vec<_> = both
                .map(|m| format!("https://127.0.0.1:{}", m.port))
                .collect();
            for service in services.split(',') {
                let name = format!("{}_SERVICE_URL", service.to_uppercase());
                env.push((name, urls.join(",")));
            }
        }
        let admin = (
            "root@example.org".to_owned(),
            "correct horse battery".to_owned(),
        );
        let mut group = Self {
            members,
            env,
            admin,
            authorities,
            _media: media,
        };
        for place in 0..group.len() {
            // The demonstration comes with the first of a kind.
            group.begin_with(place, place % 2 == 0);
        }
        group.make_admin();
        group
    }

    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Names a process.
    pub(super) fn name(&self, place: usize) -> String {
        format!("{} ({})", self.members[place].services, place % 2)
    }

    /// Says which of the two edges a process is, if it is one.
    pub(super) fn edge_of(&self, place: usize) -> Option<usize> {
        (self.members[place].services == "edge").then_some(place % 2)
    }

    /// Starts a process and waits until it serves.
    pub(super) fn begin(&mut self, place: usize) {
        self.begin_with(place, false);
    }

    fn begin_with(&mut self, place: usize, demo: bool) {
        let member = &mut self.members[place];
        let listen = format!("127.0.0.1:{}", member.port);
        let args = ["--services", &member.services, "--listen", &listen];
        let mut env = self.env.clone();
        env.extend(member.mount.settings(member.services == "edge"));
        if demo {
            env.push(("STREAMVERSE_SERVER__DEMO".to_owned(), "true".to_owned()));
        }
        let log = member.data.path().join("process.log");
        let mut server = Server::start(member.data.path(), log, &args, &env);
        for service in member.services.split(',') {
            let started = server.address(member.data.path(), service);
            started.unwrap_or_else(|log| panic!("{log}"));
        }
        member.server = Some(server);
    }

    /// Tells a process to stop, starts it again, and says whether it stopped in order.
    pub(super) fn restart(&mut self, place: usize) -> bool {
        let member = &mut self.members[place];
        let mut server = member.server.take().expect("it runs");
        let pid = server.child.id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.expect("kill runs").success());
        let ended = server.ends_within(STOP);
        self.begin(place);
        ended
    }

    /// Does to all tables what `migrate` of a later release does, whose migrations only add: each table gets a column,
    /// each schema a table and a line in the history. Returns how many tables and schemas there are.
    pub(super) fn widen_tables(&self) -> (usize, usize) {
        self.sql(async |database| {
            let ask = |sql: &str| Statement::from_string(DbBackend::Postgres, sql);
            let found = "SELECT t.table_schema::text AS schema, t.table_name::text AS name FROM information_schema.tables t
                JOIN information_schema.tables h USING (table_schema)
                WHERE t.table_type = 'BASE TABLE' AND h.table_name = 'migrations'";
            let (mut count, mut schemas) = (0, std::collections::BTreeSet::new());
            for row in database.query_all_raw(ask(found)).await.unwrap() {
                let schema: String = row.try_get("", "schema").unwrap();
                let table: String = row.try_get("", "name").unwrap();
                if table != "migrations" {
                    let sql = format!(
                        "ALTER TABLE \"{schema}\".\"{table}\" ADD COLUMN of_a_later_release BIGINT NOT NULL DEFAULT 7"
                    );
                    database.execute_unprepared(&sql).await.unwrap();
                    count += 1;
                }
                schemas.insert(schema);
            }
            for schema in &schemas {
                let sql = format!(
                    "CREATE TABLE \"{schema}\".later (id BIGINT PRIMARY KEY);
                    INSERT INTO \"{schema}\".migrations (id, checksum, applied_at) VALUES ('{LATER}', 'x', 0)"
                );
                database.execute_unprepared(&sql).await.unwrap();
            }
            (count, schemas.len())
        })
    }

    /// Has the key that was published next sign from now on; waits until every process knows it.
    pub(super) fn change_signing_key(&self) {
        let begin = Instant::now();
        loop {
            let said = self.run(&["keys", "rotate"]);
            let text = String::from_utf8_lossy(&said.stderr).into_owned();
            if said.status.success() {
                return;
            }
            assert!(
                text.contains("not every process knows the next key") && begin.elapsed() < KNOWN,
                "{text}"
            );
            std::thread::sleep(Duration::from_secs(1));
        }
    }

    /// Returns what tokens that each edge hands out are signed by: their headers, which name the key.
    pub(super) fn signing_keys(&self) -> [String; 2] {
        self.clients().map(|mut client| {
            client.login(&self.admin.0, &self.admin.1);
            let token = client.token.unwrap_or_default();
            token.split('.').next().unwrap_or_default().to_owned()
        })
    }

    /// Makes another login of the database, a member of the role that owns the tables, which processes begin with from
    /// now on; returns the one of before (docs/operations/rotation.md).
    pub(super) fn change_login(&mut self) -> String {
        const LOGIN: &str = "another_login";
        let old = self.sql(async |database| {
            let who = Statement::from_string(DbBackend::Postgres, "SELECT current_user::text AS name");
            let row = database.query_one_raw(who).await.unwrap().expect("a row");
            let old: String = row.try_get("", "name").unwrap();
            let sql = format!(
                "CREATE ROLE {LOGIN} LOGIN PASSWORD '{LOGIN}' IN ROLE \"{old}\"; ALTER ROLE {LOGIN} SET role = '{old}'"
            );
            database.execute_unprepared(&sql).await.unwrap();
            old
        });
        let url = self.env.iter_mut().find(|(name, _)| name == "DATABASE_URL");
        let url = &mut url.expect("tables are on a server").1;
        let (scheme, rest) = url.split_once("://").expect("an address");
        let (_, place) = rest.split_once('@').expect("a login");
        *url = format!("{scheme}://{LOGIN}:{LOGIN}@{place}");
        old
    }

    /// Counts who else is connected to the database by a login.
    pub(super) fn connections_by(&self, login: &str) -> i64 {
        let sql = format!(
            "SELECT count(*) AS n FROM pg_stat_activity
                WHERE datname = current_database() AND usename = '{login}' AND pid <> pg_backend_pid()"
        );
        self.sql(async |database| {
            let ask = Statement::from_string(DbBackend::Postgres, sql);
            let row = database.query_one_raw(ask).await.unwrap().expect("a row");
            row.try_get("", "n").unwrap()
        })
    }

    /// Says in the history of `content` that only programs that know the later release's migration may go on, and
    /// returns what this one says about that; then takes it back.
    pub(super) fn refused_by_contraction(&self) -> String {
        let history = |sql: &'static str| {
            self.sql(async |database| _ = database.execute_unprepared(sql).await.unwrap());
        };
        history(
            "INSERT INTO content.migrations (id, checksum, applied_at, lowest)
                VALUES ('9999_gone', 'x', 0, '9998_later')",
        );
        let said = self.command(&["migrate", "--services", "content"]);
        history("DELETE FROM content.migrations WHERE id = '9999_gone'");
        said
    }

    fn sql<T>(&self, work: impl AsyncFnOnce(&sea_orm::DatabaseConnection) -> T) -> T {
        let url = self.env.iter().find(|(name, _)| name == "DATABASE_URL");
        let url = url.expect("tables are on a server").1.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        runtime.unwrap().block_on(async {
            let database = Database::connect(url).await.unwrap();
            let done = work(&database).await;
            database.close().await.unwrap();
            done
        })
    }

    /// Runs a command that fails, and returns what it says.
    fn command(&self, words: &[&str]) -> String {
        let ended = self.run(words);
        assert!(!ended.status.success(), "{words:?} ends well");
        String::from_utf8_lossy(&ended.stderr).into_owned()
    }

    fn run(&self, words: &[&str]) -> Output {
        Command::new(crate::harness::program())
            .args(words)
            .arg("--data-dir")
            .arg(self.members[0].data.path())
            .envs(self.env.iter().cloned())
            .envs(self.members[0].mount.settings(false))
            .output()
            .unwrap()
    }

    /// Ends a process at once.
    pub(super) fn kill(&mut self, place: usize) {
        self.members[place].server.take().expect("it runs").kill();
    }

    /// Returns a client of each edge.
    pub(super) fn clients(&self) -> [Client; 2] {
        let believed = Authorities::of(&self.both());
        [4, 5].map(|place| {
            let address = format!("https://127.0.0.1:{}", self.members[place].port);
            Client::believing(&believed, &address)
        })
    }

    /// Returns an administrator's client of each edge.
    pub(super) fn editors(&self) -> [Client; 2] {
        let [mut one, mut other] = self.clients();
        one.login(&self.admin.0, &self.admin.1);
        other.token.clone_from(&one.token);
        [one, other]
    }

    fn make_admin(&self) {
        let file = self.members[0].data.path().join("password");
        fs::write(&file, &self.admin.1).unwrap();
        let file = file.to_str().unwrap();
        let made = ["admin", "create", "--email", &self.admin.0];
        let made = self.run(&[&made[..], &["--password-file", file]].concat());
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{said}");
    }
}
