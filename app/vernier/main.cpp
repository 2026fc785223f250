#include "core/base/version.h"

#include <QApplication>
#include <QMainWindow>

int main(int argc, char* argv[])
{
    QApplication app(argc, argv);
    QApplication::setApplicationName(QStringLiteral("vernier"));
    QApplication::setApplicationDisplayName(QStringLiteral("Vernier"));
    QApplication::setApplicationVersion(QString::fromStdString(vernier::vernierVersion()));
    QApplication::setDesktopFileName(QStringLiteral("vernier"));

    QMainWindow window;
    window.show();
    return QApplication::exec();
}
