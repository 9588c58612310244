//! The tenants of the sample organisation, and the people whose data they keep.

/// A customer whose data lies in every system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tenant {
    /// The key by which systems know it.
    pub key: &'static str,
    /// Its legal name.
    pub name: &'static str,
    /// Tells its records apart from those of others.
    pub number: u32,
    /// How many times the smallest tenant's records it has.
    pub weight: u32,
}

/// The tenant that leaves.
pub const AURORA: Tenant = Tenant {
    key: "aurora",
    name: "Aurora Fjordlogistik GmbH",
    number: 1,
    weight: 12,
};
/// A tenant that stays.
pub const BOREALIS: Tenant = Tenant {
    key: "borealis",
    name: "Borealis Bakeries Ltd",
    number: 2,
    weight: 7,
};
/// Another that stays; its key begins like that of the one that leaves.
pub const CERAMICA: Tenant = Tenant {
    key: "aurora-ceramica",
    name: "Aurora Ceramica S.r.l.",
    number: 3,
    weight: 5,
};
/// A tenant of which nothing is asked yet: a visitor's to walk through hold, erasure and certificate.
pub const COBALT: Tenant = Tenant {
    key: "cobalt",
    name: "Cobalt Cycles ApS",
    number: 4,
    weight: 8,
};
/// Another one.
pub const DOVETAIL: Tenant = Tenant {
    key: "dovetail",
    name: "Dovetail Furniture Ltd",
    number: 5,
    weight: 8,
};
/// A tenant made of synthetic data, whose records are the positive controls.
pub const SYNTHETIC: Tenant = Tenant {
    key: "synthetic",
    name: "Synthetic tenant",
    number: 9,
    weight: 1,
};
/// A synthetic tenant on which drills run: they erase everything of it, so no control is a record of it.
pub const REHEARSAL: Tenant = Tenant {
    key: "drills",
    name: "Rehearsal tenant",
    number: 8,
    weight: 1,
};

/// All of them.
pub const TENANTS: [Tenant; 7] = [AURORA, BOREALIS, CERAMICA, COBALT, DOVETAIL, REHEARSAL, SYNTHETIC];

const GIVEN: [&str; 11] = [
    "Ana",
    "Björn",
    "Chloé",
    "Dimitra",
    "Elżbieta",
    "Fiona",
    "Giorgos",
    "Ines",
    "Jürgen",
    "Meera",
    "Søren",
];
const FAMILY: [&str; 7] = [
    "Almeida",
    "Bergström",
    "Çelik",
    "Novák",
    "O'Neill",
    "Papadopoulou",
    "Rao",
];

impl Tenant {
    /// A person of the tenant.
    pub(crate) fn person(&self, n: u32) -> String {
        let (given, family) = (
            (n + self.number) as usize % GIVEN.len(),
            (n * 3 + self.number) as usize % FAMILY.len(),
        );
        format!("{} {}", GIVEN[given], FAMILY[family])
    }

    /// A number that no record of another tenant has.
    pub(crate) const fn id(&self, n: u32) -> u32 {
        self.number * 1_000_000 + n
    }
}
