#include "core/evaluation/logistic_head.h"

#include <cmath>
#include <deque>

namespace vernier {

namespace {

torch::Tensor withOnes(const torch::Tensor& x)
{
    return at::cat({ x, torch::ones({ x.size(0), 1 }, x.options()) }, 1);
}

double sumOfProducts(const torch::Tensor& a, const torch::Tensor& b)
{
    return a.flatten().dot(b.flatten()).item<double>();
}

struct Value {
    double loss = 0;
    torch::Tensor gradient;
};

/// The mean a picture of what is minimized, so that one bound on the gradient does for any n.
class Objective {
public:
    Objective(const torch::Tensor& x, const torch::Tensor& labels, double strength)
        : m_x(withOnes(x))
        , m_labels(labels.unsqueeze(1))
        , m_penalty(1 / (strength * static_cast<double>(x.size(0))))
    {
    }

    std::int64_t width() const { return m_x.size(1); }

    Value operator()(const torch::Tensor& head) const
    {
        const auto count = static_cast<double>(m_x.size(0));
        const auto logs = torch::log_softmax(m_x.matmul(head.t()), 1);
        auto penalized = head.clone();
        penalized.select(1, width() - 1).zero_();
        const auto loss = logs.gather(1, m_labels).sum().neg() / count
            + penalized.square().sum() * (m_penalty / 2);
        const auto wrong
            = logs.exp().scatter_add(1, m_labels, torch::full(m_labels.sizes(), -1, m_x.options()));
        return { loss.item<double>(), wrong.t().matmul(m_x) / count + penalized * m_penalty };
    }

private:
    const torch::Tensor m_x;
    const torch::Tensor m_labels;
    const double m_penalty;
};

/// The last steps and how the gradient changed over them, which tell the curvature.
class Curvature {
public:
    void add(torch::Tensor step, torch::Tensor change)
    {
        const double product = sumOfProducts(step, change);
        if (product <= 0)
            return;
        m_pairs.push_back({ std::move(step), std::move(change), 1 / product });
        constexpr std::size_t kMost = 10;
        if (m_pairs.size() > kMost)
            m_pairs.pop_front();
    }

    /// The gradient times the inverse of the Hessian, nearly; without any step the gradient at a
    /// length of at most 1.
    torch::Tensor applied(const torch::Tensor& gradient) const
    {
        if (m_pairs.empty())
            return gradient / std::max(1.0, std::sqrt(sumOfProducts(gradient, gradient)));
        auto q = gradient.clone();
        std::vector<double> shares;
        for (auto pair = m_pairs.rbegin(); pair != m_pairs.rend(); ++pair) {
            shares.push_back(pair->scale * sumOfProducts(pair->step, q));
            q.sub_(pair->change, shares.back());
        }
        const auto& last = m_pairs.back();
        q.div_(last.scale * sumOfProducts(last.change, last.change));
        for (const auto& pair : m_pairs) {
            q.add_(pair.step, shares.back() - pair.scale * sumOfProducts(pair.change, q));
            shares.pop_back();
        }
        return q;
    }

private:
    struct Pair {
        torch::Tensor step;
        torch::Tensor change;
        double scale = 0; ///< 1 / (step . change)
    };
    std::deque<Pair> m_pairs;
};

} // namespace

Result<torch::Tensor> fitLogisticHead(const torch::Tensor& x, const torch::Tensor& labels,
    std::int64_t classes, double strength, const std::stop_token& stop)
{
    constexpr double kGradient = 1e-8;
    constexpr int kMostSteps = 1000;
    constexpr int kMostHalvings = 40;
    constexpr double kArmijo = 1e-4;

    const torch::NoGradGuard noGrad;
    const Objective objective(x, labels, strength);
    auto head = torch::zeros({ classes, objective.width() }, x.options());
    auto now = objective(head);
    Curvature curvature;
    for (int i = 0; i < kMostSteps; ++i) {
        if (stop.stop_requested())
            return cancelled();
        if (now.gradient.abs().max().item<double>() <= kGradient)
            break;
        const auto direction = curvature.applied(now.gradient).neg();
        const double slope = sumOfProducts(direction, now.gradient);
        double length = 1;
        Value next;
        torch::Tensor moved;
        for (int halvings = 0; halvings < kMostHalvings; ++halvings, length /= 2) {
            moved = head + direction * length;
            next = objective(moved);
            if (next.loss <= now.loss + kArmijo * length * slope)
                break;
        }
        // Rounding hides what is left to gain.
        if (!(next.loss < now.loss))
            break;
        curvature.add(moved - head, next.gradient - now.gradient);
        head = moved;
        now = next;
    }
    return head;
}

torch::Tensor logisticProbabilities(const torch::Tensor& head, const torch::Tensor& x)
{
    return torch::softmax(withOnes(x).matmul(head.t()), 1);
}

} // namespace vernier
