#pragma once

#include "catalog/workspace.hpp"

namespace catalog {

// Facts of one object, as Workspace::read() gives them, beside sessions that change it or what it is made from.  What the
// server writes down from several rows fails when some of them are gone before it comes to them, and a view's text when
// what it reads is gone once its lock is there: then the object is read again, and mostly is gone, too.  Locks are given
// back, also while another is waited for: who wants them for a change of the schema is never the victim of a deadlock
// with the reader alone.  Raises what the last attempt ended with; 55P03 after the session's lock_timeout.
core::Facts read_settled(Workspace &workspace, const ObjectAddress &address);
// The same for several, in their order, which costs less where nothing stands in the way.
std::vector<core::Facts> read_settled(Workspace &workspace, const std::vector<ObjectAddress> &addresses);

}  // namespace catalog
