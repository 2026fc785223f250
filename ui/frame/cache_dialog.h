#pragma once

#include "core/features/feature_cache.h"

#include <QDialog>
#include <QTimer>

class QDoubleSpinBox;
class QLabel;
class QProgressBar;
class QPushButton;
class QRadioButton;

namespace vernier::ui {

class Session;

/// The feature cache on disk: where it lies, how full it is, how large it may become. A limit holds
/// at once, for the command line too. It shows what others do to it meanwhile.
class CacheDialog : public QDialog {
    Q_OBJECT
public:
    explicit CacheDialog(QWidget* parent = nullptr);
    explicit CacheDialog(Session& session, QWidget* parent = nullptr);

    void showInfo(const FeatureCache::Info& info);
    /// Empty: nothing is wrong.
    void showError(const QString& sentence);
    void setTraining(bool training) { m_training = training; }

Q_SIGNALS:
    void limitChosen(std::optional<quint64> bytes); ///< none: automatic
    void clearRequested();

protected:
    void done(int result) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeUse();
    QWidget* makeLimit();
    void applyLimit();
    void askToClear();
    void elideFolder();
    void showNote();

    std::optional<FeatureCache::Info> m_info;
    bool m_training = false;
    QString m_folderPath;
    QString m_problem;
    QLabel* m_used = nullptr;
    QProgressBar* m_share = nullptr;
    QLabel* m_entries = nullptr;
    QLabel* m_folder = nullptr;
    QPushButton* m_open = nullptr;
    QRadioButton* m_automatic = nullptr;
    QRadioButton* m_own = nullptr;
    QDoubleSpinBox* m_limit = nullptr;
    QLabel* m_note = nullptr;
    QPushButton* m_clear = nullptr;
    QTimer m_apply; ///< a number on its way to another would remove what that one keeps
};

} // namespace vernier::ui
