#pragma once

#include "core/dataset/snapshot.h"

#include <QDialog>

#include <optional>

class QLineEdit;
class QListWidget;
class QPushButton;

namespace vernier::ui {

/// Asks for one of many classes by a part of its name: type, choose with the arrow keys, Return.
class ClassDialog : public QDialog {
    Q_OBJECT
public:
    explicit ClassDialog(const std::vector<std::string>& classes, QWidget* parent = nullptr);

    /// The one that is chosen; none where no class has what was typed.
    std::optional<ClassIndex> chosen() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void find(const QString& typed);

    QLineEdit* m_line;
    QListWidget* m_list; ///< in class order; what does not fit is hidden
    QPushButton* m_give = nullptr;
};

} // namespace vernier::ui
