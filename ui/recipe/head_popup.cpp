#include "ui/recipe/head_popup.h"

#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

#include <algorithm>
#include <cmath>

namespace vernier::ui {

namespace {
constexpr int kMostLayers = 8; // as a recipe has them at most

QString activationTitle(Activation activation)
{
    switch (activation) {
    case Activation::Relu:
        return HeadPopup::tr("ReLU");
    case Activation::Tanh:
        return HeadPopup::tr("tanh");
    case Activation::Sigmoid:
        return HeadPopup::tr("Sigmoid");
    default:
        return HeadPopup::tr("None");
    }
}

QString nameOf(const char* part, std::size_t index)
{
    return QStringLiteral("%1_%2").arg(QLatin1String(part)).arg(index);
}
} // namespace

HeadPopup::HeadPopup(QWidget* parent)
    : QFrame(parent, Qt::Popup)
    , m_pooling(new QComboBox(this))
    , m_add(new QPushButton(tr("Add a layer"), this))
    , m_parameters(new QLabel(this))
    , m_layout(new QGridLayout(this))
{
    theme::setRole(this, theme::Role::Card);
    auto* title = new QLabel(tr("Head"), this);
    theme::setRole(title, theme::Role::Heading);
    m_pooling->addItem(tr("Flatten"));
    m_pooling->addItem(tr("Average"));
    m_pooling->setAccessibleName(tr("Pooling"));
    m_pooling->setToolTip(tr("Flatten keeps where things are in the picture; average only what is "
                             "there, with far fewer weights."));
    connect(m_pooling, &QComboBox::activated, this, [this](int index) {
        HeadSpec head = m_head;
        head.pooling = index == 0 ? Pooling::Flatten : Pooling::Average;
        tell(head);
    });
    m_add->setToolTip(tr("One more hidden layer before the classes, half as large as the last."));
    m_add->setAccessibleName(m_add->text());
    connect(m_add, &QPushButton::clicked, this, &HeadPopup::addLayer);
    theme::setRole(m_parameters, theme::Role::Muted);

    m_layout->setContentsMargins(
        2 * theme::kGrid, theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    m_layout->setSpacing(theme::kGrid);
    m_layout->addWidget(title, 0, 0);
    m_layout->addWidget(m_pooling, 0, 1);
    m_layout->addWidget(m_add, 2, 0);
    m_layout->addWidget(m_parameters, 2, 1, Qt::AlignRight | Qt::AlignVCenter);
}

void HeadPopup::setHead(const HeadSpec& head, const QString& parameters)
{
    const bool sameRows = m_rows && m_head.dense.size() == head.dense.size();
    m_head = head;
    m_showing = true;
    if (!sameRows)
        makeRows(head.dense.size());
    m_pooling->setCurrentIndex(head.pooling == Pooling::Flatten ? 0 : 1);
    for (std::size_t i = 0; i < head.dense.size(); ++i)
        showRow(i);
    m_add->setEnabled(head.dense.size() < kMostLayers);
    m_parameters->setText(parameters);
    m_showing = false;
    adjustSize();
}

void HeadPopup::makeRows(std::size_t count)
{
    delete m_rows;
    m_rows = new QWidget(this);
    m_layout->addWidget(m_rows, 1, 0, 1, 2);
    auto* grid = new QGridLayout(m_rows);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme::kGrid);
    grid->setVerticalSpacing(theme::kGrid / 2);
    const QStringList headings { tr("Size"), tr("Activation"), tr("Dropout") };
    for (int column = 0; column < headings.size(); ++column) {
        auto* heading = new QLabel(count > 0 ? headings[column] : QString(), m_rows);
        theme::setRole(heading, theme::Role::Caption);
        grid->addWidget(heading, 0, column);
    }
    for (std::size_t i = 0; i < count; ++i) {
        const int row = int(i) + 1;
        auto* size = new QSpinBox(m_rows);
        size->setObjectName(nameOf("size", i));
        size->setRange(1, 65536);
        size->setKeyboardTracking(false);
        size->setAlignment(Qt::AlignRight);
        size->setAccessibleName(tr("Size of hidden layer %1").arg(row));
        size->setToolTip(tr("How many values this layer has; usual are 64 to 1024."));
        connect(size, &QSpinBox::valueChanged, this, [this, i](int value) {
            HeadSpec head = m_head;
            head.dense[i].size = value;
            tell(head);
        });
        auto* activation = new QComboBox(m_rows);
        activation->setObjectName(nameOf("activation", i));
        for (const Activation each : hiddenActivations())
            activation->addItem(activationTitle(each));
        activation->setAccessibleName(tr("Activation of hidden layer %1").arg(row));
        activation->setToolTip(tr("What bends this layer's values; ReLU serves nearly always."));
        connect(activation, &QComboBox::activated, this, [this, i](int index) {
            HeadSpec head = m_head;
            head.dense[i].activation = hiddenActivations()[std::size_t(index)];
            tell(head);
        });
        auto* dropout = new QSpinBox(m_rows);
        dropout->setObjectName(nameOf("dropout", i));
        dropout->setRange(0, 99);
        dropout->setSingleStep(5);
        dropout->setSuffix(QChar(0xa0) + QStringLiteral("%"));
        dropout->setKeyboardTracking(false);
        dropout->setAlignment(Qt::AlignRight);
        dropout->setAccessibleName(tr("Dropout after hidden layer %1").arg(row));
        dropout->setToolTip(tr("Share of this layer's values set to zero in each training step; "
                               "usual are 0 to 50 %."));
        connect(dropout, &QSpinBox::valueChanged, this, [this, i](int value) {
            HeadSpec head = m_head;
            head.dense[i].dropout = value / 100.0;
            if (head.dense[i].dropout == head.dropout)
                head.dense[i].dropout.reset();
            tell(head);
        });
        auto* remove = new QPushButton(icon(QStringLiteral("close")), {}, m_rows);
        theme::setRole(remove, theme::Role::Quiet);
        remove->setObjectName(nameOf("remove", i));
        remove->setAccessibleName(tr("Remove hidden layer %1").arg(row));
        remove->setToolTip(tr("Take this layer out."));
        connect(remove, &QPushButton::clicked, this, [this, i] {
            HeadSpec head = m_head;
            head.dense.erase(head.dense.begin() + std::ptrdiff_t(i));
            tell(head);
        });
        int column = 0;
        for (QWidget* cell : std::initializer_list<QWidget*> { size, activation, dropout, remove })
            grid->addWidget(cell, row, column++);
    }
    m_rows->show();
}

void HeadPopup::showRow(std::size_t index)
{
    const DenseSpec& hidden = m_head.dense[index];
    m_rows->findChild<QSpinBox*>(nameOf("size", index))->setValue(hidden.size);
    const auto& known = hiddenActivations();
    m_rows->findChild<QComboBox*>(nameOf("activation", index))
        ->setCurrentIndex(
            int(std::find(known.begin(), known.end(), hidden.activation) - known.begin()));
    m_rows->findChild<QSpinBox*>(nameOf("dropout", index))
        ->setValue(int(std::lround(100 * hidden.dropout.value_or(m_head.dropout))));
}

void HeadPopup::addLayer()
{
    constexpr int kFirst = 256;
    HeadSpec head = m_head;
    head.dense.emplace_back(head.dense.empty() ? kFirst : std::max(1, head.dense.back().size / 2));
    tell(head);
}

void HeadPopup::tell(HeadSpec head)
{
    if (!m_showing && head != m_head)
        Q_EMIT edited(head);
}

} // namespace vernier::ui
