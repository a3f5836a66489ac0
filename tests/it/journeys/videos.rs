//! Videos: a creator adds one, viewers find, save, rate and play it as any title (CAT-9 to CAT-11, C7, C25).

use serde_json::json;

use crate::harness::{Answer, Client, Deployment};

#[test]
fn a_video_is_added_found_saved_rated_and_played_as_any_title() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");

    let body = json!({
        "title": "Behind the Lighthouse", "synopsis": "How the lamp was lit.", "status": "draft",
        "durationSeconds": 95, "maturityRating": "G", "monetization": "svod",
        "genres": ["Documentary"], "tags": ["making of"], "video": {"category": "Extras"},
    });
    viewer
        .post("/content/video", &body)
        .refused(403, "PERMISSION_DENIED");
    let made = editor.post("/content/video", &body).data(201);
    let id = made["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&made["type"], &made["video"]["category"]),
        (&json!("video"), &json!("Extras"))
    );
    let item = format!("/content/video/{id}");
    viewer.get(&item).refused(404, "CONTENT_NOT_FOUND");
    let kept = format!("/admin/content/videos?id={id}");
    assert_eq!(editor.get(&kept).data(200)["status"], "draft");
    let publish = json!({"status": "published"}).to_string();
    let path = format!("/admin/content/videos/{id}");
    let published = editor.call("PATCH", &path, Some(publish.as_bytes()), &[]);
    assert_eq!(published.data(200)["version"], 2);

    let list = viewer
        .get("/content/videos?category=extras&tag=making%20of&withTotal=true")
        .data(200);
    assert_eq!(
        (&list["items"][0]["id"], &list["total"]),
        (&json!(id), &json!(1))
    );
    let none = viewer.get("/content/videos?category=trailers").data(200);
    assert_eq!(none["items"], json!([]));
    let shown = viewer.get(&item).data(200);
    assert_eq!(shown["video"], json!({"category": "Extras", "ownerId": ""}));
    for other in [
        format!("/content/videos/{id}"),
        format!("/content/videos?id={id}"),
        format!("/client/content/video/{id}"),
    ] {
        assert_eq!(viewer.get(&other).data(200), shown, "{other}");
    }
    // Any id is found there, whatever it is of.
    let film = json!({"title": "The Lighthouse", "status": "published"});
    let film = editor.post("/admin/ondemand/movies", &film).data(201);
    let by_id = viewer.get(&format!("/content/video/{}", film["id"].as_str().unwrap()));
    assert_eq!(by_id.data(200)["title"], film["title"]);

    let is_it = |answer: &Answer| answer.json()["data"]["items"][0]["id"] == json!(id);
    viewer.until("/search/global?q=behind%20lighthouse&type=video", is_it);
    let listed = json!({"contentId": id});
    let saved = viewer.post("/users/watchlist", &listed);
    assert!([200, 201].contains(&saved.status), "{}", saved.status);
    // There is no media, and no plan: what a film would be told.
    viewer
        .get(&format!("/play/ondemand/{id}"))
        .refused(403, "ACCESS_DENIED");
    let deleted = editor.call("DELETE", &path, None, &[]);
    assert_eq!(deleted.status, 200);
    viewer.get(&item).refused(404, "CONTENT_NOT_FOUND");
}

#[test]
fn an_editor_puts_a_playlist_together_and_each_viewer_sees_his_part() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");

    let make = |title: &str, rating: &str| {
        let film = json!({"title": title, "maturityRating": rating, "status": "published"});
        let made = editor.post("/admin/ondemand/movies", &film).data(201);
        made["id"].as_str().unwrap().to_owned()
    };
    let (gentle, grim) = (make("Gentle", "G"), make("Grim", "R"));
    let body = json!({"title": "Evening", "itemIds": [grim, gentle]});
    viewer
        .post("/content/playlist", &body)
        .refused(403, "PERMISSION_DENIED");
    let made = editor.post("/content/playlist", &body).data(201);
    assert_eq!(
        (&made["status"], &made["itemCount"]),
        (&json!("draft"), &json!(2))
    );
    let id = made["id"].as_str().unwrap();
    let path = format!("/content/playlists/{id}");
    viewer.get(&path).refused(404, "PLAYLIST_NOT_FOUND");
    let kept = format!("/admin/content/playlists/{id}");
    let change = json!({"status": "published", "itemIds": [gentle, grim]}).to_string();
    let changed = editor.call("PATCH", &kept, Some(change.as_bytes()), &[]);
    assert_eq!(changed.data(200)["version"], 2);

    let list = viewer.get("/content/playlists?withTotal=true").data(200);
    assert_eq!(
        (&list["items"][0]["itemCount"], &list["total"]),
        (&json!(2), &json!(1))
    );
    let shown = viewer.get(&path).data(200);
    assert_eq!(
        [&shown["items"][0]["title"], &shown["items"][1]["title"]],
        ["Gentle", "Grim"]
    );
    assert_eq!(
        viewer
            .get(&format!("/client/content/playlists?id={id}"))
            .data(200),
        shown
    );
    let first = viewer.get(&format!("{path}/items?limit=1")).data(200);
    let token = first["nextPageToken"].as_str().unwrap();
    let second = viewer
        .get(&format!("{path}/items?limit=1&pageToken={token}"))
        .data(200);
    assert_eq!(second["items"][0]["title"], "Grim");

    let child = json!({"name": "Kim", "isKids": true});
    let child = viewer.post("/users/profiles", &child).data(201);
    let child = [("x-profile-id", child["id"].as_str().unwrap())];
    let for_child = viewer.call("GET", &path, None, &child).data(200);
    assert_eq!(for_child["itemCount"], 1);
    assert_eq!(for_child["items"][0]["title"], "Gentle");
    let list = viewer.call("GET", "/content/playlists", None, &child);
    assert_eq!(list.data(200)["items"][0]["itemCount"], 1);
    // Without what is for children nothing is left.
    editor
        .delete(&format!("/admin/ondemand/movies/{gentle}"))
        .data(200);
    viewer
        .call("GET", &path, None, &child)
        .refused(404, "PLAYLIST_NOT_FOUND");
    assert_eq!(viewer.get(&path).data(200)["itemCount"], 1);
}
