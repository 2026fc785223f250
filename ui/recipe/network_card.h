#pragma once

#include "ui/recipe/epoch_cost.h"

#include <QFrame>

#include <functional>
#include <string>
#include <vector>

class QMenu;
class QPushButton;

namespace vernier::ui {

class Chip;
class HeadPopup;
class LayersPopup;
class NetworkView;
class PhaseStrip;
class Session;

/// The network of one phase: phases above, blocks with ticks and rates, presets below. Edits go
/// through Session::setRecipe and can be undone.
class NetworkCard : public QFrame {
    Q_OBJECT
public:
    explicit NetworkCard(Session& session, QWidget* parent = nullptr);

    NetworkView* network() const { return m_network; }
    /// What the session's recipe makes of the network. Values that differ from `base` are marked
    /// and can be put back to it.
    void setOutline(const NetworkOutline& outline, const Recipe& base);
    /// Those of the session's recipe, whether a network can be made of it or not.
    void showPhases();

private:
    void watchNetwork();
    void makePopups();
    QWidget* makePresets();
    void addPreset(const QString& text, const QString& tip, int fromEnd, QWidget* row);
    void fillRatesMenu(QMenu* menu);
    void showHead();
    void showLayers(const std::string& block);
    void showPresets();
    void showFindRate();
    void findRate();
    void putBack(const std::string& block);
    void addPhase();
    void removePhase();
    void editPlan(
        const QString& what, const QString& key, const std::function<void(FreezePlan&)>& edit);

    struct Preset {
        Chip* chip = nullptr;
        std::vector<std::string> blocks;
    };

    Session& m_session;
    NetworkOutline m_outline;
    FreezePlan m_basePlan; ///< of the shown phase
    PhaseStrip* m_phases = nullptr;
    NetworkView* m_network = nullptr;
    LayersPopup* m_layers = nullptr;
    HeadPopup* m_head = nullptr;
    QPushButton* m_findRate = nullptr;
    std::vector<Preset> m_presets;
};

} // namespace vernier::ui
