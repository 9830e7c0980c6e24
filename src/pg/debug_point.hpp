#pragma once

namespace pg {

// Places where a test can make something fail.  A build with LCG_DEBUG has the
// setting langchef_guard.debug_point, "NAME KIND": the place of that name then
//   exception  throws a library exception      alien   throws what is none
//   guard      throws an error of our own      server  has the server raise one
//   memory     throws std::bad_alloc
// In every other build there is nothing of this.
#ifdef LCG_DEBUG
void define_debug_point();
void debug_point(const char *name);
#else
inline void define_debug_point() {}
inline void debug_point(const char *) {}
#endif

}  // namespace pg
