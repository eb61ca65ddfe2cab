use std::path::Path;

use super::*;

fn open(folder: &Path, choose: impl FnOnce(&mut Settings)) -> Result<Stage, OpenError> {
    let mut settings = Settings::default();
    choose(&mut settings);
    let profiles = Profiles::open(Some(folder), settings, now())?;
    Ok(Stage { profiles })
}

#[test]
fn a_folder_outlives_the_simulator() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("made/by/the/simulator");
    let stage = open(&path, |_| {}).unwrap();
    stage.ingest("Shopify-Customer", &payload("customers/create"));
    stage.ingest("Shopify-Order", &payload("orders/paid"));
    let id = stage.search("_phone", "+819000000001").remove(0);
    let (profile, orders) = (stage.profile(&id), stage.objects(&id, "_order"));
    drop(stage);
    let stage = open(&path, |_| {}).unwrap();
    assert_eq!(stage.profile(&id), profile);
    assert_eq!(stage.objects(&id, "_order"), orders);
}

#[test]
fn ids_go_on_when_the_folder_is_opened_with_another_seed() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path(), |settings| settings.seed = 1)
        .unwrap()
        .create(json!({}));
    let stage = open(folder.path(), |settings| settings.seed = 2).unwrap();
    let second = stage.create(json!({}));
    assert_ne!(first, second);
    assert_eq!(stage.search("_profileId", &first), [first]);
}

#[test]
fn a_folder_belongs_to_one_simulator_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let stage = open(folder.path(), |_| {}).unwrap();
    let refused = open(folder.path(), |_| {}).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::InUse), "{refused:?}");
    drop(stage);
    assert!(open(folder.path(), |_| {}).is_ok());
}

#[test]
fn a_folder_of_a_newer_simulator_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), |_| {}).unwrap());
    let file = rusqlite::Connection::open(folder.path().join("customer-profiles.sqlite3")).unwrap();
    file.pragma_update(None, "user_version", 99).unwrap();
    drop(file);
    let refused = open(folder.path(), |_| {}).map(|_| ()).unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found: 99, .. }),
        "{refused:?}"
    );
}

#[test]
fn what_is_no_database_is_said_to_be_none() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(
        folder.path().join("customer-profiles.sqlite3"),
        "not a database at all",
    )
    .unwrap();
    let refused = open(folder.path(), |_| {}).map(|_| ()).unwrap_err();
    assert!(matches!(refused, OpenError::Database(_)), "{refused:?}");
}

#[test]
fn the_index_follows_the_choice_about_national_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let id = {
        let stage = open(folder.path(), |settings| {
            settings.choices.national_numbers = false;
        })
        .unwrap();
        let id = stage.create(json!({ "PhoneNumber": "090-1234-5678" }));
        assert!(stage.search("_phone", "+819012345678").is_empty());
        id
    };
    let stage = open(folder.path(), |_| {}).unwrap();
    assert_eq!(stage.search("_phone", "+819012345678"), [id]);
}

#[test]
fn the_type_of_contact_records_follows_the_choice() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path(), |_| {}).unwrap());
    let stage = open(folder.path(), |settings| {
        settings.choices.contact_records = RecordTemplate::OnlyExisting;
    })
    .unwrap();
    let definition = stage.call("GET", "object-types/CTR", json!({})).unwrap();
    assert_eq!(definition["TemplateId"], "CTR-AutoAssociateOnly");
}
