#include "tests/ui/painted_dataset.h"
#include "tests/ui/session_steps.h"
#include "ui/base/commands.h"
#include "ui/main_window.h"

#include <QAction>
#include <QMenu>
#include <QMenuBar>
#include <QSet>
#include <QTableWidget>
#include <QTest>

using namespace vernier;
using namespace vernier::ui;
using test::TemporaryFolder;

namespace {

QSet<const QAction*> inMenus(const MainWindow& window)
{
    QSet<const QAction*> found;
    for (const QMenu* menu : window.menuBar()->findChildren<QMenu*>()) {
        for (const QAction* action : menu->actions())
            found << action;
    }
    return found;
}

/// Those that can't be used and do not say why, on all pages.
QStringList withoutReason(const MainWindow& window)
{
    QStringList silent;
    for (const auto* commands : window.findChildren<Commands*>()) {
        for (const auto& [id, action] : commands->actions()) {
            const QString reason = commands->obstacle(id);
            if (action->isVisible() && !action->isEnabled()
                && (reason.isEmpty() || reason == action->statusTip()))
                silent << commandOf(id).title();
        }
    }
    return silent;
}

QString why(const MainWindow& window, CommandId command)
{
    return window.findChild<Commands*>()->obstacle(command);
}

} // namespace

class TestCommands : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    QString m_data;

private Q_SLOTS:
    void initTestCase()
    {
        m_data = test::paintedDataset(m_folder, "data");
        theme::apply(Scheme::Light);
    }
    void init() { test::startWithNothingRemembered(); }

    void eachIsInTheTableAtItsPlace()
    {
        std::size_t place = 0;
        for (const Command& command : commandTable())
            QCOMPARE(static_cast<std::size_t>(command.id), place++);
        QCOMPARE(commandTable().back().id, CommandId::PredictedWrong);
    }

    void noKeysMeanTwoThings()
    {
        QHash<QString, QString> window;
        QHash<QString, QString> page;
        for (const Command& command : commandTable()) {
            for (const QKeySequence& keys : command.shortcuts()) {
                QVERIFY2(!keys.isEmpty() && keys[0].key() != Qt::Key_unknown, command.text);
                const QString text = keys.toString();
                // Qt does neither where a page's keys are the window's too.
                QVERIFY2(!window.contains(text), qPrintable(text));
                if (command.scope == CommandScope::Window) {
                    QVERIFY2(!page.contains(text), qPrintable(text));
                    window[text] = command.title();
                } else {
                    const QString scoped
                        = QStringLiteral("%1 %2").arg(static_cast<int>(command.scope)).arg(text);
                    QVERIFY2(!page.contains(scoped), qPrintable(scoped));
                    page[scoped] = page[text] = command.title();
                }
            }
        }
        QVERIFY(!window.isEmpty() && !page.isEmpty());
    }

    void eachSaysWhatItIsAndDoes()
    {
        for (const Command& command : commandTable()) {
            QVERIFY2(!command.title().isEmpty(), command.sentence);
            QVERIFY2(!command.tip().isEmpty(), command.text);
            QVERIFY2(command.tip() != command.title(), command.text);
            QVERIFY2(!*command.keys || !*command.gesture, command.text);
        }
    }

    void eachIsInAMenuOrSaidNotToBe()
    {
        const QSet<CommandId> buttonsOnly { CommandId::DeletedRuns };
        MainWindow window;
        const QSet<const QAction*> reachable = inMenus(window);
        for (const auto* commands : window.findChildren<Commands*>()) {
            QMenu menu;
            for (const MenuId id : { MenuId::OfPictures, MenuId::OfRuns })
                commands->fill(menu, id);
            for (const auto& [id, action] : commands->actions()) {
                // It means nothing on this page.
                if (!action->isVisible())
                    continue;
                const Command& command = commandOf(id);
                QVERIFY2(reachable.contains(action) || menu.actions().contains(action)
                        || !command.keysText().isEmpty() || buttonsOnly.contains(id),
                    command.text);
                if (command.scope == CommandScope::Window)
                    QVERIFY2(reachable.contains(action), command.text);
            }
        }
    }

    void theWindowAndItsPagesHaveEachOnce()
    {
        MainWindow window;
        QSet<CommandId> made;
        for (const auto* commands : window.findChildren<Commands*>()) {
            // Each page that shows pictures has the same for its own.
            const bool ofPictures = commands->scope() == CommandScope::Pictures;
            QSet<CommandId> offered;
            for (const auto& [id, action] : commands->actions()) {
                QVERIFY2(ofPictures || !made.contains(id), commandOf(id).text);
                made << id;
                if (action->isVisible())
                    offered << id;
            }
            if (ofPictures)
                QVERIFY(offered.contains(CommandId::LeaveOut));
        }
        for (const Command& command : commandTable())
            QCOMPARE(made.contains(command.id), !command.isGesture());
    }

    void theWindowHasThemAll()
    {
        MainWindow window;
        QCOMPARE(window.actions(), window.findChild<Commands*>()->all());
    }

    void whatCannotBeUsedSaysWhy()
    {
        MainWindow window;
        window.show();
        QCOMPARE(withoutReason(window), QStringList());
        QCOMPARE(why(window, CommandId::Train), QStringLiteral("Open a folder of pictures first."));
        QCOMPARE(why(window, CommandId::Undo), QStringLiteral("There is nothing to take back."));
        QCOMPARE(why(window, CommandId::OpenFolder), QString());

        window.open(m_data);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().dataset(), test::kPatienceMs);
        QCOMPARE(withoutReason(window), QStringList());
        QCOMPARE(why(window, CommandId::Train), QString());

        window.session().setRecipe(test::tinyRecipe(10000), QStringLiteral("test"));
        QCOMPARE(why(window, CommandId::Undo), QString());
        window.train();
        QTRY_COMPARE_WITH_TIMEOUT(window.session().state(), RunState::Training, test::kPatienceMs);
        QCOMPARE(withoutReason(window), QStringList());
        QCOMPARE(why(window, CommandId::OpenFolder),
            QStringLiteral("Not while a training is under way."));
        window.session().stop();
        QCOMPARE(why(window, CommandId::Stop), QStringLiteral("It is about to stop."));
        QCOMPARE(withoutReason(window), QStringList());
        QTRY_VERIFY_WITH_TIMEOUT(window.session().idle(), test::kPatienceMs);
        QCOMPARE(withoutReason(window), QStringList());
    }

    void whatCanBeUsedAgainSaysWhatItDoes()
    {
        MainWindow window;
        const QAction* train = window.findChild<Commands*>()->action(CommandId::Train);
        QCOMPARE(train->toolTip(), QStringLiteral("Open a folder of pictures first."));
        window.open(m_data);
        QTRY_VERIFY_WITH_TIMEOUT(window.session().dataset(), test::kPatienceMs);
        QCOMPARE(train->toolTip(), commandOf(CommandId::Train).tip());
    }

    void undoNamesWhatItTakesBack()
    {
        MainWindow window;
        const QAction* undo = window.findChild<Commands*>()->action(CommandId::Undo);
        window.session().setRecipe(test::tinyRecipe(3), QStringLiteral("Epochs"));
        QCOMPARE(undo->text(), QStringLiteral("&Undo Epochs"));
        window.session().undoStack()->undo();
        QCOMPARE(undo->text(), QStringLiteral("&Undo"));
        QCOMPARE(window.findChild<Commands*>()->action(CommandId::Redo)->text(),
            QStringLiteral("&Redo Epochs"));
    }

    void theKeyboardHelpListsAllThatHaveKeys()
    {
        MainWindow window;
        window.show();
        window.findChild<Commands*>()->action(CommandId::Keyboard)->trigger();
        const auto* table = window.findChild<QTableWidget*>();
        QVERIFY(table);
        QStringList listed;
        for (int row = 0; row < table->rowCount(); ++row) {
            const auto* keys = table->item(row, 1);
            listed << table->item(row, 0)->text() + (keys ? keys->text() : QString());
        }
        for (const Command& command : commandTable())
            QCOMPARE(listed.contains(command.title() + command.keysText()),
                !command.keysText().isEmpty());
        // Each scope has a heading.
        for (const char* heading : { "Everywhere", "Pictures", "Runs", "Predictions" })
            QVERIFY(listed.contains(QLatin1String(heading)));
    }
};

QTEST_MAIN(TestCommands)
#include "tst_commands.moc"
