//! Watchlists and ratings: each profile has its own, a child's shows what is for children, and nobody reaches
//! those of strangers (USER-6, X-CAT-8, C3, C44).

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

/// Films by their ratings; the first is for children.
const FILMS: [(&str, &str); 3] = [("Numbat", "G"), ("Dunnart", "PG-13"), ("Quoll", "R")];

const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

/// Calls for a profile of the account.
struct As<'a>(&'a Client, &'a str);

impl As<'_> {
    fn call(&self, method: &str, path: &str, body: Option<&Value>) -> crate::harness::Answer {
        let body = body.map(Value::to_string);
        let headers = [("x-profile-id", self.1)];
        self.0
            .call(method, path, body.as_deref().map(str::as_bytes), &headers)
    }

    fn get(&self, path: &str) -> crate::harness::Answer {
        self.call("GET", path, None)
    }

    fn add(&self, film: &str) -> crate::harness::Answer {
        self.call(
            "POST",
            "/users/watchlist",
            Some(&json!({"contentId": film})),
        )
    }

    fn listed(&self) -> Vec<String> {
        let list = self.get("/users/watchlist").data(200);
        let items = list["items"].as_array().unwrap().iter();
        let title = |item: &Value| item["content"]["title"].as_str().unwrap().to_owned();
        items.map(title).collect()
    }
}

fn make(editor: &Client, (title, rating): (&str, &str)) -> String {
    let film = json!({"title": title, "maturityRating": rating, "status": "published"});
    let made = editor.post("/admin/ondemand/movies", &film).data(201);
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_household_keeps_lists_and_strangers_do_not_reach_them() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let films = FILMS.map(|film| make(&editor, film));

    let (mut ana, mut ben) = (Client::new(&deployment.edge), Client::new(&deployment.edge));
    let anas = ana.register("ana@example.org")["user"]["defaultProfileId"].clone();
    ben.register("ben@example.org");
    let kid = json!({"name": "Kim", "isKids": true});
    let kid = ana.post("/users/profiles", &kid).data(201)["id"].clone();
    let (anas, kid) = (anas.as_str().unwrap(), kid.as_str().unwrap());

    watch(&As(&ana, anas), &As(&ana, kid), &films);
    leave_out(&editor, &As(&ana, anas), &films);
    rate(&As(&ana, anas), &As(&ana, kid), &films);

    // A stranger's profile, and nobody's.
    for profile in [anas, kid, UNKNOWN] {
        let bens = As(&ben, profile);
        for path in ["/users/watchlist", "/users/ratings"] {
            bens.get(path).refused(404, "PROFILE_NOT_FOUND");
        }
        bens.add(&films[0]).refused(404, "PROFILE_NOT_FOUND");
        let rating = format!("/users/ratings/{}", films[0]);
        bens.get(&rating).refused(404, "PROFILE_NOT_FOUND");
        bens.call("DELETE", &rating, None)
            .refused(404, "PROFILE_NOT_FOUND");
    }
    let mine = ben.get("/users/watchlist").data(200);
    assert_eq!(mine["items"], json!([]));
    ben.signed_out()
        .get("/users/watchlist")
        .refused(401, "UNAUTHENTICATED");
}

fn watch(ana: &As<'_>, kid: &As<'_>, films: &[String; 3]) {
    for film in films {
        assert_eq!(ana.add(film).data(200)["content"]["id"], **film);
    }
    // Once more changes nothing, not even its place.
    let first = ana.add(&films[0]).data(200);
    assert_eq!(ana.listed(), ["Quoll", "Dunnart", "Numbat"]);
    let list = ana.get("/users/watchlist").data(200);
    assert_eq!(list["items"][2]["addTime"], first["addTime"]);
    let page = ana.get("/users/watchlist?pageSize=2").data(200);
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let next = page["nextPageToken"].as_str().unwrap();
    let next = ana.get(&format!(
        "/client/users/watchlist?pageSize=2&pageToken={next}"
    ));
    let next = next.data(200);
    assert_eq!(next["items"][0]["content"]["title"], "Numbat");
    assert_eq!(next["nextPageToken"], "");

    // A child has a list of its own, of what it sees.
    assert_eq!(kid.listed(), [""; 0]);
    kid.add(&films[0]).data(200);
    kid.add(&films[1]).refused(404, "CONTENT_NOT_FOUND");
    assert_eq!(kid.listed(), ["Numbat"]);
    kid.add(UNKNOWN).refused(404, "CONTENT_NOT_FOUND");

    // C3: by path and by `id`, and twice.
    let path = format!("/users/watchlist/{}", films[1]);
    ana.call("DELETE", &path, None).data(200);
    ana.call("DELETE", &path, None).data(200);
    let by_id = format!("/users/watchlist?id={}", films[2]);
    ana.call("DELETE", &by_id, None).data(200);
    assert_eq!(ana.listed(), ["Numbat"]);
    ana.call("DELETE", "/users/watchlist", None)
        .refused(400, "ID_REQUIRED");
}

/// A title that is taken off is left out and comes back with its place; one that is deleted stays away.
fn leave_out(editor: &Client, ana: &As<'_>, films: &[String; 3]) {
    ana.add(&films[1]).data(200);
    let set = |film: &str, status: &str| {
        let body = json!({"status": status}).to_string();
        let path = format!("/admin/ondemand/movies/{film}");
        editor
            .call("PATCH", &path, Some(body.as_bytes()), &[])
            .data(200);
    };
    set(&films[0], "archived");
    assert_eq!(ana.listed(), ["Dunnart"]);
    set(&films[0], "published");
    assert_eq!(ana.listed(), ["Dunnart", "Numbat"]);
    let extra = make(editor, ("Bilby", "G"));
    ana.add(&extra).data(200);
    assert_eq!(ana.listed(), ["Bilby", "Dunnart", "Numbat"]);
    editor
        .delete(&format!("/admin/ondemand/movies/{extra}"))
        .data(200);
    assert_eq!(ana.listed(), ["Dunnart", "Numbat"]);
}

fn rate(ana: &As<'_>, kid: &As<'_>, films: &[String; 3]) {
    let path = |film: &str| format!("/users/ratings/{film}");
    let put = |who: &As<'_>, film: &str, body: Value| who.call("PUT", &path(film), Some(&body));
    ana.get(&path(&films[0])).refused(404, "RATING_NOT_FOUND");
    let rating = json!({"stars": 4, "review": " Stripes! "});
    let made = put(ana, &films[0], rating).data(200);
    assert_eq!(
        (&made["stars"], &made["review"]),
        (&json!(4), &json!("Stripes!"))
    );
    assert_eq!(ana.get(&path(&films[0])).data(200), made);
    assert_eq!(
        ana.get(&format!("/users/ratings?id={}", films[0]))
            .data(200),
        made
    );
    let anew = put(ana, &films[0], json!({"stars": 2})).data(200);
    assert_eq!((&anew["stars"], &anew["review"]), (&json!(2), &json!("")));
    assert_eq!(anew["createTime"], made["createTime"]);
    for stars in [0, 6, -1] {
        let refused = put(ana, &films[0], json!({"stars": stars}));
        refused.refused(400, "VALIDATION_FAILED");
    }
    put(ana, UNKNOWN, json!({"stars": 3})).refused(404, "CONTENT_NOT_FOUND");
    put(kid, &films[2], json!({"stars": 3})).refused(404, "CONTENT_NOT_FOUND");
    put(kid, &films[0], json!({"stars": 5})).data(200);

    put(ana, &films[1], json!({"stars": 5})).data(200);
    let mine = ana.get("/users/ratings").data(200);
    let titles = mine["items"].as_array().unwrap().iter();
    let titles: Vec<_> = titles
        .map(|rating| rating["contentId"].as_str().unwrap())
        .collect();
    assert_eq!(titles, [&*films[1], &*films[0]]);
    ana.call("DELETE", &path(&films[1]), None).data(200);
    ana.call("DELETE", &path(&films[1]), None)
        .refused(404, "RATING_NOT_FOUND");
    assert_eq!(kid.get(&path(&films[0])).data(200)["stars"], 5);
}
