#pragma once

#include <QWidget>

#include <functional>

class QIODevice;
class QLabel;
class QPlainTextEdit;
class QPushButton;
class QStackedLayout;

namespace vernier::ui {

class CurveLegend;
class EmptyState;
class LiveRates;
class PhaseList;
class RunCharts;
class Session;
struct RunHistory;

/// The run as it happens: charts, live rates, phases, and a log in plain words.
class TrainPage : public QWidget {
    Q_OBJECT
public:
    explicit TrainPage(Session& session, QWidget* parent = nullptr);

    /// What the session tells by itself while the page is visible.
    void setHistory(const RunHistory& history);

    RunCharts* charts() const { return m_charts; }
    LiveRates* rates() const { return m_rates; }
    PhaseList* phases() const { return m_phases; }
    QString logText() const;
    bool isEmpty() const;
    QString headline() const; ///< what is under way, or how it ended

Q_SIGNALS:
    void trainRequested();
    void inspectRequested();
    void continueRequested();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* makeChartCard();
    QWidget* makeSide();
    void takeHistory();
    void showState();
    void showLog(const RunHistory& history);
    void savePicture();
    void saveValues();
    void saveAs(const QString& title, const QString& name, const QString& filter,
        const std::function<bool(QIODevice&)>& write);
    void showProblem(const QString& problem);
    void showFacts();

    /// What the headline needs of the history.
    struct Standing {
        bool begun = false;
        bool ended = false; ///< it said so itself
        bool stopped = false;
        int done = 0; ///< epochs
        QString epoch; ///< under way
        QString facts;
    };

    Session& m_session;
    Standing m_standing;
    QString m_problem; ///< of saving; until the next save or state
    bool m_factsWrong = false;
    QStackedLayout* m_stack = nullptr;
    QWidget* m_content = nullptr;
    EmptyState* m_empty = nullptr;
    QPushButton* m_start = nullptr;
    QLabel* m_headline = nullptr;
    QLabel* m_facts = nullptr;
    QPushButton* m_reset = nullptr;
    CurveLegend* m_legend = nullptr;
    RunCharts* m_charts = nullptr;
    LiveRates* m_rates = nullptr;
    PhaseList* m_phases = nullptr;
    QPushButton* m_continue = nullptr;
    QPushButton* m_inspect;
    QLabel* m_next = nullptr;
    QPlainTextEdit* m_log = nullptr;
    bool m_followLog = true; ///< its end is in view
    qsizetype m_logLines = 0;
    QString m_logFirst;
    bool m_stale = true; ///< the history changed while the page was hidden
};

} // namespace vernier::ui
