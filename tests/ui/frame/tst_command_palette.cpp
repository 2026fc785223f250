#include "tests/ui/painted_dataset.h"
#include "ui/base/allow.h"
#include "ui/base/commands.h"
#include "ui/base/theme.h"
#include "ui/frame/command_list.h"
#include "ui/frame/command_palette.h"
#include "ui/main_window.h"

#include <QAbstractItemModelTester>
#include <QAction>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMenuBar>
#include <QSettings>
#include <QSignalSpy>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;

namespace {

QStringList titles(const QAbstractItemModel& model)
{
    QStringList all;
    for (int row = 0; row < model.rowCount(); ++row)
        all << model.index(row, 0).data().toString();
    return all;
}

/// A window with nothing but the commands, and the search for them.
struct Room {
    QWidget window;
    QMenuBar bar { &window };
    QLineEdit first { &window }; ///< where Qt itself would put the focus
    QLineEdit field { &window };
    Commands commands { CommandScope::Window };
    CommandPalette palette { commands, &window };
    QLineEdit* line = palette.findChild<QLineEdit*>();
    QListView* view = palette.findChild<QListView*>();
    QSignalSpy asked { &commands, &Commands::asked };

    Room()
    {
        commands.fill(bar);
        window.resize(900, 600);
        window.show();
        if (QTest::qWaitForWindowActive(&window))
            field.setFocus();
        palette.open();
    }
    void type(const char* text) { QTest::keyClicks(line, QLatin1String(text)); }
    void press(Qt::Key key) { QTest::keyClick(line, key); }
    QString note() const { return palette.findChild<QLabel*>()->text(); }
};

} // namespace

class TestCommandPalette : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        test::startWithNothingRemembered();
        theme::apply(Scheme::Light);
    }

    void theListIsAModelAsQtWantsIt()
    {
        Commands commands(CommandScope::Window);
        QMenuBar bar;
        commands.fill(bar);
        CommandList list;
        const QAbstractItemModelTester tester(
            &list, QAbstractItemModelTester::FailureReportingMode::QtTest);
        list.setCommands({ &commands });
        QSignalSpy changed(&list, &QAbstractItemModel::dataChanged);
        commands.allow(CommandId::Train, QStringLiteral("No."));
        QVERIFY(!changed.isEmpty());
        for (const char* typed : { "t", "tr", "xyzzy", "" })
            list.setTyped(QLatin1String(typed));
        commands.allow(CommandId::Train, {});
    }

    void whatIsTypedBeginsWords_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("first");
        QTest::newRow("the beginning") << "tr"
                                       << "Train";
        QTest::newRow("in capitals") << "TRY"
                                     << "Try several…";
        QTest::newRow("two words") << "new cont"
                                   << "Continue as new phase";
        QTest::newRow("a later word") << "mod ex"
                                      << "Export model…";
        QTest::newRow("what it does") << "disk"
                                      << "Feature cache…";
        QTest::newRow("below another menu") << "kni"
                                            << "Knifey-Spoony…";
        QTest::newRow("not within a word") << "rain"
                                           << "";
        QTest::newRow("nothing") << "xyzzy"
                                 << "";
    }
    void whatIsTypedBeginsWords()
    {
        QFETCH(QString, typed);
        QFETCH(QString, first);
        Room room;
        room.type(qPrintable(typed));
        QCOMPARE(room.view->currentIndex().data().toString(), first);
        QCOMPARE(room.view->isVisible(), !first.isEmpty());
    }

    void allAreThereAndEachIsFound()
    {
        Commands commands(CommandScope::Window);
        QMenuBar bar;
        commands.fill(bar);
        CommandList list;
        list.setCommands({ &commands });
        for (const Command& command : commandTable()) {
            if (command.scope != CommandScope::Window || command.opens != MenuId::None
                || command.id == CommandId::FindCommand)
                continue;
            list.setTyped({});
            QVERIFY2(titles(list).contains(command.title()), command.text);
            list.setTyped(command.title());
            QCOMPARE(list.index(0, 0).data().toString(), command.title());
        }
    }

    void returnDoesWhatIsChosen()
    {
        Room room;
        room.type("tr");
        room.press(Qt::Key_Return);
        QCOMPARE(room.asked.size(), 1);
        QCOMPARE(room.asked[0][0].value<CommandId>(), CommandId::Train);
        QVERIFY(!room.palette.isVisible());
        QVERIFY(room.field.hasFocus());
    }

    void whatCannotBeUsedIsNotDoneAndSaysWhy()
    {
        Room room;
        const QString why = QStringLiteral("Open a folder of pictures first.");
        room.commands.allow(CommandId::Train, why);
        room.type("tr");
        QCOMPARE(room.view->currentIndex().data(CommandList::UsableRole).toBool(), false);
        QCOMPARE(room.view->currentIndex().data(CommandList::DetailRole).toString(), why);
        QVERIFY(!room.note().contains(why));
        room.press(Qt::Key_Return);
        QVERIFY(room.asked.isEmpty());
        QVERIFY(room.palette.isVisible());
        QVERIFY(room.note().contains(why));
        room.press(Qt::Key_Down);
        QVERIFY(!room.note().contains(why));
    }

    void arrowsMoveAndStopAtTheEnds()
    {
        Room room;
        const int last = room.view->model()->rowCount() - 1;
        room.press(Qt::Key_Up);
        QCOMPARE(room.view->currentIndex().row(), 0);
        QCOMPARE(room.line->accessibleDescription(), QStringLiteral("New, Ctrl+N"));
        room.press(Qt::Key_Down);
        room.press(Qt::Key_Down);
        QCOMPARE(room.view->currentIndex().row(), 2);
        for (int i = 0; i <= last; ++i)
            room.press(Qt::Key_PageDown);
        QCOMPARE(room.view->currentIndex().row(), last);
        QVERIFY(room.line->hasFocus());
    }

    void escapeClosesAndGivesTheFocusBack()
    {
        Room room;
        QVERIFY(room.line->hasFocus());
        room.type("tr");
        room.press(Qt::Key_Escape);
        QVERIFY(!room.palette.isVisible());
        QVERIFY(room.field.hasFocus());
        QVERIFY(room.asked.isEmpty());
        room.palette.open();
        QVERIFY(room.line->text().isEmpty());
    }

    void itClosesWhereAnotherFieldTakesTheFocus()
    {
        Room room;
        room.field.setFocus(Qt::MouseFocusReason);
        QVERIFY(!room.palette.isVisible());
        QVERIFY(room.field.hasFocus());
    }

    void itStaysWithinItsRoom()
    {
        Room room;
        for (const QSize& size : { QSize(1200, 700), QSize(500, 600) }) {
            room.window.resize(size);
            QCoreApplication::processEvents();
            QVERIFY(room.window.rect().contains(room.palette.geometry()));
            QVERIFY(qAbs(room.palette.geometry().center().x() - size.width() / 2) <= 1);
        }
    }

    void whatCannotBeUsedLooksSoInBothSchemes_data()
    {
        QTest::addColumn<Scheme>("scheme");
        QTest::newRow("light") << Scheme::Light;
        QTest::newRow("dark") << Scheme::Dark;
    }
    void whatCannotBeUsedLooksSoInBothSchemes()
    {
        QFETCH(Scheme, scheme);
        theme::apply(scheme);
        Room room;
        room.type("continue");
        const auto look = [&room] {
            const QRect row = room.view->visualRect(room.view->model()->index(0, 0));
            return room.view->viewport()->grab(row.adjusted(0, 0, -row.width() / 2, 0)).toImage();
        };
        const QImage usable = look();
        room.commands.allow(CommandId::ContinueRun, commandOf(CommandId::ContinueRun).tip());
        QVERIFY(look() != usable);
        room.commands.allow(CommandId::ContinueRun, {});
        QCOMPARE(look(), usable);
    }

    void theKeysOpenItInTheWindowAndCloseItAgain()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* palette = window.findChild<CommandPalette*>();
        QVERIFY(!palette->isVisible());
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        QVERIFY(palette->isVisible());
        QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("runs"));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QCOMPARE(window.page(), Page::Runs);
        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
        QVERIFY(palette->isVisible());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_K, Qt::ControlModifier);
        QVERIFY(!palette->isVisible());
    }

    void whatAnotherPageDoesIsFoundButNotDoneFromHere()
    {
        MainWindow window;
        window.show();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        auto* palette = window.findChild<CommandPalette*>();
        const auto* view = palette->findChild<QListView*>();
        const auto find = [&] {
            QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier);
            QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("fork"));
        };
        find();
        QCOMPARE(view->currentIndex().data().toString(), QStringLiteral("Runs: Fork…"));
        QCOMPARE(view->currentIndex().data(CommandList::DetailRole).toString(),
            QStringLiteral("Only on the Runs page."));
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Return);
        QVERIFY(palette->isVisible());
        QTest::keyClick(QApplication::focusWidget(), Qt::Key_Escape);
        window.showPage(Page::Runs);
        find();
        QVERIFY(view->currentIndex().data(CommandList::DetailRole).toString()
            != QStringLiteral("Only on the Runs page."));
        // The page may be left meanwhile, with its keys.
        window.showPage(Page::Data);
        QCOMPARE(view->currentIndex().data(CommandList::DetailRole).toString(),
            QStringLiteral("Only on the Runs page."));
    }

    void whatWasOpenBeforeIsFound()
    {
        QSettings().setValue(
            QStringLiteral("recentFolders"), QStringList { QStringLiteral("/pictures/R&D") });
        MainWindow window;
        CommandList list;
        list.setCommands({ window.findChild<Commands*>() });
        list.setTyped(QStringLiteral("recent pic"));
        QCOMPARE(titles(list), QStringList { QStringLiteral("Open recent: /pictures/R&D") });
        QCOMPARE(list.index(0, 0).data(CommandList::UsableRole).toBool(), true);
        // It is in the way of the whole menu.
        window.findChild<Commands*>()->allow(CommandId::OpenRecent, QStringLiteral("Not now."));
        QCOMPARE(list.index(0, 0).data(CommandList::UsableRole).toBool(), false);
        QCOMPARE(
            list.index(0, 0).data(CommandList::DetailRole).toString(), QStringLiteral("Not now."));
    }
};

QTEST_MAIN(TestCommandPalette)
#include "tst_command_palette.moc"
