#pragma once

#include "core/training/rate_finder.h"

#include <QDialog>

class QLabel;
class QProgressBar;
class QPushButton;

namespace vernier::ui {

class RateChart;
class Session;

/// Finds a learning rate by trying: begins at once, shows what came out, and tells which rate was
/// chosen, by its button or by a click on the chart. What is done with the rate is its owner's.
class RateDialog : public QDialog {
    Q_OBJECT
public:
    explicit RateDialog(QWidget* parent = nullptr);
    explicit RateDialog(Session& session, QWidget* parent = nullptr);

    void setStart(bool fromRun); ///< whether it starts from a run's weights or from the recipe's
    void showTrying(qint64 done, qint64 total); ///< of the steps; 0 of 0 at first
    void showSweep(const RateSweep& sweep);
    void showProblem(const QString& sentence);
    void setPossible(bool possible); ///< whether another try may begin
    void showTaken(double rate);

Q_SIGNALS:
    void tryRequested();
    void stopRequested();
    void rateChosen(double rate);

protected:
    void done(int result) override;

private:
    void showButtons();
    void say(const QString& sentence, bool isWrong);

    RateChart* m_chart;
    QLabel* m_start;
    QLabel* m_answer;
    QProgressBar* m_progress;
    QPushButton* m_use;
    QPushButton* m_try;
    std::optional<double> m_suggestion;
    bool m_trying = false;
    bool m_possible = true;
};

} // namespace vernier::ui
