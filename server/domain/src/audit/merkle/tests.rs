//! Trees and proofs of all small sizes, against the recursive definitions of RFC 6962.

use proptest::prelude::*;

use super::*;

const MOST: u64 = 70;

fn leaves(count: u64) -> Vec<Digest> {
    (0..count)
        .map(|n| leaf(format!("entry {n}").as_bytes()))
        .collect()
}

/// MTH of RFC 6962, word for word.
fn definition(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of(b""),
        [one] => *one,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
            parent(&definition(left), &definition(right))
        }
    }
}

fn grown(count: u64) -> (Tree, HashMap<Place, Digest>) {
    let (mut tree, mut nodes) = (Tree::new(), HashMap::new());
    for leaf in leaves(count) {
        tree.append(leaf, |node| assert_eq!(nodes.insert(node.place, node.hash), None));
    }
    (tree, nodes)
}

#[test]
fn the_roots_are_those_of_the_reference_vectors() {
    // The test vectors that RFC 6962 implementations share (certificate-transparency, merkletree tests).
    let entries = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let mut tree = Tree::new();
    assert_eq!(tree.root().to_string(), roots[0]);
    for (entry, root) in entries.iter().zip(&roots[1..]) {
        tree.append(leaf(&hex::decode(entry).unwrap()), |_| ());
        assert_eq!(tree.root().to_string(), *root);
    }
}

#[test]
fn appending_gives_the_root_of_the_definition_at_every_size() {
    let mut tree = Tree::new();
    let all = leaves(300);
    for size in 0..all.len() {
        assert_eq!(tree.root(), definition(&all[..size]), "at size {size}");
        tree.append(all[size], |_| ());
    }
}

#[test]
fn a_tree_resumes_from_stored_nodes_at_every_size() {
    let (_, nodes) = grown(MOST);
    for size in 0..=MOST {
        let resumed = Tree::resume(size, &nodes).unwrap();
        assert_eq!(resumed, leaves(size).into_iter().collect());
    }
}

#[test]
fn every_inclusion_proof_holds_and_only_for_its_entry() {
    let (_, nodes) = grown(MOST);
    for size in 1..=MOST {
        let root = Tree::resume(size, &nodes).unwrap().root();
        for index in 0..size {
            let proof = inclusion(index, size, &nodes).unwrap();
            let leaf = nodes[&Place { level: 0, index }];
            assert_eq!(
                verify_inclusion(&leaf, index, size, &proof, &root),
                Ok(()),
                "{index} of {size}"
            );
            let other = (0..size).find(|other| *other != index);
            if let Some(other) = other {
                assert!(verify_inclusion(&leaf, other, size, &proof, &root).is_err());
            }
        }
    }
}

#[test]
fn every_consistency_proof_holds_and_only_for_its_sizes() {
    let (_, nodes) = grown(MOST);
    let roots: Vec<_> = (0..=MOST)
        .map(|size| Tree::resume(size, &nodes).unwrap().root())
        .collect();
    let root = |size: u64| &roots[size as usize];
    for new in 0..=MOST {
        for old in 0..=new {
            let proof = consistency(old, new, &nodes).unwrap();
            let check =
                |old: u64, proof: &[Digest]| verify_consistency((old, root(old)), (new, root(new)), proof);
            assert_eq!(check(old, &proof), Ok(()), "{old} to {new}");
            if old > 0 && old < new {
                let forged = leaf(b"forged");
                assert!(verify_consistency((old, &forged), (new, root(new)), &proof).is_err());
                assert!(verify_consistency((old, root(old)), (new, &forged), &proof).is_err());
                assert!(check(old, &proof[1..]).is_err());
            }
        }
    }
}

#[test]
fn the_needed_nodes_are_enough_and_each_is_needed() {
    let (_, nodes) = grown(MOST);
    for size in 1..=MOST {
        for index in 0..size {
            let needed = needed_for_inclusion(index, size).unwrap();
            let only: HashMap<_, _> = needed.iter().map(|place| (*place, nodes[place])).collect();
            assert_eq!(inclusion(index, size, &only), inclusion(index, size, &nodes));
            let needed = needed_for_consistency(index, size).unwrap();
            let only: HashMap<_, _> = needed.iter().map(|place| (*place, nodes[place])).collect();
            assert_eq!(consistency(index, size, &only), consistency(index, size, &nodes));
            if let Some(place) = needed.first() {
                let mut less = only.clone();
                less.remove(place);
                assert_eq!(consistency(index, size, &less), Err(MerkleError::Missing(*place)));
            }
        }
    }
}

#[test]
fn what_lies_beyond_is_refused() {
    let (_, nodes) = grown(5);
    assert_eq!(
        inclusion(5, 5, &nodes),
        Err(MerkleError::Beyond { asked: 5, size: 5 })
    );
    assert_eq!(
        consistency(6, 5, &nodes),
        Err(MerkleError::Beyond { asked: 6, size: 5 })
    );
    let root = Tree::resume(5, &nodes).unwrap().root();
    assert_eq!(
        verify_inclusion(&root, 5, 5, &[], &root),
        Err(ProofMismatch::Range)
    );
    assert_eq!(
        verify_consistency((6, &root), (5, &root), &[]),
        Err(ProofMismatch::Range)
    );
}

proptest! {
    #[test]
    fn an_altered_inclusion_proof_never_holds(
        size in 2..=MOST, pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..256usize,
    ) {
        let (tree, nodes) = grown(size);
        let index = pick.index(size as usize) as u64;
        let leaf = nodes[&Place { level: 0, index }];
        let good = inclusion(index, size, &nodes).unwrap();
        let holds = |leaf: &Digest, proof: &[Digest]| verify_inclusion(leaf, index, size, proof, &tree.root()).is_ok();
        prop_assert!(holds(&leaf, &good));
        prop_assert!(!holds(&flip(leaf, bit), &good));

        let at = at.index(good.len());
        let mut altered = good.clone();
        altered[at] = flip(altered[at], bit);
        prop_assert!(!holds(&leaf, &altered));
        let mut shorter = good.clone();
        shorter.remove(at);
        prop_assert!(!holds(&leaf, &shorter));
        let mut longer = good.clone();
        longer.insert(at, good[at]);
        prop_assert!(!holds(&leaf, &longer));
    }

    #[test]
    fn an_altered_consistency_proof_never_holds(
        new in 2..=MOST, pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0..256usize,
    ) {
        let (tree, nodes) = grown(new);
        let old = pick.index(new as usize - 1) as u64 + 1;
        let old_root = Tree::resume(old, &nodes).unwrap().root();
        let holds = |proof: &[Digest]| verify_consistency((old, &old_root), (new, &tree.root()), proof).is_ok();
        let good = consistency(old, new, &nodes).unwrap();
        prop_assert!(holds(&good));
        let at = at.index(good.len());
        let mut altered = good.clone();
        altered[at] = flip(altered[at], bit);
        prop_assert!(!holds(&altered));
        let mut longer = good.clone();
        longer.push(good[at]);
        prop_assert!(!holds(&longer));
    }

    #[test]
    fn a_history_that_was_rewritten_has_no_consistency_proof(new in 3..=MOST, pick in any::<prop::sample::Index>()) {
        let (_, nodes) = grown(new);
        let old = pick.index(new as usize - 1) as u64 + 1;
        let old_root = Tree::resume(old, &nodes).unwrap().root();
        let mut rewritten = leaves(new);
        rewritten[0] = leaf(b"rewritten");
        let (mut tree, mut forged) = (Tree::new(), HashMap::new());
        for leaf in rewritten {
            tree.append(leaf, |node| { forged.insert(node.place, node.hash); });
        }
        let proof = consistency(old, new, &forged).unwrap();
        prop_assert!(verify_consistency((old, &old_root), (new, &tree.root()), &proof).is_err());
    }

    #[test]
    fn proofs_of_a_large_tree_hold(size in 1_000..3_000u64, pick in any::<prop::sample::Index>()) {
        let (tree, nodes) = grown(size);
        let index = pick.index(size as usize) as u64;
        let leaf = nodes[&Place { level: 0, index }];
        let proof = inclusion(index, size, &nodes).unwrap();
        prop_assert_eq!(verify_inclusion(&leaf, index, size, &proof, &tree.root()), Ok(()));
        let old = Tree::resume(index, &nodes).unwrap().root();
        let proof = consistency(index, size, &nodes).unwrap();
        prop_assert_eq!(verify_consistency((index, &old), (size, &tree.root()), &proof), Ok(()));
    }
}

fn flip(digest: Digest, bit: usize) -> Digest {
    let mut bytes = *digest.as_bytes();
    bytes[bit / 8] ^= 1 << (bit % 8);
    Digest::from(bytes)
}

/// Figures of one core in release: `cargo test -p domain --release -- --ignored --nocapture million`.
#[test]
#[ignore = "measures speed, which only a release build has"]
fn a_million_entries_verify_in_two_seconds_and_append_in_fifty() {
    const COUNT: u64 = 1_000_000;
    let entry = vec![b'x'; 300];
    let started = std::time::Instant::now();
    let whole: Tree = (0..COUNT)
        .map(|n| leaf(&[&entry[..], &n.to_be_bytes()].concat()))
        .collect();
    let verified = started.elapsed();

    // As storage does it: resume from stored nodes, append a batch, store what became complete.
    let started = std::time::Instant::now();
    let mut nodes = HashMap::new();
    for batch in 0..COUNT / 500 {
        let mut tree = Tree::resume(batch * 500, &nodes).unwrap();
        for n in batch * 500..(batch + 1) * 500 {
            let hash = leaf(&[&entry[..], &n.to_be_bytes()].concat());
            tree.append(hash, |node| {
                nodes.insert(node.place, node.hash);
            });
        }
    }
    let appended = started.elapsed();
    assert_eq!(Tree::resume(COUNT, &nodes).unwrap().root(), whole.root());
    assert!(
        verified.as_secs_f64() < 2.0 && appended.as_secs_f64() < 50.0,
        "{verified:?}, {appended:?}"
    );
    eprintln!("verified in {verified:?}, appended in {appended:?}");
}
