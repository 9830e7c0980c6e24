#pragma once

#include "catalog/workspace.hpp"

namespace catalog {

// Facts of one object, as Workspace::read() gives them, beside sessions that change what the object is made from.  To
// write a view down the server locks what it reads, and fails when that is gone once it gets the lock: then the
// object is read again, and mostly is gone, too.  The locks are given back.
core::Facts read_settled(Workspace &workspace, const ObjectAddress &address);

}  // namespace catalog
