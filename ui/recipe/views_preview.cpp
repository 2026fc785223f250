#include "ui/recipe/views_preview.h"

#include "core/features/training_views.h"
#include "ui/base/chip.h"
#include "ui/base/elided_label.h"
#include "ui/base/format.h"
#include "ui/base/icon.h"
#include "ui/base/theme.h"
#include "ui/pictures/picture_image.h"
#include "ui/session/session.h"
#include "ui/session/view_saver.h"

#include <QButtonGroup>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include <cmath>

namespace vernier::ui {

namespace {
constexpr int kMost = 9;

struct Drawn {
    QList<QImage> views;
    QStringList problems;
};

QString fileName(const DatasetSnapshot& dataset, std::size_t image)
{
    return format::path(dataset.images[image].path.filename());
}
} // namespace

/// Squares of one size, as large as the space allows.
class ViewsPreview::Canvas : public QWidget {
public:
    explicit Canvas(const QList<QImage>& views, QWidget* parent) : QWidget(parent), m_views(views)
    {
        setMinimumSize(30 * theme::kGrid, 30 * theme::kGrid);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    }

protected:
    void paintEvent(QPaintEvent*) override
    {
        if (m_views.empty())
            return;
        QPainter painter(this);
        painter.setRenderHint(QPainter::SmoothPixmapTransform);
        const auto count = int(m_views.size());
        const int columns = int(std::ceil(std::sqrt(count)));
        const int rows = (count + columns - 1) / columns;
        const int edge = std::min((width() - (columns - 1) * theme::kGrid) / columns,
            (height() - (rows - 1) * theme::kGrid) / rows);
        const int step = edge + theme::kGrid;
        const int left = (width() - (columns * step - theme::kGrid)) / 2;
        for (int i = 0; i < count; ++i) {
            const QRect cell(left + i % columns * step, i / columns * step, edge, edge);
            painter.drawImage(cell, m_views[i]);
        }
    }

private:
    const QList<QImage>& m_views;
};

ViewsPreview::ViewsPreview(Session& session, QWidget* parent)
    : QWidget(parent), m_session(session), m_canvas(new Canvas(m_views, this))
{
    m_canvas->setAccessibleName(tr("What the network sees"));
    m_sentence = new QLabel(this);
    m_sentence->setObjectName(QStringLiteral("sentence"));
    theme::setRole(m_sentence, theme::Role::Muted);
    m_sentence->setWordWrap(true);
    m_sentence->setMinimumHeight(2 * m_sentence->fontMetrics().lineSpacing());
    m_sentence->setAlignment(Qt::AlignLeft | Qt::AlignTop);

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * theme::kGrid, theme::kGrid, 2 * theme::kGrid, 2 * theme::kGrid);
    column->setSpacing(theme::kGrid);
    column->addWidget(makeHeader());
    column->addWidget(m_canvas, 1);
    column->addWidget(m_sentence);

    for (const auto signal : { &Session::recipeChanged, &Session::datasetChanged })
        connect(&m_session, signal, this, &ViewsPreview::draw);
    connect(&m_session.devices(), &DeviceList::changed, this, &ViewsPreview::draw);
    connect(&m_session.views(), &ViewSaver::saved, this,
        [this](const QString& folder, const SavedViews& saved) {
            QString text
                = tr("%1 saved in %2.")
                      .arg(format::plural(saved.files, tr("picture"), tr("pictures")), folder);
            if (!saved.problems.empty())
                text += QLatin1Char(' ')
                    + tr("%1 could not be read.")
                          .arg(format::plural(
                              qint64(saved.problems.size()), tr("picture"), tr("pictures")));
            m_sentence->setText(text);
        });
}

QWidget* ViewsPreview::makeHeader()
{
    auto* header = new QWidget(this);
    auto* title = new ElidedLabel(header);
    title->setText(tr("What the network sees"));
    theme::setRole(title, theme::Role::Heading);
    m_one = new Chip(tr("One picture"), header);
    m_one->setToolTip(tr("The same picture in the epochs to come."));
    m_one->setChecked(true);
    m_nine = new Chip(tr("Nine pictures"), header);
    m_nine->setToolTip(tr("Nine training pictures in the first epoch."));
    auto* amount = new QButtonGroup(this);
    amount->addButton(m_one);
    amount->addButton(m_nine);
    connect(amount, &QButtonGroup::buttonToggled, this, [this](QAbstractButton*, bool on) {
        if (on)
            draw();
    });
    auto* others = new QPushButton(tr("Others"), header);
    others->setToolTip(tr("Other training pictures."));
    connect(others, &QPushButton::clicked, this, &ViewsPreview::drawOthers);
    m_save = new QPushButton(tr("Save…"), header);
    m_save->setToolTip(tr("Write all training pictures as they are seen here to a folder, as PNG "
                          "files in folders of their classes."));
    connect(m_save, &QPushButton::clicked, this, &ViewsPreview::save);
    auto* close = new QPushButton(icon(QStringLiteral("close")), {}, header);
    theme::setRole(close, theme::Role::Quiet);
    close->setToolTip(tr("Back to the network (Escape)."));
    connect(close, &QPushButton::clicked, this, &ViewsPreview::closed);
    for (QAbstractButton* button :
        std::initializer_list<QAbstractButton*> { m_one, m_nine, others, m_save, close })
        button->setAccessibleName(button->toolTip());

    auto* row = new QHBoxLayout(header);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme::kGrid);
    row->addWidget(title, 1);
    row->addWidget(m_one);
    row->addWidget(m_nine);
    row->addSpacing(theme::kGrid);
    row->addWidget(others);
    row->addWidget(m_save);
    row->addWidget(close);
    return header;
}

QString ViewsPreview::sentence() const { return m_sentence->text(); }

void ViewsPreview::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    draw();
}

std::vector<std::size_t> ViewsPreview::trainingPictures() const
{
    const SnapshotPtr dataset = m_session.dataset();
    if (!dataset)
        return {};
    return drawnTrainingPictures(*dataset, m_session.recipe().perClass, m_session.recipe().seed);
}

void ViewsPreview::drawOthers()
{
    // A step that meets all pictures, of which neighbours look alike.
    constexpr std::size_t kStride = 7919;
    m_first += kStride;
    draw();
}

void ViewsPreview::draw()
{
    if (!isVisible())
        return;
    const SnapshotPtr dataset = m_session.dataset();
    const std::vector<std::size_t> training = trainingPictures();
    const bool augmented = !m_session.recipe().augmentation.none();
    m_save->setEnabled(!training.empty() && augmented);
    if (training.empty()) {
        m_job.abandon();
        show({}, tr("Open a folder of pictures first; its training pictures are shown here."));
        return;
    }
    const int kept = m_session.views().keptViews();
    const bool one = m_one->isChecked();
    std::vector<std::size_t> images;
    const std::size_t count = one ? 1 : std::min<std::size_t>(kMost, training.size());
    // Spread over the classes, which lie one after the other.
    for (std::size_t i = 0; i < count; ++i)
        images.push_back(training[(m_first + i * training.size() / count) % training.size()]);
    const int epochs = !one || !augmented ? 1 : kept > 0 ? std::min(kept, kMost) : kMost;

    QString text = !augmented
        ? tr("No augmentation is set: the network sees each picture as it is, fitted to a square.")
        : kept > 0
        ? tr("%1 of each picture drawn once and kept, so that the frozen blocks run once "
             "for each.")
              .arg(format::plural(kept, tr("version is"), tr("versions are")))
        : tr("Every epoch draws new versions.");
    if (one)
        text = fileName(*dataset, images.front()) + QStringLiteral(". ") + text;
    m_job.start(
        [dataset, images, kept, epochs, recipe = m_session.recipe()](
            std::stop_token stop, const ProgressSink&) -> Result<Drawn> {
            const Result<ViewRules> rules = viewRules(recipe, kept);
            if (!rules)
                return tl::unexpected<Error>(rules.error());
            KnownPictures known({});
            const TrainingViews views { *dataset, *rules, known };
            Drawn drawn;
            for (const std::size_t image : images) {
                const Result<std::vector<Picture>> pictures = views.of(image, 0, epochs, stop);
                if (!pictures && pictures.error().code == ErrorCode::Cancelled)
                    return tl::unexpected<Error>(pictures.error());
                if (!pictures)
                    drawn.problems << format::text(pictures.error());
                for (const Picture& picture : pictures.value_or(std::vector<Picture> {}))
                    drawn.views << toImage(picture);
            }
            return drawn;
        },
        [this, text](Result<Drawn> drawn) {
            if (!drawn)
                show({}, format::text(drawn.error()));
            else
                show(drawn->views, drawn->problems.isEmpty() ? text : drawn->problems.first());
        });
}

void ViewsPreview::show(const QList<QImage>& views, const QString& sentence)
{
    m_views = views;
    m_sentence->setText(sentence);
    m_canvas->update();
    Q_EMIT shown();
}

void ViewsPreview::save()
{
    const QString folder
        = QFileDialog::getExistingDirectory(this, tr("Save augmented pictures in an empty folder"));
    if (!folder.isEmpty())
        m_session.views().save(folder);
}

} // namespace vernier::ui
