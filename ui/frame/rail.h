#pragma once

#include "ui/base/command.h"

#include <QWidget>

#include <array>

class QAbstractButton;

namespace vernier::ui {

enum class Page { Data, Recipe, Train, Inspect, Predict, Runs };
inline constexpr std::array kPages { Page::Data, Page::Recipe, Page::Train, Page::Inspect,
    Page::Predict, Page::Runs };
/// The command that shows it.
CommandId showing(Page page);
QString title(Page page);

/// The pages at the left: icon and word.
class Rail : public QWidget {
    Q_OBJECT
public:
    explicit Rail(QWidget* parent = nullptr);
    void setPage(Page page);

Q_SIGNALS:
    void chosen(vernier::ui::Page page);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    std::array<QAbstractButton*, kPages.size()> m_buttons {};
};

} // namespace vernier::ui
