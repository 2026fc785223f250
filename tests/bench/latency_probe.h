#pragma once

#include <QElapsedTimer>
#include <QString>
#include <QTimer>

#include <vector>

namespace vernier::bench {

/// How alive an event loop is: a timer that should fire every 10 ms, and how far apart it did.
/// Lives on the GUI thread.
class LatencyProbe {
public:
    struct Stretch {
        QString name;
        std::vector<double> gaps; ///< ms
    };

    LatencyProbe();
    /// Gaps from here on are counted under this name; one that is used again goes on.
    void begin(const QString& name);
    const std::vector<Stretch>& stretches() const { return m_stretches; }
    /// Milliseconds since the timer last fired; any thread.
    double sinceLastTick() const;

private:
    void tick();

    QTimer m_timer;
    QElapsedTimer m_clock;
    std::atomic<qint64> m_last { 0 };
    std::vector<Stretch> m_stretches;
    std::size_t m_current = 0;
};

/// The value below which a share of the gaps lies. 0 of none.
double quantile(std::vector<double> values, double share);

/// Counts of gaps up to 12, 20, 50, 100, 200, 500 ms and over, as one line of text.
QString histogram(const std::vector<double>& gaps);

} // namespace vernier::bench
