#pragma once

namespace vernier::test {

/// As long as it lives, this process can start only so many threads more. For programs that
/// thread_limit.cpp is compiled into: it stands before the system's own function. One at a time.
class ThreadLimit {
public:
    explicit ThreadLimit(int more);
    ~ThreadLimit();
    ThreadLimit(const ThreadLimit&) = delete;
    ThreadLimit& operator=(const ThreadLimit&) = delete;
};

} // namespace vernier::test
