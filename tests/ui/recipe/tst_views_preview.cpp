#include "tests/ui/session_steps.h"
#include "tests/ui/silent_controls.h"
#include "ui/base/chip.h"
#include "ui/base/theme.h"
#include "ui/recipe/recipe_page.h"
#include "ui/recipe/settings_panel.h"
#include "ui/recipe/views_preview.h"
#include "ui/session/job_board.h"
#include "ui/session/view_saver.h"

#include <QPushButton>

using namespace vernier;
using namespace vernier::test;
using namespace vernier::ui;

namespace {

Recipe augmentedRecipe()
{
    Recipe recipe = tinyRecipe();
    recipe.augmentation.rotation = 40;
    recipe.views = 4;
    return recipe;
}

/// The preview of painted pictures that are augmented.
struct Augmented {
    TemporaryFolder folder;
    Session session;
    ViewsPreview preview { session };

    Augmented()
    {
        open(session, paintedDataset(folder, "data"));
        session.setRecipe(augmentedRecipe(), QStringLiteral("test"));
        preview.QWidget::show();
    }
};

} // namespace

class TestViewsPreview : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase()
    {
        startWithNothingRemembered();
        theme::apply(Scheme::Light);
    }

    void withoutPicturesItSaysWhatToDo()
    {
        Session session;
        ViewsPreview preview(session);
        preview.QWidget::show();
        QVERIFY(preview.views().empty());
        QVERIFY(preview.sentence().contains(QStringLiteral("Open a folder")));
    }

    void itShowsEachVersionThatIsKept()
    {
        Augmented shown;
        auto& [folder, session, preview] = shown;
        QTRY_COMPARE(preview.views().size(), 4);
        QCOMPARE(preview.views().front().size(), QSize(32, 32));
        QVERIFY(preview.views()[0] != preview.views()[1]);
        QVERIFY(preview.sentence().contains(QStringLiteral("4\u00a0versions")));
    }

    void itFollowsTheRecipe()
    {
        Augmented shown;
        auto& [folder, session, preview] = shown;
        QTRY_COMPARE(preview.views().size(), 4);
        const QList<QImage> before = preview.views();
        Recipe recipe = session.recipe();
        recipe.augmentation.brightness = 0.5;
        session.setRecipe(recipe, QStringLiteral("test"));
        QTRY_VERIFY(preview.views() != before);
        recipe.views = kFreshViews;
        session.setRecipe(recipe, QStringLiteral("test"));
        QTRY_COMPARE(preview.views().size(), 9);
        session.setRecipe(tinyRecipe(), QStringLiteral("test"));
        QTRY_COMPARE(preview.views().size(), 1);
        QVERIFY(preview.sentence().contains(QStringLiteral("No augmentation")));
    }

    void nineAreDifferentPicturesAndOthersAreOthers()
    {
        Augmented shown;
        auto& [folder, session, preview] = shown;
        QTRY_COMPARE(preview.views().size(), 4);
        preview.findChildren<Chip*>().last()->click();
        QTRY_COMPARE(preview.views().size(), 9);
        const QList<QImage> before = preview.views();
        QVERIFY(before.front() != before.back());
        preview.findChildren<QPushButton*>().first()->click();
        QTRY_VERIFY(preview.views().size() == 9 && preview.views() != before);
    }

    void aPictureThatIsGoneIsNamed()
    {
        TemporaryFolder folder;
        Session session;
        open(session, paintedDataset(folder, "data"));
        std::filesystem::remove_all(folder / "data" / "train");
        ViewsPreview preview(session);
        preview.QWidget::show();
        QTRY_VERIFY(preview.sentence().contains(QStringLiteral(".jpg")));
        QVERIFY(preview.views().empty());
    }

    void savingWritesThemAndSaysWhere()
    {
        Augmented shown;
        auto& [folder, session, preview] = shown;
        const QString to = format::path(folder / "saved");
        session.views().save(to);
        QTRY_VERIFY_WITH_TIMEOUT(preview.sentence().contains(to), kPatienceMs);
        QVERIFY(preview.sentence().startsWith(QStringLiteral("96\u00a0pictures saved")));
        QVERIFY(std::filesystem::exists(folder / "saved" / "amber"));
        session.views().save(to);
        QTRY_VERIFY(session.jobs().error());
        QCOMPARE(session.jobs().error()->code, ErrorCode::Exists);
    }

    void theSettingsShowItBesideThemselves()
    {
        Session session;
        RecipePage page(session);
        page.resize(1280, 800);
        page.show();
        QVERIFY(!page.preview()->isVisible());
        page.settings()->previewButton()->setChecked(true);
        QVERIFY(page.preview()->isVisible());
        QCOMPARE(silentControls(*page.preview()), QString());
        page.preview()->findChildren<QPushButton*>().last()->click();
        QVERIFY(!page.preview()->isVisible());
        QVERIFY(!page.settings()->previewButton()->isChecked());
    }
};

QTEST_MAIN(TestViewsPreview)
#include "tst_views_preview.moc"
