#pragma once

#include "catalog/scan.hpp"

// What the rows of catalogs are parts of, and where they hold OIDs; inside pg::call only.
namespace catalog {

// Rows of a catalog are parts of the object that the column names.
struct PartOf {
    Oid catalog;
    AttrNumber whole;
    Oid whole_catalog;  // InvalidOid: the column says it
    AttrNumber catalog_column;
};

// How the OIDs in the rows of a catalog are found.
struct Layout {
    static constexpr int most = 32;
    bool has_oid;            // in the first column
    const PartOf *part;      // null: the rows are objects themselves, or of no object
    int whole;               // of the object that the rows are a part of, and of its catalog: places in the row
    int whole_catalog;
    int fixed;               // OIDs before the first column of varying length, by place in the row
    int offset[most];
    int arrays;              // columns that hold many
    AttrNumber array[most];
    bool is_vector[most];
};

Layout layout_of(Oid catalog, TupleDesc descriptor);

// Of what ANALYZE, users of large objects and a subscription's workers write.
bool is_left_out(Oid catalog);

// Its objects show in texts by rules of their own: which operator is meant by a name, which operator
// class is a type's default, which cast goes without saying.  Few ever change.
bool is_common(Oid catalog);

// An object that initdb made; of those, extensions and the schema "public" are the user's.
inline bool is_systems(Oid catalog, Oid object)
{
    return object < FirstNormalObjectId && catalog != ExtensionRelationId && !(catalog == NamespaceRelationId && object == PG_PUBLIC_NAMESPACE);
}

inline bool may_be_users(Oid object) { return object >= FirstNormalObjectId || object == PG_PUBLIC_NAMESPACE; }

}  // namespace catalog
