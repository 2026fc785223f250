#include "ui/session/device_list.h"

namespace vernier::ui {

DeviceList::DeviceList(QObject* parent) : QObject(parent) { }

void DeviceList::load()
{
    m_job.start(
        [](std::stop_token, const ProgressSink&) -> Result<std::vector<Device>> {
            return vernier::devices();
        },
        [this](Result<std::vector<Device>> found) {
            if (found)
                m_devices = std::move(*found);
            Q_EMIT changed();
        });
}

} // namespace vernier::ui
