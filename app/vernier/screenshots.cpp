#include "app/vernier/screenshots.h"

#include "ui/base/format.h"
#include "ui/session/evaluations.h"
#include "ui/session/predictions.h"

#include <QApplication>
#include <QDir>
#include <QPixmap>
#include <QTextStream>
#include <QTimer>

namespace vernier {
namespace {

constexpr int kPredictions = 24;
/// For thumbnails and charts to be there.
constexpr int kSettleMs = 2500;

} // namespace

Screenshots::Screenshots(ui::MainWindow& window, QString into, QString folder)
    : m_window(window), m_into(std::move(into))
{
    ui::Session& session = window.session();
    connect(&session.jobs(), &ui::JobBoard::failed, this,
        [this](const Error& error) { giveUp(ui::format::text(error)); });
    // Opening the sample paints it first and then opens it as a folder.
    connect(&session, &ui::Session::datasetChanged, this, &Screenshots::train,
        Qt::SingleShotConnection);
    connect(&session.evaluations(), &ui::Evaluations::changed, this, [this] {
        if (m_window.session().evaluations().current())
            predict();
    });
    window.resize(1280, 800);
    if (folder.isEmpty())
        session.openSample();
    else
        session.openFolder(folder);
}

void Screenshots::train()
{
    ui::Session& session = m_window.session();
    Recipe recipe = session.recipe();
    recipe.phases.resize(1);
    recipe.phases.front().plan.blockRates.clear();
    session.setRecipe(recipe, {});
    session.train();
}

void Screenshots::predict()
{
    ui::Session& session = m_window.session();
    QStringList pictures;
    const SnapshotPtr dataset = session.dataset();
    const std::size_t step = std::max<std::size_t>(1, dataset->images.size() / kPredictions);
    for (std::size_t i = 0; i < dataset->images.size(); i += step)
        pictures << ui::format::path(dataset->absolute(dataset->images[i]));
    connect(&session.jobs(), &ui::JobBoard::changed, this, [this] {
        ui::Session& s = m_window.session();
        if (s.idle() && !s.predictions().all().empty()) {
            disconnect(&s.jobs(), &ui::JobBoard::changed, this, nullptr);
            save(0);
        }
    });
    session.predictions().predict(pictures);
}

void Screenshots::save(std::size_t page)
{
    if (page == ui::kPages.size()) {
        QApplication::exit(0);
        return;
    }
    m_window.showPage(ui::kPages[page]);
    QTimer::singleShot(kSettleMs, this, [this, page] {
        const QString file
            = QDir(m_into).filePath(ui::title(ui::kPages[page]).toLower() + QStringLiteral(".png"));
        if (!m_window.grab().save(file))
            giveUp(QStringLiteral("%1 could not be written").arg(file));
        else
            save(page + 1);
    });
}

void Screenshots::giveUp(const QString& sentence)
{
    QTextStream(stderr) << QStringLiteral("vernier: ") << sentence << Qt::endl;
    QApplication::exit(1);
}

} // namespace vernier
