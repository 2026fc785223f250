#include "ui/base/icon.h"

#include "ui/base/theme.h"

#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QSvgRenderer>

namespace vernier::ui {
namespace {

QByteArray svgOf(const QString& name)
{
    QFile file(QStringLiteral(":/vernier/icons/%1.svg").arg(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

class TintedEngine : public QIconEngine {
public:
    TintedEngine(QString name, QColor (*color)()) : m_name(std::move(name)), m_color(color) { }

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State state) override
    {
        QColor color = state == QIcon::On ? theme::accent() : m_color();
        if (mode == QIcon::Disabled) {
            color = theme::mutedText();
            color.setAlphaF(0.6F);
        }
        paintIcon(*painter, m_name, rect, color);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State state) override
    {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        paint(&painter, QRect(QPoint(), size), mode, state);
        return pixmap;
    }

    QIconEngine* clone() const override { return new TintedEngine(m_name, m_color); }

private:
    QString m_name;
    QColor (*m_color)();
};

} // namespace

QIcon icon(const QString& name) { return icon(name, theme::text); }

QIcon icon(const QString& name, QColor (*color)()) { return QIcon(new TintedEngine(name, color)); }

void paintIcon(QPainter& painter, const QString& name, const QRectF& rect, const QColor& color)
{
    QByteArray svg = svgOf(name);
    svg.replace("#000000", color.name().toLatin1());
    QSvgRenderer renderer(svg);
    const qreal edge = qMin(rect.width(), rect.height());
    QRectF square(0, 0, edge, edge);
    square.moveCenter(rect.center());
    const qreal opacity = painter.opacity();
    painter.setOpacity(opacity * color.alphaF());
    renderer.render(&painter, square);
    painter.setOpacity(opacity);
}

} // namespace vernier::ui
