#include "tests/ui/pictures/mended_gallery.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/commands.h"
#include "ui/base/theme.h"
#include "ui/pictures/class_dialog.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QLineEdit>
#include <QMenu>
#include <QTimer>

using namespace vernier;
using namespace vernier::ui;
using test::MendedGallery;

using Rows = QList<int>;

class TestPictureActions : public QObject {
    Q_OBJECT

private:
    std::unique_ptr<MendedGallery> m_page;

    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::keyClick(&m_page->gallery, key, modifiers);
    }
    const ImageEntry& image(std::size_t number) const { return m_page->dataset->images[number]; }
    QString why(CommandId command) const { return m_page->actions.commands().obstacle(command); }

public Q_SLOTS:
    void keepUrl(const QUrl& url) { m_opened << url.toString(); }

private:
    QStringList m_opened;

private Q_SLOTS:
    void initTestCase() { theme::apply(Scheme::Light); }
    void init()
    {
        m_page = std::make_unique<MendedGallery>();
        QVERIFY(m_page->bringUp());
    }
    void cleanup() { m_page.reset(); }

    void theModelOfTheseTestsIsOne()
    {
        QAbstractItemModelTester tester(
            &m_page->model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        m_page->select({ 0 });
        press(Qt::Key_2);
        QCOMPARE(image(0).label, 1);
    }

    void aKeyMendsAndTheSelectionGoesOn_data()
    {
        QTest::addColumn<Qt::Key>("key");
        QTest::addColumn<int>("modifiers");
        QTest::addColumn<ClassIndex>("label");
        QTest::addColumn<int>("split");
        QTest::addColumn<bool>("confirmed");
        const auto row = [](const char* name, Qt::Key key, Qt::KeyboardModifiers modifiers,
                             ClassIndex label, Split split, bool confirmed) {
            QTest::newRow(name) << key << static_cast<int>(modifiers) << label
                                << static_cast<int>(split) << confirmed;
        };
        row("digit", Qt::Key_2, {}, 1, Split::Train, false);
        row("digit of the keypad", Qt::Key_2, Qt::KeypadModifier, 1, Split::Train, false);
        row("letter", Qt::Key_B, {}, 1, Split::Train, false);
        row("space", Qt::Key_Space, {}, 0, Split::Train, true);
        row("delete", Qt::Key_Delete, {}, 0, Split::LeftOut, false);
        row("return", Qt::Key_Return, {}, 1, Split::Train, false);
        row("enter", Qt::Key_Enter, Qt::KeypadModifier, 1, Split::Train, false);
        row("validation", Qt::Key_V, Qt::ShiftModifier, 0, Split::Validation, false);
        row("test", Qt::Key_E, Qt::ShiftModifier, 0, Split::Test, false);
    }

    void aKeyMendsAndTheSelectionGoesOn()
    {
        QFETCH(Qt::Key, key);
        QFETCH(int, modifiers);
        QFETCH(ClassIndex, label);
        QFETCH(int, split);
        QFETCH(bool, confirmed);
        m_page->model.predicted = { "ants", "bees", "bees" };
        m_page->select({ 1 });
        press(key, static_cast<Qt::KeyboardModifiers>(modifiers));
        QCOMPARE(m_page->changes, 1);
        QCOMPARE(image(1).label, label);
        QCOMPARE(image(1).split, static_cast<Split>(split));
        QCOMPARE(image(1).confirmed, confirmed);
        QCOMPARE(m_page->selected(), Rows { 2 });
        QCOMPARE(m_page->gallery.currentIndex().row(), 2);
        // And so with the next one, and no mouse.
        press(key, static_cast<Qt::KeyboardModifiers>(modifiers));
        QCOMPARE(m_page->changes, 2);
        QCOMPARE(image(2).label, label);
        QCOMPARE(m_page->selected(), Rows { 3 });
    }

    void theFirstStepSelectsThePictureThatItStartsFrom()
    {
        QVERIFY(!m_page->gallery.selectionModel()->hasSelection());
        press(Qt::Key_Right);
        QCOMPARE(m_page->selected(), Rows { 0 });
        press(Qt::Key_Right);
        QCOMPARE(m_page->selected(), Rows { 1 });
        m_page->gallery.clearSelection();
        press(Qt::Key_Home);
        QCOMPARE(m_page->selected(), Rows { 0 });
    }

    void movedToTestAndBack()
    {
        m_page->select({ 0 });
        press(Qt::Key_E, Qt::ShiftModifier);
        QCOMPARE(image(0).split, Split::Test);
        m_page->select({ 0 });
        press(Qt::Key_T, Qt::ShiftModifier);
        QCOMPARE(image(0).split, Split::Train);
    }

    void severalAreMendedAtOnce()
    {
        m_page->select({ 0, 1, 3 });
        press(Qt::Key_2);
        QCOMPARE(m_page->changes, 1);
        for (const std::size_t mended : { 0, 1, 3 })
            QCOMPARE(image(mended).label, 1);
        QCOMPARE(image(2).label, 0);
        QCOMPARE(m_page->selected(), Rows { 2 });
    }

    void whatLeavesTheGalleryIsFollowedByTheNext()
    {
        m_page->model.shownClass = 0;
        m_page->setDataset(m_page->dataset);
        QCOMPARE(m_page->model.rowCount(), 4);
        m_page->select({ 1 });
        press(Qt::Key_2);
        QCOMPARE(m_page->model.rowCount(), 3);
        QCOMPARE(m_page->actions.images(), std::vector<std::size_t> { 2 });
        // At the end the one before is next, and at last there is none.
        press(Qt::Key_End);
        press(Qt::Key_2);
        QCOMPARE(m_page->actions.images(), std::vector<std::size_t> { 2 });
        press(Qt::Key_2);
        QCOMPARE(m_page->actions.images(), std::vector<std::size_t> { 0 });
        press(Qt::Key_2);
        QCOMPARE(m_page->model.rowCount(), 0);
        QCOMPARE(m_page->changes, 4);
        press(Qt::Key_2);
        QCOMPARE(m_page->changes, 4);
    }

    void theLastOneThatStaysKeepsTheSelection()
    {
        m_page->select({ 7 });
        press(Qt::Key_Delete);
        QCOMPARE(image(7).split, Split::LeftOut);
        QCOMPARE(m_page->selected(), Rows { 7 });
    }

    void enterTakesWhatThenetworkSaysOfEach()
    {
        m_page->model.predicted = { "bees", "ants", "bees", "", "ants", "owls" };
        m_page->select({ 0, 1, 2, 3, 4 });
        QSignalSpy wishes(&m_page->actions, &PictureActions::relabelRequested);
        press(Qt::Key_Return);
        // One wish, which is one step of undo.
        QCOMPARE(wishes.size(), 1);
        for (const std::size_t bee : { 0, 2 })
            QCOMPARE(image(bee).label, 1);
        for (const std::size_t ant : { 1, 3, 4 })
            QCOMPARE(image(ant).label, 0);
    }

    void whatCannotBeDoneSaysWhyAndAKeyDoesNothingElse_data()
    {
        QTest::addColumn<QList<int>>("rows");
        QTest::addColumn<Qt::Key>("key");
        QTest::addColumn<QString>("reason");
        const auto none = QStringLiteral("Choose a picture first.");
        QTest::newRow("no selection, class") << Rows {} << Qt::Key_2 << none;
        QTest::newRow("no selection, space") << Rows {} << Qt::Key_Space << none;
        QTest::newRow("no selection, return") << Rows {} << Qt::Key_Return << none;
        QTest::newRow("nothing predicted")
            << Rows { 3 } << Qt::Key_Return << "Nothing is predicted here yet.";
        QTest::newRow("the same") << Rows { 0 } << Qt::Key_Return << "The network says the same.";
        QTest::newRow("an unknown class")
            << Rows { 1 } << Qt::Key_Return << "The open dataset has no class “owls”.";
        QTest::newRow("of elsewhere")
            << Rows { 6 } << Qt::Key_1 << "This picture is not in the open dataset.";
        QTest::newRow("all of elsewhere")
            << Rows { 6, 7 } << Qt::Key_Space << "These pictures are not in the open dataset.";
    }

    void whatCannotBeDoneSaysWhyAndAKeyDoesNothingElse()
    {
        QFETCH(QList<int>, rows);
        QFETCH(Qt::Key, key);
        QFETCH(QString, reason);
        m_page->model.predicted = { "ants", "owls" };
        m_page->model.foreign = { 6, 7 };
        m_page->select({});
        m_page->gallery.selectionModel()->setCurrentIndex(
            m_page->model.index(rows.value(0)), QItemSelectionModel::NoUpdate);
        for (const int row : rows)
            m_page->gallery.selectionModel()->select(
                m_page->model.index(row), QItemSelectionModel::Select);
        QSignalSpy large(&m_page->actions, &PictureActions::largeRequested);
        press(key);
        QCOMPARE(m_page->changes, 0);
        QCOMPARE(m_page->actions.hint(), reason);
        QCOMPARE(large.size(), 0);
        QCOMPARE(m_page->selected(), rows);
        // Until something else is chosen.
        m_page->select({ 2 });
        QVERIFY(m_page->actions.hint().startsWith(QStringLiteral("1 of 8 selected")));
    }

    void ofElsewhereAndOfTheDatasetTheLatterAreMended()
    {
        m_page->model.foreign = { 2 };
        m_page->select({ 1, 2 });
        press(Qt::Key_2);
        QCOMPARE(image(1).label, 1);
        QCOMPARE(image(2).label, 0);
    }

    void theHintCountsAndNamesTheKeys()
    {
        m_page->model.predicted = { "bees" };
        m_page->select({ 0 });
        const QString hint = m_page->actions.hint();
        for (const char* part : { "1 of 8 selected", "1: ants", "2: bees",
                 "Enter: bees, as predicted", "Space: right as it is", "Del: leave out" })
            QVERIFY2(hint.contains(QLatin1String(part)), qPrintable(hint));
        m_page->select({ 0, 1 });
        QVERIFY(m_page->actions.hint().startsWith(QStringLiteral("2 of 8 selected")));
        m_page->select({});
        QCOMPARE(m_page->actions.hint(), QStringLiteral("0 of 8 selected"));
    }

    void theMenuDoesWhatTheKeysDo_data()
    {
        QTest::addColumn<QStringList>("path");
        QTest::addColumn<ClassIndex>("label");
        QTest::addColumn<int>("split");
        QTest::addColumn<bool>("confirmed");
        const auto row = [](QStringList path, ClassIndex label, Split split, bool confirmed) {
            QTest::newRow(qPrintable(path.join(QLatin1Char(' '))))
                << path << label << static_cast<int>(split) << confirmed;
        };
        row({ "Class", "bees" }, 1, Split::Train, false);
        row({ "Take the predicted “bees”" }, 1, Split::Train, false);
        row({ "Right as it is" }, 0, Split::Train, true);
        row({ "Split", "Validation" }, 0, Split::Validation, false);
        row({ "Split", "Test" }, 0, Split::Test, false);
        row({ "Leave out" }, 0, Split::LeftOut, false);
    }

    void theMenuDoesWhatTheKeysDo()
    {
        QFETCH(QStringList, path);
        QFETCH(ClassIndex, label);
        QFETCH(int, split);
        QFETCH(bool, confirmed);
        m_page->model.predicted = { "bees" };
        m_page->select({ 3 });
        // The right button takes what lies under it, where that is not selected yet.
        QVERIFY(choose(0, path));
        QCOMPARE(image(0).label, label);
        QCOMPARE(image(0).split, static_cast<Split>(split));
        QCOMPARE(image(0).confirmed, confirmed);
        QCOMPARE(m_page->selected(), Rows { 1 });
    }

    void keysInTheMenuAreTheMenus()
    {
        m_page->select({ 0 });
        QString opened;
        QTimer::singleShot(0, m_page.get(), [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            QVERIFY(menu);
            for (const Qt::Key key : { Qt::Key_2, Qt::Key_B, Qt::Key_Space, Qt::Key_Delete })
                QTest::keyClick(menu, key);
            QTest::keyClick(menu, Qt::Key_C);
            const auto* below = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            opened = below && below != menu ? textOf(below->actions().front()) : QString();
            menu->close();
        });
        Q_EMIT m_page->gallery.customContextMenuRequested(
            m_page->gallery.visualRect(m_page->model.index(0)).center());
        QCOMPARE(m_page->changes, 0);
        QCOMPARE(opened, QStringLiteral("ants"));
    }

    void theMenuKeepsASelectionThatItIsCalledIn()
    {
        m_page->select({ 0, 1, 2 });
        QVERIFY(choose(1, { "Class", "bees" }));
        for (const std::size_t mended : { 0, 1, 2 })
            QCOMPARE(image(mended).label, 1);
    }

    void whatWasSaidToBeRightCanBeTakenBack()
    {
        m_page->select({ 0 });
        QCOMPARE(
            why(CommandId::NoLongerRight), QStringLiteral("Nobody has said that it is right."));
        press(Qt::Key_Space);
        m_page->select({ 0 });
        QVERIFY(image(0).confirmed);
        // Space goes on, and takes nothing back.
        press(Qt::Key_Space);
        QVERIFY(image(0).confirmed);
        QCOMPARE(m_page->selected(), Rows { 1 });
        QVERIFY(choose(0, { "No longer said to be right" }));
        QVERIFY(!image(0).confirmed);
    }

    void thePagesOwnAreInTheMenuAndTheHintWhereTheyCanBeUsed()
    {
        QAction own(QStringLiteral("&Own"));
        own.setShortcut(QKeySequence(QStringLiteral("Shift+O")));
        own.setShortcutContext(Qt::WidgetShortcut);
        QSignalSpy done(&own, &QAction::triggered);
        m_page->actions.offerBeside(own);
        m_page->model.foreign = { 0 };
        m_page->select({ 0 });
        QCOMPARE(m_page->actions.keyHints(),
            (QStringList { "not in the open dataset", "Shift+O: own" }));
        press(Qt::Key_O, Qt::ShiftModifier);
        QVERIFY(choose(0, { "Own" }));
        QCOMPARE(done.size(), 2);
        own.setEnabled(false);
        own.setToolTip(QStringLiteral("Not of this one."));
        press(Qt::Key_O, Qt::ShiftModifier);
        QCOMPARE(done.size(), 2);
        QCOMPARE(m_page->actions.hint(), QStringLiteral("Not of this one."));
        m_page->select({ 1 });
        QVERIFY(!m_page->actions.hint().contains(QStringLiteral("own")));
    }

    void theMenuTellsWhatIsSoAndUndoes()
    {
        QAction undo(QStringLiteral("&Undo something"));
        QSignalSpy undone(&undo, &QAction::triggered);
        m_page->actions.setUndo(&undo);
        m_page->select({ 0, 5 });
        QVERIFY(!m_page->actions.classActions()[0]->isChecked());
        m_page->select({ 0, 1 });
        QVERIFY(m_page->actions.classActions()[0]->isChecked());
        QVERIFY(m_page->actions.commands().action(CommandId::MoveToTrain)->isChecked());
        QVERIFY(choose(0, { "Undo something" }));
        QCOMPARE(undone.size(), 1);
        // What means nothing on this page is not there.
        QVERIFY(!entries(0).contains(QStringLiteral("Select surplus training pictures")));
        // Nothing that could be taken back is not spoken of.
        undo.setEnabled(false);
        QVERIFY(!entries(0).contains(QStringLiteral("Undo something")));
        press(Qt::Key_Delete);
        m_page->select({ 0 });
        QCOMPARE(why(CommandId::LeaveOut), QStringLiteral("It is left out already."));
    }

    void itIsShownInTheFileManagerInDataAndCopied()
    {
        QDesktopServices::setUrlHandler(QStringLiteral("file"), this, "keepUrl");
        m_page->select({ 5 });
        QSignalSpy inData(&m_page->actions, &PictureActions::showInDataRequested);
        QVERIFY(choose(5, { "Show in folder" }));
        QVERIFY(choose(5, { "Show in Data" }));
        QVERIFY(choose(5, { "Copy path" }));
        QDesktopServices::unsetUrlHandler(QStringLiteral("file"));
        QCOMPARE(m_opened, QStringList { QStringLiteral("file:///pictures/bees") });
        QCOMPARE(inData.size(), 1);
        QCOMPARE(inData[0][0].value<std::size_t>(), std::size_t { 5 });
        QCOMPARE(QApplication::clipboard()->text(), QStringLiteral("/pictures/bees/5.jpg"));
        m_page->select({ 5, 6 });
        QCOMPARE(why(CommandId::CopyPicturePath), QStringLiteral("Choose one picture only."));
        QCOMPARE(why(CommandId::ShowInData), QStringLiteral("Choose one picture only."));
    }

    void allAndNoneAreSelected()
    {
        press(Qt::Key_A, Qt::ControlModifier);
        QCOMPARE(m_page->selected().size(), 8);
        QVERIFY(choose(2, { "Select none" }));
        QCOMPARE(m_page->selected(), Rows {});
    }

    void whileNothingCanBeDoneThereIsNoMenu()
    {
        m_page->actions.setObstacle(QStringLiteral("Not now."));
        m_page->select({ 0 });
        press(Qt::Key_2);
        QCOMPARE(m_page->changes, 0);
        QCOMPARE(m_page->actions.hint(), QStringLiteral("Not now."));
        QVERIFY(!choose(0, { "Class", "bees" }));
        m_page->actions.setObstacle({});
        press(Qt::Key_2);
        QCOMPARE(m_page->changes, 1);
    }

    void anotherDatasetHasItsOwnClassesAndNoSelection()
    {
        m_page->select({ 1 });
        auto other = std::make_shared<DatasetSnapshot>(*m_page->dataset);
        other->root = "/elsewhere";
        other->classes = { "cats", "dogs", "owls" };
        m_page->found = other;
        m_page->setDataset(other);
        QCOMPARE(m_page->selected(), Rows {});
        QCOMPARE(m_page->actions.classActions().size(), std::size_t { 3 });
        m_page->select({ 1 });
        press(Qt::Key_O);
        QCOMPARE(image(1).label, 2);
    }

    void oneOfManyClassesIsFoundByItsName()
    {
        auto many = std::make_shared<DatasetSnapshot>(*m_page->dataset);
        many->classes.clear();
        for (int i = 0; i < 300; ++i)
            many->classes.push_back("Class " + std::to_string(i));
        m_page->found = many;
        m_page->setDataset(many);
        m_page->select({ 1 });
        QVERIFY(m_page->actions.hint().contains(QStringLiteral("Ctrl+L: class")));
        const auto ask = [this](const std::function<void(ClassDialog&)>& act) {
            QTimer::singleShot(0, m_page.get(), [act] {
                auto* dialog = qobject_cast<ClassDialog*>(QApplication::activeModalWidget());
                QVERIFY(dialog);
                act(*dialog);
                if (dialog->isVisible())
                    dialog->reject();
            });
            press(Qt::Key_L, Qt::ControlModifier);
            m_page->activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(m_page.get()));
        };
        ask([](ClassDialog& dialog) {
            QCOMPARE(test::silentControls(dialog), QString());
            auto* line = dialog.findChild<QLineEdit*>();
            QTest::keyClicks(line, QStringLiteral("s 29"));
            // 29, 290 to 299.
            QCOMPARE(dialog.chosen(), std::optional<ClassIndex>(29));
            QTest::keyClick(line, Qt::Key_Down);
            QCOMPARE(dialog.chosen(), std::optional<ClassIndex>(290));
            QTest::keyClick(line, Qt::Key_Return);
        });
        QCOMPARE(image(1).label, 290);
        QCOMPARE(m_page->selected(), Rows { 2 });
        ask([](ClassDialog& dialog) {
            auto* line = dialog.findChild<QLineEdit*>();
            QTest::keyClicks(line, QStringLiteral("owl"));
            QVERIFY(!dialog.chosen());
            QTest::keyClick(line, Qt::Key_Return);
            QVERIFY(dialog.isVisible());
        });
        QCOMPARE(m_page->changes, 1);
    }

    void aResetKeepsTheSelectionOfTheSamePictures()
    {
        m_page->select({ 1, 5 });
        m_page->model.shownClass = 1;
        m_page->setDataset(m_page->dataset);
        QCOMPARE(m_page->actions.images(), std::vector<std::size_t> { 5 });
        QCOMPARE(m_page->gallery.currentIndex().row(), 1);
    }

    void ofTwoViewsOneHasASelection()
    {
        GalleryView second(m_page->thumbnails);
        second.setModel(&m_page->model);
        m_page->layout()->addWidget(&second);
        m_page->actions.addView(second);
        m_page->select({ 1 });
        second.selectionModel()->select(m_page->model.index(6), QItemSelectionModel::Select);
        QCOMPARE(m_page->actions.view(), &second);
        QVERIFY(m_page->actions.hint().startsWith(QStringLiteral("1 of 16 selected")));
        QVERIFY(!m_page->gallery.selectionModel()->hasSelection());
        QCOMPARE(m_page->actions.images(), std::vector<std::size_t> { 6 });
        second.setFocus();
        QTest::keyClick(&second, Qt::Key_1);
        QCOMPARE(image(6).label, 0);
        QCOMPARE(m_page->actions.images(), std::vector<std::size_t> { 7 });
        QVERIFY(!m_page->gallery.selectionModel()->hasSelection());
    }

private:
    static QString textOf(const QAction* action)
    {
        return withoutMnemonic(action->text().section(QLatin1Char('\t'), 0, 0));
    }
    QStringList entries(int row)
    {
        QStringList texts;
        QTimer::singleShot(0, m_page.get(), [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            for (const QAction* action : menu ? menu->actions() : QList<QAction*>())
                texts << textOf(action);
            if (menu)
                menu->close();
        });
        const QRect place = m_page->gallery.visualRect(m_page->model.index(row));
        Q_EMIT m_page->gallery.customContextMenuRequested(place.center());
        m_page->activateWindow();
        return QTest::qWaitForWindowActive(m_page.get()) ? texts : QStringList();
    }
    /// An entry of the context menu over a picture, by way of its submenus.
    bool choose(int row, const QStringList& path)
    {
        bool chosen = false;
        QTimer::singleShot(0, m_page.get(), [&] {
            auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
            const QMenu* level = menu;
            for (const QString& text : path) {
                if (!level)
                    break;
                const QMenu* below = nullptr;
                for (QAction* action : level->actions()) {
                    if (textOf(action) != text || !action->isEnabled())
                        continue;
                    below = action->menu();
                    if (!below) {
                        action->trigger();
                        chosen = true;
                    }
                    break;
                }
                level = below;
            }
            if (menu)
                menu->close();
        });
        const QRect place = m_page->gallery.visualRect(m_page->model.index(row));
        Q_EMIT m_page->gallery.customContextMenuRequested(place.center());
        m_page->activateWindow();
        return QTest::qWaitForWindowActive(m_page.get()) && chosen;
    }
};

QTEST_MAIN(TestPictureActions)
#include "tst_picture_actions.moc"
