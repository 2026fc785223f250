#include "ui/base/icon.h"
#include "ui/base/theme.h"

#include <QApplication>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QTableWidget>
#include <QTest>

#include <cmath>

using namespace vernier::ui;

namespace {

/// Relative luminance and contrast as WCAG 2 defines them.
double luminance(const QColor& color)
{
    const auto linear = [](double value) {
        return value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
    };
    return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF())
        + 0.0722 * linear(color.blueF());
}

double contrast(const QColor& a, const QColor& b)
{
    const double x = luminance(a);
    const double y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

/// The leftmost column of a picture, counted from `where`, that has something on its ground; -1:
/// none has.
int firstInk(const QImage& image, const QRect& where)
{
    const QColor ground = image.pixelColor(where.left() + 1, where.center().y());
    for (int x = where.left(); x <= where.right(); ++x) {
        for (int y = where.top() + 3; y <= where.bottom() - 3; ++y) {
            if (contrast(image.pixelColor(x, y), ground) > 2)
                return x - where.left();
        }
    }
    return -1;
}

class Recorder : public QWidget {
public:
    int changes = 0;

protected:
    void changeEvent(QEvent* event) override
    {
        changes += event->type() == QEvent::PaletteChange ? 1 : 0;
    }
};

} // namespace

class TestTheme : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textIsReadableInBothSchemes_data()
    {
        QTest::addColumn<int>("scheme");
        QTest::newRow("light") << static_cast<int>(Scheme::Light);
        QTest::newRow("dark") << static_cast<int>(Scheme::Dark);
    }
    void textIsReadableInBothSchemes()
    {
        QFETCH(int, scheme);
        theme::apply(static_cast<Scheme>(scheme));
        QCOMPARE(theme::dark(), static_cast<Scheme>(scheme) == Scheme::Dark);
        for (const QColor& ground : { theme::window(), theme::surface(), theme::hover() }) {
            for (const QColor& ink : { theme::text(), theme::mutedText(), theme::accent(),
                     theme::validation(), theme::test(), theme::wrong() })
                QVERIFY2(contrast(ink, ground) >= 4.5,
                    qPrintable(QStringLiteral("%1 on %2: %3")
                                   .arg(ink.name(), ground.name())
                                   .arg(contrast(ink, ground))));
        }
        QVERIFY(contrast(theme::onAccent(), theme::accent()) >= 4.5);
        // A thin line, seen but behind the epochs' own.
        const double faint = contrast(theme::withinEpoch(), theme::surface());
        QVERIFY2(faint >= 3, qPrintable(QString::number(faint)));
        QVERIFY(faint < 0.7 * contrast(theme::accent(), theme::surface()));
    }

    void aSelectedRowStaysInLineWithTheOthersAndTheirHeading()
    {
        theme::apply(Scheme::Light);
        const QString text = QStringLiteral("HHH");
        QTableWidget table(2, 1);
        theme::setRole(&table, theme::Role::List);
        table.setShowGrid(false);
        table.verticalHeader()->hide();
        table.horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
        table.setHorizontalHeaderLabels({ text });
        for (const int row : { 0, 1 })
            table.setItem(row, 0, new QTableWidgetItem(text));
        table.show();
        table.selectRow(1);
        table.horizontalHeader()->setHighlightSections(false);
        const QImage rows = table.viewport()->grab().toImage();
        const int plain = firstInk(rows, table.visualItemRect(table.item(0, 0)));
        QVERIFY(plain > 0);
        QCOMPARE(firstInk(rows, table.visualItemRect(table.item(1, 0))), plain);
        const QImage heading = table.horizontalHeader()->grab().toImage();
        QCOMPARE(firstInk(heading, { 0, 0, table.columnWidth(0), heading.height() - 2 }), plain);
    }

    void everyWidgetHearsOfAnotherScheme()
    {
        theme::apply(Scheme::Light);
        Recorder widget;
        widget.ensurePolished();
        widget.changes = 0;
        theme::apply(Scheme::Dark);
        QVERIFY(widget.changes > 0);
    }

    void theSystemsSchemeIsWhatWasThereFirst()
    {
        theme::apply(Scheme::System);
        const bool dark = theme::dark();
        theme::apply(Scheme::Dark);
        theme::apply(Scheme::System);
        QCOMPARE(theme::dark(), dark);
    }

    void classColoursComeBackAfterTheLast()
    {
        QCOMPARE(theme::classColor(8), theme::classColor(0));
        QVERIFY(theme::classColor(0) != theme::classColor(1));
    }

    void digitsOfATabularFontHaveOneWidth()
    {
        const QFontMetricsF metrics(theme::tabular(QApplication::font()));
        QCOMPARE(metrics.horizontalAdvance(QLatin1Char('1')),
            metrics.horizontalAdvance(QLatin1Char('8')));
    }

    void anIconFollowsTheScheme()
    {
        const auto darkest = [] {
            const QImage image = icon(QStringLiteral("data")).pixmap(24, 24).toImage();
            int lightness = -1;
            for (int y = 0; y < image.height(); ++y) {
                for (int x = 0; x < image.width(); ++x) {
                    if (image.pixelColor(x, y).alpha() > 200)
                        lightness = image.pixelColor(x, y).lightness();
                }
            }
            return lightness;
        };
        theme::apply(Scheme::Light);
        const int light = darkest();
        theme::apply(Scheme::Dark);
        const int dark = darkest();
        QVERIFY2(light >= 0 && light < 100, qPrintable(QString::number(light)));
        QVERIFY2(dark > 150, qPrintable(QString::number(dark)));
    }

    void aRoleCanBeTakenBack()
    {
        theme::apply(Scheme::Light);
        QLabel label;
        theme::setRole(&label, theme::Role::Wrong);
        QCOMPARE(label.palette().color(QPalette::WindowText), theme::wrong());
        theme::setRole(&label, theme::Role::Plain);
        QCOMPARE(label.palette().color(QPalette::WindowText), theme::text());
    }
};

QTEST_MAIN(TestTheme)
#include "tst_theme.moc"
