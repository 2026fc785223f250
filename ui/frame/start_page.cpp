#include "ui/frame/start_page.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QAbstractButton>
#include <QDir>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace vernier::ui {
namespace {

/// One of the three ways to begin.
class Choice : public QAbstractButton {
public:
    Choice(
        const QString& iconName, const QString& headline, const QString& sentence, QWidget* parent)
        : QAbstractButton(parent), m_iconName(iconName), m_sentence(sentence)
    {
        setText(headline);
        setAccessibleName(headline);
        setAccessibleDescription(sentence);
        setToolTip(sentence);
        setAttribute(Qt::WA_Hover);
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::StrongFocus);
        setMinimumSize(sizeHint());
    }

    QSize sizeHint() const override { return { 232, 176 }; }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool lit = underMouse() || hasFocus();
        painter.setPen(QPen(lit ? theme::accent() : theme::line(), hasFocus() ? 2 : 1));
        painter.setBrush(isDown() ? theme::hover() : theme::surface());
        painter.drawRoundedRect(
            QRectF(rect()).adjusted(1, 1, -1, -1), theme::kRadius, theme::kRadius);
        paintIcon(painter, m_iconName, QRectF(20, 20, 32, 32), theme::accent());

        QFont strong = font();
        strong.setPointSizeF(font().pointSizeF() * 1.1);
        strong.setWeight(QFont::DemiBold);
        painter.setFont(strong);
        painter.setPen(theme::text());
        const int line = QFontMetrics(strong).height();
        painter.drawText(QRect(20, 68, width() - 40, line), Qt::AlignLeft, text());
        painter.setFont(font());
        painter.setPen(theme::mutedText());
        painter.drawText(QRect(20, 68 + line + 6, width() - 40, height() - 68 - line - 14),
            Qt::AlignLeft | Qt::TextWordWrap, m_sentence);
    }

private:
    QString m_iconName;
    QString m_sentence;
};

/// A folder with a folder a class, as a small drawing.
class FolderDrawing : public QWidget {
public:
    explicit FolderDrawing(QWidget* parent) : QWidget(parent)
    {
        setFixedSize(272, 96);
        setAccessibleName(tr("my pictures, in it the folders ants and bees with pictures"));
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme::line(), 1.5));
        painter.drawLine(10, 24, 10, 84);
        painter.drawLine(10, 52, 26, 52);
        painter.drawLine(10, 84, 26, 84);
        paintRow(painter, 0, 12, QStringLiteral("my pictures"), 0);
        paintRow(painter, 30, 52, QStringLiteral("ants"), 0);
        paintRow(painter, 30, 84, QStringLiteral("bees"), 1);
    }

private:
    void paintRow(QPainter& painter, int x, int y, const QString& name, int tone) const
    {
        paintIcon(painter, QStringLiteral("folder"), QRectF(x, y - 10, 20, 20), theme::mutedText());
        painter.setPen(theme::text());
        painter.drawText(QRect(x + 28, y - 12, 120, 24), Qt::AlignVCenter, name);
        if (x == 0)
            return;
        painter.setPen(Qt::NoPen);
        for (int i = 0; i < 5; ++i) {
            QColor color = theme::classColor(tone);
            color.setAlphaF(0.85F - 0.12F * static_cast<float>(i));
            painter.setBrush(color);
            painter.drawRoundedRect(QRectF(128 + i * 28, y - 11, 22, 22), 3, 3);
        }
    }
};

} // namespace

StartPage::StartPage(QWidget* parent)
    : QWidget(parent), m_recent(new QWidget(this)), m_recentRows(new QVBoxLayout(m_recent))
{
    auto* headline = new QLabel(tr("Teach a network to tell your pictures apart"), this);
    theme::setRole(headline, theme::Role::Heading);
    QFont large = theme::heading(headline->font());
    headline->setFont(large);
    auto* sentence = new QLabel(
        tr("All of it runs on this computer. No picture leaves it, and none is changed."), this);
    theme::setRole(sentence, theme::Role::Muted);

    auto* folder = new Choice(QStringLiteral("folder"), tr("Open a folder"),
        tr("Pictures of your own, with one folder for each class"), this);
    auto* sample = new Choice(QStringLiteral("sample"), tr("Open the sample"),
        tr("360 painted pictures of forks, knives and spoons, to try everything"), this);
    auto* project = new Choice(QStringLiteral("history"), tr("Open a project"),
        tr("Go on with pictures, recipe and runs that were saved together"), this);
    connect(folder, &QAbstractButton::clicked, this, &StartPage::openFolder);
    connect(sample, &QAbstractButton::clicked, this, &StartPage::openSample);
    connect(project, &QAbstractButton::clicked, this, &StartPage::openProject);
    auto* choices = new QHBoxLayout;
    choices->setSpacing(2 * theme::kGrid);
    for (Choice* choice : { folder, sample, project })
        choices->addWidget(choice);

    auto* shape = new QLabel(tr("A folder of pictures holds one folder for each class; the "
                                "folders' names become the names of the classes. You can also drop "
                                "it on this window."),
        this);
    shape->setWordWrap(true);
    theme::setRole(shape, theme::Role::Muted);
    auto* explanation = new QHBoxLayout;
    explanation->setSpacing(3 * theme::kGrid);
    explanation->addWidget(new FolderDrawing(this));
    explanation->addWidget(shape, 1);

    m_recentRows->setContentsMargins(0, 0, 0, 0);
    m_recentRows->setSpacing(theme::kGrid / 2);

    auto* body = new QWidget(this);
    body->setFixedWidth(3 * 232 + 2 * 2 * theme::kGrid);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(headline);
    column->addSpacing(theme::kGrid);
    column->addWidget(sentence);
    column->addSpacing(3 * theme::kGrid);
    column->addLayout(choices);
    column->addSpacing(4 * theme::kGrid);
    column->addLayout(explanation);
    column->addSpacing(3 * theme::kGrid);
    column->addWidget(m_recent);

    auto* outer = new QVBoxLayout(this);
    outer->addStretch(2);
    outer->addWidget(body, 0, Qt::AlignHCenter);
    outer->addStretch(3);
    setRecent({});
}

void StartPage::setRecent(const QStringList& folders)
{
    while (QLayoutItem* item = m_recentRows->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    m_recent->setVisible(!folders.isEmpty());
    if (folders.isEmpty())
        return;
    auto* caption = new QLabel(tr("Recent"), m_recent);
    theme::setRole(caption, theme::Role::Caption);
    m_recentRows->addWidget(caption);
    constexpr qsizetype kShown = 4;
    for (const QString& folder : folders.mid(0, kShown)) {
        auto* button = new QToolButton(m_recent);
        button->setText(QFileInfo(folder).fileName());
        button->setIcon(icon(QStringLiteral("folder")));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setToolTip(QDir::toNativeSeparators(folder));
        button->setFocusPolicy(Qt::StrongFocus);
        connect(button, &QToolButton::clicked, this, [this, folder] { Q_EMIT openRecent(folder); });
        m_recentRows->addWidget(button, 0, Qt::AlignLeft);
    }
}

} // namespace vernier::ui
