#pragma once

#include <QStringList>
#include <QWidget>

class QVBoxLayout;

namespace vernier::ui {

/// What a window without pictures shows: three ways to begin, what a folder should look like, and
/// what was open before.
class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(QWidget* parent = nullptr);
    void setRecent(const QStringList& folders);

Q_SIGNALS:
    void openFolder();
    void openSample();
    void openProject();
    void openRecent(const QString& folder);

private:
    QWidget* m_recent;
    QVBoxLayout* m_recentRows;
};

} // namespace vernier::ui
