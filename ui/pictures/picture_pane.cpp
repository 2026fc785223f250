#include "ui/pictures/picture_pane.h"

#include "core/image/decode.h"
#include "ui/base/format.h"
#include "ui/base/theme.h"
#include "ui/pictures/picture_image.h"

#include <QPainter>

namespace vernier::ui {
namespace {

/// Enough for a screen; a JPEG is decoded several times faster at that scale.
constexpr int kShorterEdge = 1080;

Result<QImage> load(const std::filesystem::path& path)
{
    const Result<Picture> picture = decode(path, kShorterEdge);
    if (!picture)
        return tl::unexpected<Error>(picture.error());
    return toImage(*picture);
}

} // namespace

PicturePane::PicturePane(QWidget* parent) : QWidget(parent)
{
    setMinimumSize(30 * theme::kGrid, 30 * theme::kGrid);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Picture"));
}

void PicturePane::setPath(const QString& absolutePath)
{
    if (absolutePath == m_path)
        return;
    m_path = absolutePath;
    m_problem.clear();
    setAccessibleDescription(absolutePath);
    const std::filesystem::path file = format::path(absolutePath);
    m_job.start([file](std::stop_token, const ProgressSink&) { return load(file); },
        [this](Result<QImage> answer) {
            m_image = answer ? std::move(*answer) : QImage();
            m_problem = answer ? QString() : format::text(answer.error());
            update();
            Q_EMIT loaded();
        });
}

QSize PicturePane::sizeHint() const { return { 70 * theme::kGrid, 64 * theme::kGrid }; }

void PicturePane::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_image.isNull()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(theme::disabledFill());
        painter.drawRoundedRect(rect(), theme::kRadius, theme::kRadius);
        painter.setPen(theme::mutedText());
        painter.drawText(rect().adjusted(theme::kGrid, 0, -theme::kGrid, 0),
            Qt::AlignCenter | Qt::TextWordWrap, m_problem);
        return;
    }
    const QSizeF size = QSizeF(m_image.size()).scaled(rect().size(), Qt::KeepAspectRatio);
    QRectF target(QPointF(), size);
    target.moveCenter(QRectF(rect()).center());
    painter.drawImage(target, m_image, m_image.rect());
}

} // namespace vernier::ui
