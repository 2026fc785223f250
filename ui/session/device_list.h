#pragma once

#include "core/model/devices.h"
#include "ui/base/job.h"

#include <QObject>

#include <vector>

namespace vernier::ui {

/// The processors of this machine that a network can run on.
class DeviceList : public QObject {
    Q_OBJECT
public:
    explicit DeviceList(QObject* parent = nullptr);

    /// Asks for them on a worker; call it after the first paint, since it may load CUDA's
    /// libraries. changed() follows.
    void load();
    const std::vector<Device>& all() const { return m_devices; } ///< empty: not known yet

Q_SIGNALS:
    void changed();

private:
    std::vector<Device> m_devices;
    Job m_job;
};

} // namespace vernier::ui
