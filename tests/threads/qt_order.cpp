// Qt knows nothing of the thread sanitizer, so it does not see that what is posted to another
// thread's event loop is done before that thread takes it up. This takes the place of the function
// through which functors are posted, and says so; the rest is Qt's own.

#include <QObject>

#include <dlfcn.h>
#include <sanitizer/tsan_interface.h>

namespace {

/// Stands around what is posted.
class Ordered : public QtPrivate::QSlotObjectBase {
public:
    explicit Ordered(QSlotObjectBase* inner) : QSlotObjectBase(&impl), m_inner(inner)
    {
        __tsan_release(this);
    }

private:
    static void impl(
        int which, QSlotObjectBase* self, QObject* receiver, void** arguments, bool* answer)
    {
        auto* own = static_cast<Ordered*>(self);
        __tsan_acquire(own);
        switch (which) {
        case Destroy:
            own->m_inner->destroyIfLastRef();
            delete own;
            break;
        case Call:
            own->m_inner->call(receiver, arguments);
            // Whichever thread lets go of it last destroys it.
            __tsan_release(own);
            break;
        default:
            *answer = false;
        }
    }

    QSlotObjectBase* const m_inner;
};

} // namespace

bool QMetaObject::invokeMethodImpl(
    QObject* object, QtPrivate::QSlotObjectBase* slot, Qt::ConnectionType type, void* result)
{
    using Post = bool (*)(QObject*, QtPrivate::QSlotObjectBase*, Qt::ConnectionType, void*);
    constexpr auto kName
        = "_ZN11QMetaObject16invokeMethodImplEP7QObjectPN9QtPrivate15QSlotObjectBase"
          "EN2Qt14ConnectionTypeEPv";
    static const auto post = reinterpret_cast<Post>(::dlsym(RTLD_NEXT, kName));
    return post(object, new Ordered(slot), type, result);
}
