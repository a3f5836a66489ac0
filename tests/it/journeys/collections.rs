//! Collections from the editor to the viewer's home page (X-CAT-10, X-ID-6).

use serde_json::{Value, json};

use crate::harness::{Client, Deployment};

fn titles(answer: &Value) -> Vec<&str> {
    let items = answer["items"].as_array().unwrap().iter();
    items.filter_map(|item| item["title"].as_str()).collect()
}

#[test]
fn an_editor_makes_collections_and_viewers_find_them_from_the_home_page_and_from_titles() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");

    let mut ids = Vec::new();
    for (title, rating) in [("Storm", "R"), ("Shells", "G")] {
        let film = json!({
            "title": title, "maturityRating": rating, "status": "published", "genres": ["Sea"],
        });
        let film = editor.post("/admin/ondemand/movies", &film).data(201);
        ids.push(film["id"].as_str().unwrap().to_owned());
    }
    let all = "/admin/ondemand/collections";
    let by_hand = json!({
        "title": "Films by the Sea", "status": "published", "itemIds": ids, "featuredRank": 1,
        "translations": [{"language": "nb", "title": "Filmer ved havet"}],
    });
    let by_hand = editor.post(all, &by_hand).data(201);
    let path = format!("/ondemand/collections/{}", by_hand["id"].as_str().unwrap());
    let by_rule = json!({
        "title": "All the Sea", "status": "published", "rule": {"genre": ["sea"], "orderBy": "-title"},
    });
    editor.post(all, &by_rule).data(201);
    let mixed = json!({"title": "Both", "itemIds": ids, "rule": {}});
    editor.post(all, &mixed).refused(422, "COLLECTION_MIXED");
    viewer.post(all, &by_rule).refused(403, "PERMISSION_DENIED");

    let list = viewer.get("/ondemand/collections").data(200);
    assert_eq!(titles(&list), ["All the Sea", "Films by the Sea"]);
    assert_eq!(list["items"][0]["itemCount"], 2);
    let items = viewer.get(&format!("{path}/items?pageSize=1")).data(200);
    assert_eq!(
        (titles(&items), &items["total"]),
        (vec!["Storm"], &json!(2))
    );
    let token = items["nextPageToken"].as_str().unwrap();
    let rest = viewer
        .get(&format!("{path}/items?pageToken={token}"))
        .data(200);
    assert_eq!(titles(&rest), ["Shells"]);
    let storm = viewer
        .get(&format!("/ondemand/movies/{}", ids[0]))
        .data(200);
    let names = storm["collections"].as_array().unwrap();
    assert_eq!(names[0]["title"], "All the Sea", "{storm}");
    assert_eq!(names[1]["id"], by_hand["id"]);
    let home = viewer.get("/content/home").data(200);
    let row = home["rows"].as_array().unwrap();
    let row = row.iter().find(|row| row["kind"] == "collection").unwrap();
    assert_eq!(row["title"], "Films by the Sea");
    assert_eq!(titles(row), ["Storm", "Shells"]);
    assert_eq!(row["more"], format!("{path}/items"));
    let norwegian = [("accept-language", "nb-NO")];
    let found = viewer.call("GET", &path, None, &norwegian).data(200);
    assert_eq!(found["title"], "Filmer ved havet");

    // A child sees of them what is for children, and nothing of what has nothing.
    let child = json!({"name": "Kim", "isKids": true});
    let child = viewer.post("/users/profiles", &child).data(201);
    let child = [("x-profile-id", child["id"].as_str().unwrap())];
    let get = |path: &str| viewer.call("GET", path, None, &child);
    assert_eq!(titles(&get(&path).data(200)), ["Shells"]);
    let items = get(&format!("{path}/items")).data(200);
    assert_eq!(
        (titles(&items), &items["total"]),
        (vec!["Shells"], &json!(1))
    );
    let only_storm = json!({"itemIds": [ids[0]]}).to_string();
    let kept = format!("/admin{path}");
    let changed = editor.call("PATCH", &kept, Some(only_storm.as_bytes()), &[]);
    assert_eq!(changed.data(200)["version"], 2);
    get(&path).refused(404, "COLLECTION_NOT_FOUND");
    assert_eq!(
        titles(&get("/ondemand/collections").data(200)),
        ["All the Sea"]
    );
    editor.delete(&kept).data(200);
    viewer.get(&path).refused(404, "COLLECTION_NOT_FOUND");
}
