#include "tests/support/thread_limit.h"

#include <atomic>
#include <cerrno>
#include <limits>

#include <dlfcn.h>
#include <pthread.h>

namespace vernier::test {

namespace {

std::atomic<int> left { std::numeric_limits<int>::max() };

} // namespace

ThreadLimit::ThreadLimit(int more) { left = more; }

ThreadLimit::~ThreadLimit() { left = std::numeric_limits<int>::max(); }

} // namespace vernier::test

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
    void* (*function)(void*), void* argument) noexcept
{
    static const auto real
        = reinterpret_cast<decltype(&pthread_create)>(::dlsym(RTLD_NEXT, "pthread_create"));
    if (vernier::test::left.fetch_sub(1) <= 0)
        return EAGAIN;
    return real(thread, attributes, function, argument);
}
