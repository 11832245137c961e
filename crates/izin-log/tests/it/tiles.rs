//! Tiles, their paths, and the edge that makes them.

use std::convert::Infallible;

use izin_log::tile::{self, LEVELS, Span, TileError};
use izin_log::{Edge, ExportFile, Hash, TileId, export_files};
use proptest::prelude::*;

use crate::store::{Log, slow_root};

#[test]
fn a_path_in_any_other_spelling_is_refused() {
    let wrong = [
        "",
        "/",
        "tile",
        "tile/",
        "tile/0",
        "tile/0/",
        "tile/00/000",
        "tile/8/000",
        "tile/-1/000",
        "tile/+0/000",
        "tile/0/0",
        "tile/0/00",
        "tile/0/0000",
        "tile/0/x000/001",
        "tile/0/x001",
        "tile/0/001/234",
        "tile/0/xx001/234",
        "tile/0/x001/x234",
        "tile/0/x1/234",
        "tile/0//001",
        "tile/0/001/",
        "tile/0/001.p",
        "tile/0/001.p/",
        "tile/0/001.p/0",
        "tile/0/001.p/256",
        "tile/0/001.p/012",
        "tile/0/001.p/+1",
        "tile/0/001.p/12.p/12",
        "tile/0/001.p/12/",
        "tile/0/.p/12",
        "Tile/0/001",
        "./tile/0/001",
        "tile/0/../0/001",
        "tile/entries",
        "tile/entries/",
        "tile/entries/1",
        "tile/entries/x000/001",
        "tile/entries/001.p/256",
        "tile/0/x018/x446/x744/x073/x709/x551/616",
        "checkpoint ",
        "checkpoint/",
        "izin.vkey~",
    ];
    for path in wrong {
        assert_eq!(ExportFile::parse(path), None, "{path}");
    }
}

#[test]
fn paths_are_spelled_as_c2sp_does() {
    let tile = TileId::full(0, 1_234_067).unwrap();
    assert_eq!(tile.to_string(), "tile/0/x001/x234/067");
    let partial = TileId::in_tree(0, 1234, 1234 * 256 + 12).unwrap();
    assert_eq!(partial.to_string(), "tile/0/x001/234.p/12");
    assert_eq!(TileId::parse("tile/0/x001/234.p/12"), Some(partial));
    let bundle = ExportFile::Bundle(Span::full(999));
    assert_eq!(bundle.to_string(), "tile/entries/999");
    assert_eq!(ExportFile::parse("tile/entries/999"), Some(bundle));
}

proptest! {
    #[test]
    fn every_tile_name_reads_back(level in 0..LEVELS, index: u64, size: u64) {
        for id in [TileId::full(level, index), TileId::in_tree(level, 0, size)].into_iter().flatten() {
            prop_assert_eq!(TileId::parse(&id.to_string()), Some(id));
        }
        let span = Span::full(index);
        prop_assert_eq!(Span::parse(&span.to_string()), Some(span));
    }
}

#[test]
fn a_level_that_no_tree_has_names_no_tile() {
    assert_eq!(TileId::full(LEVELS, 0), None);
    assert_eq!(TileId::in_tree(LEVELS, 0, u64::MAX), None);
    assert_eq!(TileId::in_tree(0, 0, 0), None);
    assert_eq!(TileId::in_tree(0, u64::MAX, u64::MAX), None);
    let widest = TileId::in_tree(7, 0, u64::MAX).unwrap();
    assert_eq!(widest.width(), 255);
}

#[test]
fn an_export_names_each_file_once_and_knows_its_own() {
    for size in [0, 1, 255, 256, 257, 300, 65_535, 65_536, 65_537, 70_000] {
        let paths: Vec<String> = export_files(size).map(|file| file.to_string()).collect();
        let mut distinct = paths.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), paths.len());
        for path in paths {
            let file = ExportFile::parse(&path).unwrap();
            assert!(file.belongs_to(size), "{path} of {size}");
            let fixed = matches!(file, ExportFile::Checkpoint | ExportFile::Key);
            assert!(fixed || !file.belongs_to(0), "{path}");
        }
    }
    let partial = ExportFile::parse("tile/0/001.p/43").unwrap();
    assert!(!partial.belongs_to(300));
}

#[test]
fn bytes_that_are_not_whole_hashes_are_not_a_tile() {
    assert_eq!(tile::decode(&[0; 33]), None);
    let hashes = vec![Hash([1; 32]), Hash([2; 32])];
    assert_eq!(tile::decode(&tile::encode(&hashes)), Some(hashes));
}

#[test]
fn an_edge_is_not_restored_from_too_little() {
    let leaves = TileId::in_tree(0, 1, 300).unwrap();
    let short = Edge::restore(300, &mut |_| Ok::<_, Infallible>(vec![Hash([0; 32]); 43]));
    assert_eq!(short, Err(TileError::Short(leaves)));
    let failed = Edge::restore(300, &mut |_| Err("gone"));
    assert_eq!(failed, Err(TileError::Read(leaves, "gone")));
}

#[test]
fn the_root_at_every_size_is_that_of_rfc_9162() {
    let log = Log::of(600);
    let mut edge = Edge::new();
    assert_eq!(edge.root(), Hash::empty_root());
    for (size, hash) in (1..).zip(&log.rows) {
        edge.push(*hash);
        assert_eq!(edge.head(), log.head(size), "{size}");
    }
}

#[test]
fn the_edge_gives_exactly_the_tiles_of_the_tree() {
    let log = Log::of(65_900);
    let mut ids: Vec<TileId> = log.tiles.keys().copied().collect();
    for tile in log.edge.partial_tiles() {
        assert_eq!(
            tile.hashes.len(),
            usize::from(tile.id.width()),
            "{}",
            tile.id
        );
        ids.push(tile.id);
    }
    ids.sort();
    let mut expected: Vec<TileId> = TileId::all_in_tree(65_900).collect();
    expected.sort();
    assert_eq!(ids, expected);
    let second = TileId::full(1, 0).unwrap();
    assert_eq!(
        log.tiles[&second][3],
        slow_root(&log.rows[3 * 256..4 * 256])
    );
    assert_eq!(log.edge.root(), slow_root(&log.rows));
}

#[test]
fn a_restored_edge_equals_the_grown_one_after_three_levels() {
    let log = Log::of(66_100);
    let restored = Edge::restore(66_100, &mut |id| log.read(id)).unwrap();
    assert_eq!(restored, log.edge);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_restored_edge_equals_the_grown_one_and_goes_on_alike(size in 0_u64..2000) {
        let mut log = Log::of(size);
        let mut asked = Vec::new();
        let mut restored = Edge::restore(size, &mut |id| {
            asked.push(id);
            log.read(id)
        })
        .unwrap();
        prop_assert!(asked.iter().all(|id| id.is_full() || id.level() == 0));
        prop_assert_eq!(&restored, &log.edge);
        log.extend((size..size + 300).map(crate::store::leaf_of));
        for hash in &log.rows[size as usize..] {
            restored.push(*hash);
        }
        prop_assert_eq!(restored, log.edge);
    }
}
