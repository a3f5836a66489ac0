//! People: an editor credits one, and viewers walk from the name to the titles and find them by it (CAT-8).

use serde_json::json;

use crate::harness::{Answer, Client, Deployment};

#[test]
fn a_film_is_found_by_its_actor_who_has_a_page() {
    let deployment = Deployment::start(&["all"], &[]);
    let mut editor = Client::new(&deployment.edge);
    let (email, password) = deployment.admin();
    editor.login(&email, &password);
    let mut viewer = Client::new(&deployment.edge);
    viewer.register("ana@example.org");

    let person = json!({"name": "Ingrid Solvang", "biography": "Acts."});
    viewer
        .post("/admin/ondemand/people", &person)
        .refused(403, "PERMISSION_DENIED");
    let made = editor.post("/admin/ondemand/people", &person).data(201);
    let id = made["id"].as_str().unwrap();
    let page = format!("/ondemand/people/{id}");
    viewer.get(&page).refused(404, "PERSON_NOT_FOUND");
    let film = json!({
        "title": "The Ferry", "status": "published", "maturityRating": "R",
        "credits": [{"name": "I. S.", "role": "actor", "character": "Ada", "personId": id}],
    });
    let film = editor.post("/admin/ondemand/movies", &film).data(201);
    assert_eq!(film["credits"][0]["name"], "Ingrid Solvang");

    let shown = viewer.get(&page).data(200);
    assert_eq!(
        (&shown["name"], &shown["roles"]),
        (&person["name"], &json!(["actor"]))
    );
    assert_eq!(
        (&shown["titles"][0]["id"], &shown["titleCount"]),
        (&film["id"], &json!(1))
    );
    assert_eq!(
        viewer
            .get(&format!("/client/ondemand/people?id={id}"))
            .data(200),
        shown
    );
    let titles = viewer
        .get(&format!("{page}/titles?withTotal=true"))
        .data(200);
    assert_eq!(
        (&titles["items"][0]["id"], &titles["total"]),
        (&film["id"], &json!(1))
    );
    let list = viewer.get("/ondemand/people?namePrefix=ingrid").data(200);
    assert_eq!(list["items"][0]["id"], json!(id));
    // A child sees none of the titles, and so nobody.
    let child = json!({"name": "Kim", "isKids": true});
    let child = viewer.post("/users/profiles", &child).data(201);
    let child = [("x-profile-id", child["id"].as_str().unwrap())];
    viewer
        .call("GET", &page, None, &child)
        .refused(404, "PERSON_NOT_FOUND");

    let is_it = |answer: &Answer| answer.json()["data"]["items"][0]["id"] == film["id"];
    viewer.until("/search/global?q=solvang", is_it);
    let path = format!("/admin/ondemand/people/{id}");
    let change = json!({"name": "Ingrid Havn"}).to_string();
    let renamed = editor.call("PATCH", &path, Some(change.as_bytes()), &[]);
    assert_eq!(renamed.data(200)["version"], 2);
    viewer.until("/search/global?q=ingrid%20havn", is_it);
    editor.delete(&path).refused(409, "PERSON_CREDITED");
}
