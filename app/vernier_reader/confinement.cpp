#include "app/vernier_reader/confinement.h"

#include <array>
#include <cstddef>

#include <sys/resource.h>

#if defined(__linux__)
#include <cerrno>

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#endif

namespace vernier::reader {

namespace {

// The sanitizers keep terabytes of address space, and open files to say what they have found.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif
#else
constexpr bool kSanitized = false;
#endif

void limit(__rlimit_resource_t what, rlim_t most)
{
    const rlimit both { most, most };
    ::setrlimit(what, &both);
}

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#if defined(__x86_64__)
constexpr std::uint32_t kMachine = AUDIT_ARCH_X86_64;
#else
constexpr std::uint32_t kMachine = AUDIT_ARCH_AARCH64;
#endif

/// Memory, the channel, and what ends a process.
constexpr std::array kAllowed { SYS_read, SYS_write, SYS_writev, SYS_close, SYS_munmap, SYS_mremap,
    SYS_madvise, SYS_brk, SYS_futex, SYS_clock_gettime, SYS_gettimeofday, SYS_getpid, SYS_gettid,
    SYS_tgkill, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_exit, SYS_exit_group };

constexpr sock_filter load(std::size_t offset)
{
    return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<std::uint32_t>(offset));
}
constexpr sock_filter answer(std::uint32_t what) { return BPF_STMT(BPF_RET | BPF_K, what); }
/// Passes over `unequal` instructions where what was loaded is another value.
constexpr sock_filter isEqual(std::uint32_t value, std::uint8_t unequal)
{
    return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, unequal);
}

void restrictCalls()
{
    constexpr auto denied = answer(SECCOMP_RET_ERRNO | EPERM);
    constexpr auto allowed = answer(SECCOMP_RET_ALLOW);
    std::array<sock_filter, 12 + 2 * kAllowed.size()> filter {};
    std::size_t count = 0;
    const auto add = [&](sock_filter instruction) { filter[count++] = instruction; };
    add(load(offsetof(seccomp_data, arch)));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kMachine, 1, 0));
    add(answer(SECCOMP_RET_KILL_PROCESS));
    add(load(offsetof(seccomp_data, nr)));
    for (const auto call : kAllowed) {
        add(isEqual(static_cast<std::uint32_t>(call), 1));
        add(allowed);
    }
    // Memory that can be run is not to be had.
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(SYS_mmap), 2, 0));
    add(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(SYS_mprotect), 1, 0));
    add(denied);
    add(load(offsetof(seccomp_data, args) + 2 * sizeof(std::uint64_t)));
    add(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1));
    add(denied);
    add(allowed);
    const sock_fprog program { static_cast<unsigned short>(count), filter.data() };
    ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

#else
void restrictCalls() { }
#endif

} // namespace

void confine(std::uint64_t memory, std::uint64_t processorSeconds)
{
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_CPU, processorSeconds);
#if defined(__linux__)
    ::prctl(PR_SET_DUMPABLE, 0);
    ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
#endif
    if constexpr (!kSanitized) {
        limit(RLIMIT_NOFILE, 0);
        limit(RLIMIT_AS, memory);
        restrictCalls();
    }
}

} // namespace vernier::reader
