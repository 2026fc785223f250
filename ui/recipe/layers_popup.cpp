#include "ui/recipe/layers_popup.h"

#include "ui/base/theme.h"
#include "ui/recipe/rate_edit.h"

#include <QCheckBox>
#include <QGridLayout>
#include <QLabel>
#include <QRadioButton>

namespace vernier::ui {

namespace {
template <class T> T* part(QWidget* rows, const QString& kind, const Layer& layer)
{
    return rows->findChild<T*>(kind + QString::fromStdString(layer.name));
}

const QString kTick = QStringLiteral("train_");
const QString kRate = QStringLiteral("rate_");
const QString kHead = QStringLiteral("head_on_");
} // namespace

LayersPopup::LayersPopup(QWidget* parent)
    : QFrame(parent, Qt::Popup), m_title(new QLabel(this)), m_column(new QGridLayout(this))
{
    theme::setRole(this, theme::Role::Card);
    theme::setRole(m_title, theme::Role::Heading);
    m_column->setContentsMargins(
        2 * theme::kGrid, theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    m_column->addWidget(m_title, 0, 0);
}

void LayersPopup::setBlock(
    const OutlineBlock& block, const std::vector<Layer>& layers, const std::string& transferLayer)
{
    if (block.name != m_block || !m_rows)
        makeRows(block, layers);
    m_block = block.name;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const Layer& layer = layers[i];
        const bool used = i < block.rows.size();
        if (auto* tick = part<QCheckBox>(m_rows, kTick, layer)) {
            const bool trains = used && block.rows[i].trains;
            tick->setEnabled(used);
            tick->setChecked(trains);
            auto* rate = part<RateEdit>(m_rows, kRate, layer);
            rate->setEnabled(trains);
            if (trains && rate->rate() != block.layerRates[i])
                rate->setRate(block.layerRates[i]);
        }
        // Exclusive buttons cannot be switched off one by one.
        auto* head = part<QRadioButton>(m_rows, kHead, layer);
        head->setAutoExclusive(false);
        head->setChecked(layer.name == transferLayer);
        head->setAutoExclusive(true);
    }
    adjustSize();
}

void LayersPopup::makeRows(const OutlineBlock& block, const std::vector<Layer>& layers)
{
    delete m_rows;
    m_title->setText(blockTitle(block.name));
    m_rows = new QWidget(this);
    m_column->addWidget(m_rows, 1, 0);
    auto* grid = new QGridLayout(m_rows);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(2 * theme::kGrid);
    grid->setVerticalSpacing(theme::kGrid / 2);
    const QStringList headings { tr("Train"), tr("Rate"), tr("Head on top of") };
    for (int column = 0; column < headings.size(); ++column) {
        auto* heading = new QLabel(headings[column], m_rows);
        theme::setRole(heading, theme::Role::Caption);
        grid->addWidget(heading, 0, column);
    }
    vernier::Shape shape = block.input;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const Layer& layer = layers[i];
        shape = outputShape(layer, shape);
        const int row = int(i) + 1;
        const QString name = QString::fromStdString(layer.name);
        const QString title = layerName(layer);
        if (layer.hasParameters()) {
            auto* tick = new QCheckBox(title, m_rows);
            tick->setObjectName(kTick + name);
            tick->setAccessibleName(tr("Train %1").arg(name));
            tick->setToolTip(tr("Ticked: the weights of this layer change while training, at the "
                                "rate of its block or its own."));
            connect(tick, &QCheckBox::clicked, this,
                [this, name](bool on) { Q_EMIT trainingToggled(name, on); });
            grid->addWidget(tick, row, 0);
            auto* rate = new RateEdit(m_rows);
            rate->setObjectName(kRate + name);
            rate->setAccessibleName(tr("Learning rate of %1").arg(name));
            rate->setToolTip(tr("Learning rate of this layer; usual are 1e-6 to 1e-4, lower for "
                                "lower layers."));
            connect(rate, &RateEdit::rateEdited, this,
                [this, name](double value) { Q_EMIT rateEdited(name, value); });
            grid->addWidget(rate, row, 1);
        } else {
            grid->addWidget(new QLabel(title, m_rows), row, 0);
        }
        auto* head = new QRadioButton(title, m_rows);
        head->setObjectName(kHead + name);
        head->setAccessibleName(tr("Head on top of %1").arg(name));
        head->setToolTip(tr("The head is fed with this layer's output, %1; what lies above it is "
                            "left out.")
                             .arg(shapeText(shape)));
        connect(head, &QRadioButton::clicked, this, [this, name] { Q_EMIT headMoved(name); });
        grid->addWidget(head, row, 2);
    }
    m_rows->show();
}

} // namespace vernier::ui
