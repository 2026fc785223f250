#pragma once

#include <QColor>
#include <QFont>

class QWidget;

namespace vernier::ui {

enum class Scheme { System, Light, Dark };

/// Colours, fonts and measures of the whole window. When the colours change, every widget gets
/// QEvent::PaletteChange; whoever paints by hand reads the colours in its paintEvent. GUI thread.
namespace theme {

inline constexpr int kGrid = 8; ///< px; spacings are multiples or halves of it
inline constexpr int kRadius = 6;

/// Fusion with our palette and style sheet. Scheme::System follows what the desktop said when the
/// program started.
void apply(Scheme scheme);
bool dark();

QColor accent(); ///< training
QColor withinEpoch(); ///< training, as it runs: fainter than its epochs, at least 3:1 on surface
QColor onAccent(); ///< text on a surface filled with the accent
QColor validation(); ///< dashed in charts
QColor test();
QColor wrong(); ///< outlines and error sentences, never a fill
QColor classColor(int classIndex); ///< Okabe and Ito's list, cyclic
QColor text(); ///< text and mutedText are at least 4.5:1 on window and surface
QColor mutedText();
QColor window(); ///< page background
QColor surface(); ///< cards, fields, lists
QColor line(); ///< hairlines
QColor hover(); ///< under the pointer, on surface or window
QColor disabledFill(); ///< a frozen block, an empty thumbnail

QFont tabular(QFont base); ///< a font whose digits have one width
QFont heading(QFont base);
QFont caption(QFont base);

/// A look that the style sheet gives a widget, so that it follows the scheme by itself.
enum class Role {
    Plain,
    Card, ///< QFrame: surface, hairline, rounded
    Popup, ///< QFrame: a card with an edge that parts it from what it lies on
    Primary, ///< QPushButton: filled with the accent; one a page
    Quiet, ///< QPushButton, QToolButton: no frame until hovered
    Heading, ///< QLabel
    Muted, ///< QLabel
    Caption, ///< QLabel, small and muted
    Wrong, ///< QLabel: the sentence of an error
    List ///< QTableView: cells in line with their headings
};
void setRole(QWidget* widget, Role role);

} // namespace theme
} // namespace vernier::ui
