#pragma once

#include "core/model/freeze_plan.h"

#include <QWidget>

#include <map>

class QGridLayout;
class QLabel;

namespace vernier::ui {

class RateEdit;

/// Learning rates of the phase that runs, to be changed while it runs; they count until it ends.
class LiveRates : public QWidget {
    Q_OBJECT
public:
    explicit LiveRates(QWidget* parent = nullptr);

    /// `phase` is its number: with another one, what was changed by hand here is forgotten, and
    /// `rates` are shown in place of the plan's.
    void setPlan(const FreezePlan& plan, int phase, const std::map<std::string, double>& rates);
    void forget(); ///< the run; the next one's first phase has the same number
    void setLive(bool live);
    /// What the schedule multiplies the rates by at the moment.
    void setFactor(double factor);
    RateEdit* edit(const std::string& block) const;

Q_SIGNALS:
    void rateEdited(const QString& block, double rate);

private:
    void showNote();

    QGridLayout* m_grid;
    QLabel* m_note;
    std::map<std::string, RateEdit*> m_edits;
    FreezePlan m_plan;
    int m_phase = 0;
    bool m_live = false;
    double m_factor = 1;
};

} // namespace vernier::ui
