#include "tests/ui/walk.h"

#include "tests/ui/painted_dataset.h"
#include "ui/data/data_page.h"
#include "ui/data/dataset_model.h"
#include "ui/frame/rail.h"
#include "ui/pictures/gallery_view.h"
#include "ui/predict/predict_page.h"
#include "ui/predict/prediction_model.h"
#include "ui/session/current_run.h"
#include "ui/session/evaluations.h"
#include "ui/session/predictions.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QContextMenuEvent>
#include <QDesktopServices>
#include <QDialog>
#include <QDropEvent>
#include <QFileDialog>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QMimeData>
#include <QStackedWidget>
#include <QTest>
#include <QWheelEvent>

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace vernier::test {

using namespace ui;

namespace {

constexpr int kToldSteps = 200;
/// A step takes milliseconds; what loads a network, or unpacks one, some seconds on a busy machine.
constexpr std::int64_t kHangSeconds = 90;
constexpr int kMostAnswers = 8;

std::int64_t secondsNow()
{
    return std::chrono::duration_cast<std::chrono::seconds>(
        std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

QString nameOf(const QWidget* widget)
{
    QString name = QString::fromLatin1(widget->metaObject()->className());
    if (!widget->objectName().isEmpty())
        name += QLatin1Char(' ') + widget->objectName();
    if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
        name += QStringLiteral(" \"%1\"").arg(button->text());
    return name;
}

/// What Qt complains of, on any thread.
QStringList& complaints()
{
    static QStringList all;
    return all;
}
std::mutex complaintsMutex;

void listen(QtMsgType type, const QMessageLogContext&, const QString& message)
{
    // Of the display that there is not.
    if (type < QtWarningMsg || type == QtInfoMsg
        || message.startsWith(QStringLiteral("This plugin does not support")))
        return;
    const std::lock_guard lock(complaintsMutex);
    complaints() << message;
}

/// Ends the program's window, or asks somebody else to show something.
bool leadsOut(const QAction* action)
{
    return action->text().remove(QLatin1Char('&')).startsWith(QStringLiteral("Quit"));
}

} // namespace

Walk::Walk(unsigned seed) : m_seed(seed), m_dice(seed)
{
    m_pictures = paintedDataset(m_folder, "pictures");
    const auto recipe = m_folder / "small.json";
    std::ofstream(recipe) << toJson(tinyRecipe(1));
    std::ofstream(m_folder / "text.txt") << "no picture";
    m_droppable = { m_pictures, m_pictures + QStringLiteral("/val"),
        m_pictures + QStringLiteral("/val/blue"), format::path(recipe),
        format::path(m_folder / "text.txt"), format::path(m_folder / "nowhere"),
        format::path(m_folder / "saved.vernier"), format::path(m_folder / "saved.safetensors") };
    // Where dialogs fetch from: nowhere.
    const auto catalogue = m_folder / "catalogue.json";
    std::ofstream(catalogue) << R"({"weights": [], "datasets": [{"name": "knifey-spoony",
        "title": "Knifey-Spoony", "url": "file:///nowhere/pictures.tar.gz", "file": "pictures.tar.gz",
        "about_bytes": 1000, "hash_from": "nobody", "licence": "none", "about": "nothing"}]})";
    ::setenv("VERNIER_CATALOGUE", catalogue.c_str(), 1);
    for (const auto* scheme : { "file", "http", "https" })
        QDesktopServices::setUrlHandler(QString::fromLatin1(scheme), &m_nowhere, "show");

    m_answering.setInterval(5);
    QObject::connect(&m_answering, &QTimer::timeout, &m_answering, [this] {
        // From an event of its own: the timer must go on while what is pressed asks again.
        if (QApplication::activePopupWidget() || QApplication::activeModalWidget())
            QTimer::singleShot(0, &m_answering, [this] { answer(); });
    });
    Session& session = m_window.session();
    QObject::connect(&session, &Session::datasetChanged, &m_answering, [this] { ++m_opened; });
    QObject::connect(
        &session.run(), &CurrentRun::epochFinished, &m_answering, [this] { ++m_epochs; });
    QObject::connect(&session.predictions(), &Predictions::added, &m_answering,
        [this](int, int count) { m_predictions += count; });
    QObject::connect(
        &session.evaluations(), &Evaluations::changed, &m_answering, [this] { ++m_evaluations; });
    complaints().clear();
    m_before = qInstallMessageHandler(listen);
    m_window.show();
    m_window.open(m_pictures);
    m_beat = secondsNow();
    m_watch = std::jthread([this](std::stop_token stop) { watch(stop); });
}

Walk::~Walk()
{
    qInstallMessageHandler(m_before);
    for (const auto* scheme : { "file", "http", "https" })
        QDesktopServices::unsetUrlHandler(QString::fromLatin1(scheme));
}

std::size_t Walk::below(std::size_t end) { return end < 2 ? 0 : m_dice() % end; }

QString Walk::reached() const
{
    return QStringLiteral(
        "%1 steps, %2 datasets or edits, %3 epochs, %4 evaluations, %5 predictions")
        .arg(m_steps)
        .arg(m_opened)
        .arg(m_epochs)
        .arg(m_evaluations)
        .arg(m_predictions);
}

void Walk::note(const QString& step)
{
    const std::lock_guard lock(m_storyMutex);
    m_story << QStringLiteral("%1 %2").arg(m_steps).arg(step);
    if (m_story.size() > kToldSteps)
        m_story.removeFirst();
}

QString Walk::story() const
{
    const std::lock_guard lock(m_storyMutex);
    return QStringLiteral("seed %1, the last steps:\n  %2")
        .arg(m_seed)
        .arg(m_story.join(QStringLiteral("\n  ")));
}

/// A window that hangs cannot say so itself.
void Walk::watch(std::stop_token stop)
{
    while (!stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        if (secondsNow() - m_beat < kHangSeconds)
            continue;
        std::fprintf(stderr, "the window hangs; %s\n", qPrintable(story()));
        std::abort();
    }
}

void Walk::spin(int ms)
{
    QElapsedTimer since;
    since.start();
    do
        QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
    while (since.elapsed() < ms);
}

QWidget* Walk::anyWidget(QWidget* within, const std::function<bool(QWidget*)>& wanted)
{
    QList<QWidget*> all;
    for (QWidget* widget : within->findChildren<QWidget*>()) {
        if (widget->isVisibleTo(within) && widget->isEnabled() && widget->width() > 0
            && widget->height() > 0 && widget->window() == within->window() && wanted(widget))
            all << widget;
    }
    return all.isEmpty() ? nullptr : oneOf(all);
}

// --- what he does

void Walk::triggerAction()
{
    QList<QAction*> able;
    for (QAction* action : m_window.actions()) {
        if (action->isEnabled() && !leadsOut(action))
            able << action;
    }
    if (able.isEmpty())
        return;
    QAction* action = oneOf(able);
    note(QStringLiteral("action \"%1\"").arg(action->text()));
    action->trigger();
}

void Walk::press()
{
    static const std::vector<int> keys { Qt::Key_Tab, Qt::Key_Backtab, Qt::Key_Return,
        Qt::Key_Escape, Qt::Key_Space, Qt::Key_Up, Qt::Key_Down, Qt::Key_Left, Qt::Key_Right,
        Qt::Key_Home, Qt::Key_End, Qt::Key_PageUp, Qt::Key_PageDown, Qt::Key_Delete,
        Qt::Key_Backspace, Qt::Key_F1, Qt::Key_F2, Qt::Key_F5, Qt::Key_Menu, Qt::Key_A, Qt::Key_C,
        Qt::Key_E, Qt::Key_V, Qt::Key_Z, Qt::Key_0, Qt::Key_1, Qt::Key_2, Qt::Key_9, Qt::Key_Plus,
        Qt::Key_Minus };
    static const std::vector<Qt::KeyboardModifiers> held { Qt::NoModifier, Qt::NoModifier,
        Qt::ShiftModifier, Qt::ControlModifier, Qt::ControlModifier | Qt::ShiftModifier };
    const auto key = static_cast<Qt::Key>(oneOf(keys));
    const auto modifiers = oneOf(held);
    QWidget* to = m_window.focusWidget() ? m_window.focusWidget() : &m_window;
    note(QStringLiteral("key %1 to %2")
             .arg(QKeySequence(static_cast<int>(key) | static_cast<int>(modifiers)).toString(),
                 nameOf(to)));
    QTest::keyClick(to, key, modifiers);
}

void Walk::click()
{
    QWidget* widget = anyWidget(&m_window, [](QWidget*) { return true; });
    if (!widget)
        return;
    const QPoint at(static_cast<int>(below(static_cast<std::size_t>(widget->width()))),
        static_cast<int>(below(static_cast<std::size_t>(widget->height()))));
    note(QStringLiteral("click %1 at %2 %3").arg(nameOf(widget)).arg(at.x()).arg(at.y()));
    const auto modifiers = oneIn(5) ? Qt::ControlModifier : Qt::NoModifier;
    if (oneIn(6))
        QTest::mouseDClick(widget, Qt::LeftButton, modifiers, at);
    else
        QTest::mouseClick(widget, Qt::LeftButton, modifiers, at);
}

void Walk::menu()
{
    QWidget* widget = anyWidget(&m_window, [](const QWidget* each) {
        return each->contextMenuPolicy() == Qt::CustomContextMenu || each->parentWidget();
    });
    if (!widget)
        return;
    const QPoint at = widget->rect().center();
    note(QStringLiteral("menu of %1").arg(nameOf(widget)));
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, widget->mapToGlobal(at));
    QApplication::sendEvent(widget, &event);
}

void Walk::type()
{
    static const QStringList texts { QString(), QStringLiteral("0"), QStringLiteral("7"),
        QStringLiteral("-1"), QStringLiteral("1e-5"), QStringLiteral("1e300"),
        QStringLiteral("0.5"), QStringLiteral("abc"), QStringLiteral("block2"),
        QStringLiteral("\u00e4\u4e2d"), QString(500, QLatin1Char('9')) };
    auto* field = qobject_cast<QLineEdit*>(
        anyWidget(&m_window, [](QWidget* each) { return qobject_cast<QLineEdit*>(each); }));
    if (!field)
        return;
    const QString text = oneOf(texts);
    note(QStringLiteral("type \"%1\" into %2").arg(text.left(20), nameOf(field->parentWidget())));
    field->setFocus();
    field->selectAll();
    QTest::keyClick(field, Qt::Key_Delete);
    for (const QChar letter : text) {
        QKeyEvent event(QEvent::KeyPress, 0, Qt::NoModifier, QString(letter));
        QApplication::sendEvent(field, &event);
    }
    if (oneIn(2))
        QTest::keyClick(field, Qt::Key_Return);
}

void Walk::turnWheel()
{
    QWidget* widget = anyWidget(&m_window, [](QWidget*) { return true; });
    if (!widget)
        return;
    const QPointF at = widget->rect().center();
    const int turn = oneIn(2) ? 120 : -120;
    note(QStringLiteral("wheel on %1").arg(nameOf(widget)));
    QWheelEvent event(at, widget->mapToGlobal(at), {}, { 0, turn }, Qt::NoButton,
        oneIn(4) ? Qt::ControlModifier : Qt::NoModifier, Qt::NoScrollPhase, false);
    QApplication::sendEvent(widget, &event);
}

void Walk::drop()
{
    QMimeData mime;
    QList<QUrl> urls;
    for (auto count = 1 + below(2); count > 0; --count)
        urls << QUrl::fromLocalFile(oneOf(m_droppable));
    if (oneIn(10))
        mime.setText(QStringLiteral("a text"));
    else
        mime.setUrls(urls);
    note(QStringLiteral("drop %1").arg(
        mime.hasUrls() ? QUrl::toStringList(urls).join(QLatin1Char(' ')) : mime.text()));
    const QPoint at(static_cast<int>(below(static_cast<std::size_t>(m_window.width()))),
        static_cast<int>(below(static_cast<std::size_t>(m_window.height()))));
    QDragEnterEvent enter(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&m_window, &enter);
    if (!enter.isAccepted() || oneIn(5)) {
        QDragLeaveEvent leave;
        QApplication::sendEvent(&m_window, &leave);
        return;
    }
    QDropEvent event(at, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(&m_window, &event);
}

void Walk::resize()
{
    const QSize size(1176 + static_cast<int>(below(700)), 640 + static_cast<int>(below(500)));
    note(QStringLiteral("resize to %1 x %2").arg(size.width()).arg(size.height()));
    m_window.resize(size);
}

void Walk::changePage()
{
    const Page page = oneOf(kPages);
    note(QStringLiteral("page %1").arg(title(page)));
    m_window.showPage(page);
}

void Walk::changeRecipe()
{
    if (m_window.session().run().underWay())
        return;
    auto recipe = tinyRecipe(1 + static_cast<int>(below(4)));
    recipe.seed = below(3);
    if (oneIn(2))
        recipe.augmentation.horizontalFlip = true;
    if (oneIn(3))
        recipe.phases.push_back(recipe.phases.front());
    note(QStringLiteral("small recipe"));
    m_window.session().setRecipe(recipe, QStringLiteral("walk"));
}

void Walk::train()
{
    changeRecipe();
    if (m_window.session().run().underWay() || oneIn(3)) {
        note(QStringLiteral("go on or pause"));
        m_window.goOnOrPause();
    } else {
        note(QStringLiteral("train"));
        m_window.train();
    }
}

void Walk::stop()
{
    note(QStringLiteral("stop"));
    m_window.session().stop();
}

void Walk::undo()
{
    auto* stack = m_window.session().undoStack();
    const bool back = oneIn(2);
    note(back ? QStringLiteral("undo") : QStringLiteral("redo"));
    if (m_window.session().run().underWay())
        return;
    if (back)
        stack->undo();
    else
        stack->redo();
}

void Walk::wait()
{
    const int ms = static_cast<int>(below(300));
    note(QStringLiteral("wait %1 ms").arg(ms));
    spin(ms);
}

void Walk::predict()
{
    if (!m_window.session().predictions().canPredict())
        return;
    const QString what = m_droppable[static_cast<qsizetype>(below(3))];
    note(QStringLiteral("predict %1").arg(what));
    m_window.session().predictions().predict({ what });
}

/// A moment of patience, without which no training would ever come to something.
void Walk::waitForEpoch()
{
    constexpr int kMostMs = 3000;
    note(QStringLiteral("wait for an epoch"));
    const int before = m_epochs;
    QElapsedTimer since;
    since.start();
    while (m_window.session().run().underWay() && m_window.session().state() != RunState::Paused
        && m_epochs == before && since.elapsed() < kMostMs)
        spin(10);
}

// --- what comes up meanwhile

void Walk::answer()
{
    m_beat = secondsNow();
    if (QWidget* popup = QApplication::activePopupWidget())
        answerPopup(popup);
    else if (QWidget* modal = QApplication::activeModalWidget())
        answerModal(modal);
}

void Walk::answerPopup(QWidget* popup)
{
    auto* list = qobject_cast<QMenu*>(popup);
    QList<QAction*> able;
    if (list) {
        for (QAction* action : list->actions()) {
            if (action->isEnabled() && !action->isSeparator() && !action->menu()
                && !leadsOut(action))
                able << action;
        }
    }
    QAction* action = able.isEmpty() || oneIn(3) ? nullptr : oneOf(able);
    note(action ? QStringLiteral("  choose \"%1\"").arg(action->text())
                : QStringLiteral("  close %1").arg(nameOf(popup)));
    popup->close();
    if (action)
        action->trigger();
}

void Walk::answerModal(QWidget* modal)
{
    if (modal != m_modal) {
        m_modal = modal;
        m_answers = 0;
    }
    ++m_answers;
    auto* files = qobject_cast<QFileDialog*>(modal);
    if (files && m_answers == 1 && !oneIn(3)) {
        const bool saves = files->acceptMode() == QFileDialog::AcceptSave;
        const QString file = saves ? format::path(m_folder / "saved.") + files->defaultSuffix()
                                   : oneOf(m_droppable);
        note(QStringLiteral("  file %1").arg(file));
        files->selectFile(file);
        QMetaObject::invokeMethod(files, "accept");
        return;
    }
    auto* button = files || m_answers > kMostAnswers
        ? nullptr
        : anyWidget(modal, [](QWidget* each) { return qobject_cast<QAbstractButton*>(each); });
    auto* field = qobject_cast<QLineEdit*>(oneIn(4)
            ? anyWidget(modal, [](QWidget* each) { return qobject_cast<QLineEdit*>(each); })
            : nullptr);
    if (button && field) {
        note(QStringLiteral("  type into %1").arg(nameOf(field->parentWidget())));
        QTest::keyClicks(field, QStringLiteral("3"));
    } else if (button && !oneIn(4)) {
        note(QStringLiteral("  press %1").arg(nameOf(button)));
        qobject_cast<QAbstractButton*>(button)->click();
    } else {
        note(QStringLiteral("  leave %1").arg(nameOf(modal)));
        if (auto* dialog = qobject_cast<QDialog*>(modal))
            dialog->reject();
        else
            modal->close();
    }
}

// --- what must hold

QString Walk::whatDoesNotHold()
{
    if (QApplication::activeModalWidget())
        return QStringLiteral("a dialog is left open: ")
            + nameOf(QApplication::activeModalWidget());
    if (!m_window.isVisible())
        return QStringLiteral("the window is gone");
    const auto page = static_cast<int>(m_window.page());
    if (m_window.findChild<QStackedWidget*>(QStringLiteral("pages"))->currentIndex() != page)
        return QStringLiteral("another page is shown than the window says");
    int marked = -1;
    const auto buttons = m_window.findChild<Rail*>()->findChildren<QAbstractButton*>();
    for (int i = 0; i < buttons.size(); ++i) {
        if (buttons[i]->isChecked())
            marked = marked < 0 ? i : -2;
    }
    if (marked != page)
        return QStringLiteral("the rail marks another page");

    {
        const std::lock_guard lock(complaintsMutex);
        if (!complaints().isEmpty())
            return QStringLiteral("Qt complains: ") + complaints().join(QLatin1Char('\n'));
    }
    return whatSessionContradicts();
}

QString Walk::whatSessionContradicts()
{
    Session& session = m_window.session();
    if (const auto ok = check(session.recipe()); !ok)
        return QStringLiteral("the recipe breaks a rule: ")
            + QString::fromStdString(ok.error().detail);
    if (const auto dataset = session.dataset(); dataset && !session.preview()) {
        if (!m_window.windowTitle().contains(
                QString::fromStdString(dataset->root.filename().string()))
            && session.projectFile().isEmpty())
            return QStringLiteral("the title names other pictures: ") + m_window.windowTitle();
        auto* gallery = m_window.findChild<DataPage*>()->findChild<GalleryView*>();
        const auto* model = qobject_cast<DatasetModel*>(gallery->model());
        if (!model || model->dataset() != dataset)
            return QStringLiteral("the gallery shows another dataset");
        if (static_cast<std::size_t>(model->rowCount()) > dataset->images.size())
            return QStringLiteral("the gallery shows more pictures than there are");
        for (const auto& image : dataset->images) {
            if (image.label < 0 || static_cast<std::size_t>(image.label) >= dataset->classes.size())
                return QStringLiteral("a picture is of no class");
        }
    }
    const auto predictions = m_window.findChild<PredictPage*>()->findChild<PredictionModel*>();
    if (predictions
        && predictions->total() != static_cast<qint64>(session.predictions().all().size()))
        return QStringLiteral("%1 predictions are shown of %2")
            .arg(predictions->total())
            .arg(session.predictions().all().size());
    const auto& history = session.run().history();
    if (history.bestEpoch > 0 && std::ranges::none_of(history.epochs, [&](const EpochDone& epoch) {
            return epoch.epoch == history.bestEpoch;
        }))
        return QStringLiteral("the best epoch is none of the run's");
    return {};
}

QString Walk::run(std::chrono::milliseconds time)
{
    static const std::vector<Kind> kinds { { 12, &Walk::triggerAction }, { 14, &Walk::press },
        { 24, &Walk::click }, { 6, &Walk::menu }, { 8, &Walk::type }, { 5, &Walk::turnWheel },
        { 5, &Walk::drop }, { 2, &Walk::resize }, { 8, &Walk::changePage },
        { 4, &Walk::changeRecipe }, { 4, &Walk::train }, { 2, &Walk::stop }, { 4, &Walk::undo },
        { 3, &Walk::predict }, { 5, &Walk::wait }, { 4, &Walk::waitForEpoch } };
    std::size_t weights = 0;
    for (const auto& kind : kinds)
        weights += static_cast<std::size_t>(kind.weight);

    m_answering.start();
    QElapsedTimer since;
    since.start();
    while (since.elapsed() < time.count()) {
        ++m_steps;
        m_beat = secondsNow();
        auto at = below(weights);
        for (const auto& kind : kinds) {
            if (at < static_cast<std::size_t>(kind.weight)) {
                (this->*kind.take)();
                break;
            }
            at -= static_cast<std::size_t>(kind.weight);
        }
        spin(1);
        // A popup, or a dialog that another one left behind.
        while (QApplication::activePopupWidget() || QApplication::activeModalWidget())
            spin(5);
        if (const QString wrong = whatDoesNotHold(); !wrong.isEmpty())
            return wrong;
    }
    note(QStringLiteral("the end"));
    m_beat = secondsNow();
    m_window.session().stopAll();
    while (!m_window.session().idle())
        spin(10);
    m_answering.stop();
    return whatDoesNotHold();
}

} // namespace vernier::test
