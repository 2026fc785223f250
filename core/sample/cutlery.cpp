#include "core/sample/cutlery.h"

#include "core/image/opencv.h"
#include "core/sample/cutlery_material.h"
#include "core/sample/cutlery_shape.h"
#include "core/sample/table_top.h"

#include <cmath>

#include <opencv2/imgproc.hpp>

namespace vernier {

namespace {

/// How a piece lies in the picture.
struct Pose {
    cv::Matx33f toPicture; ///< (along - 0.5, across, 1) to pixels
    cv::Matx33f toShape;
    float scale = 1; ///< pixels for one unit
    float turn = 0;

    cv::Point2f pixel(float along, float across) const
    {
        const auto p = toPicture * cv::Vec3f(along - 0.5F, across, 1);
        return { p[0] / p[2], p[1] / p[2] };
    }
};

Pose poseOf(float edge, const cv::Point2f& centre, float length, float turn, Random& random)
{
    Pose pose;
    pose.turn = turn;
    const float tilt = uniform(random, 0, 6.28);
    const float shortened = uniform(random, 0.78, 1);
    const cv::Matx33f rotation(
        std::cos(turn), -std::sin(turn), 0, std::sin(turn), std::cos(turn), 0, 0, 0, 1);
    const cv::Matx33f lean(
        std::cos(tilt), std::sin(tilt), 0, -std::sin(tilt), std::cos(tilt), 0, 0, 0, 1);
    const cv::Matx33f squash(1, 0, 0, 0, shortened, 0, 0, 0, 1);
    const cv::Matx33f perspective(
        1, 0, 0, 0, 1, 0, uniform(random, -0.3, 0.3), uniform(random, -0.3, 0.3), 1);
    const float units = length * edge;
    const cv::Matx33f place(units, 0, centre.x, 0, units, centre.y, 0, 0, 1);
    pose.toPicture = place * perspective * lean.t() * squash * lean * rotation;
    pose.toShape = pose.toPicture.inv();
    pose.scale = units * std::sqrt(shortened);
    return pose;
}

Pose drawPose(int size, Random& random)
{
    const auto edge = static_cast<float>(size);
    for (;;) {
        const cv::Point2f centre(
            edge * uniform(random, 0.36, 0.64), edge * uniform(random, 0.36, 0.64));
        const auto pose
            = poseOf(edge, centre, uniform(random, 0.9, 1.3), uniform(random, 0, 6.28), random);
        // The head tells what it is, so it must be seen.
        const auto head = pose.pixel(0.84F, 0);
        const cv::Rect2f seen(edge * 0.15F, edge * 0.15F, edge * 0.7F, edge * 0.7F);
        if (seen.contains(head))
            return pose;
    }
}

/// A piece that reaches into the picture with its handle only.
Pose drawVisitor(int size, Random& random)
{
    const auto edge = static_cast<float>(size);
    const float side = uniform(random, 0, 6.28);
    const cv::Point2f middle(edge / 2, edge / 2);
    const cv::Point2f outward(std::cos(side), std::sin(side));
    const cv::Point2f centre = middle + outward * edge * uniform(random, 0.82, 1.0);
    return poseOf(
        edge, centre, uniform(random, 0.8, 1.0), side + uniform(random, -0.35, 0.35), random);
}

/// Mostly a material that stands out from the table.
CutleryMaterial drawBody(const Light& light, const Colour& ground, Random& random)
{
    CutleryMaterial body(random, false);
    for (int i = 0; i < 3; ++i) {
        const auto flat = body.at({ 0, 0, 1 }, 0.5F, 0, light, ground).colour;
        if (cv::norm(flat - ground) > 0.3)
            break;
        body = CutleryMaterial(random, false);
    }
    return body;
}

Layer paintPiece(const CutleryShape& shape, const Pose& pose, int size, const Light& light,
    const Colour& ground, Random& random)
{
    const auto body = drawBody(light, ground, random);
    const CutleryMaterial handle(random, true);
    Layer layer { Canvas(size, size, Colour(0, 0, 0)), Coverage(size, size, 0.0F),
        uniform(random, 0.008, 0.035) };
    const float c = std::cos(pose.turn);
    const float s = std::sin(pose.turn);
    for (int y = 0; y < size; ++y) {
        for (int x = 0; x < size; ++x) {
            const auto p
                = pose.toShape * cv::Vec3f(static_cast<float>(x), static_cast<float>(y), 1);
            const float along = p[0] / p[2] + 0.5F;
            const float across = p[1] / p[2];
            const auto surface = shape.at(along, across);
            const float coverage = std::clamp(surface.inside * pose.scale + 0.5F, 0.0F, 1.0F);
            if (coverage <= 0)
                continue;
            // The outline is rounded off over the last two pixels, whatever the relief.
            const float bevel = 0.5F * smoothStep(2.5F, 0.0F, surface.inside * pose.scale)
                * (surface.slopeAcross < 0 ? -1.0F : 1.0F);
            const float nx = surface.slopeAlong;
            const float ny = surface.slopeAcross + bevel;
            const cv::Vec3f normal = cv::normalize(cv::Vec3f(nx * c - ny * s, nx * s + ny * c, 1));
            const auto& material = surface.handle ? handle : body;
            auto shade = material.at(normal, along, across, light, ground);
            if (surface.rivet > 0)
                shade.colour = mixed(shade.colour, Colour(0.75F, 0.75F, 0.76F), surface.rivet);
            layer.colour(y, x) = shade.colour;
            layer.coverage(y, x) = coverage * shade.opacity;
        }
    }
    return layer;
}

/// How much of a piece's middle line, from the neck to the tip, a cover takes from sight.
float hiddenShareOfHead(const Layer& cover, const Pose& pose)
{
    constexpr int kSteps = 24;
    float hidden = 0;
    for (int i = 0; i < kSteps; ++i) {
        const auto p = pose.pixel(0.66F + 0.34F * static_cast<float>(i) / kSteps, 0);
        const cv::Point at(cvRound(p.x), cvRound(p.y));
        const bool outside = !cv::Rect({}, cover.coverage.size()).contains(at);
        hidden += outside ? 1 : cover.coverage(at);
    }
    return hidden / kSteps;
}

/// Left-overs on the head: sauce, jam, egg.
void smear(Layer& piece, const Pose& pose, Random& random)
{
    const Noise noise(random);
    const auto colour
        = fromHsv(uniform(random, 0, 0.14), uniform(random, 0.5, 0.9), uniform(random, 0.3, 0.85));
    const auto centre = pose.pixel(uniform(random, 0.72, 0.95), uniform(random, -0.05, 0.05));
    const float radius = pose.scale * uniform(random, 0.03, 0.1);
    for (int y = 0; y < piece.colour.rows; ++y) {
        for (int x = 0; x < piece.colour.cols; ++x) {
            const auto fx = static_cast<float>(x);
            const auto fy = static_cast<float>(y);
            const float distance = std::hypot(fx - centre.x, fy - centre.y) / radius
                + 0.9F * noise.cloud(fx * 0.06F, fy * 0.06F, 3);
            piece.colour(y, x) = mixed(piece.colour(y, x),
                colour * (0.9F + 0.3F * noise.at(fx * 0.15F, fy * 0.15F)),
                0.85F * smoothStep(1.05F, 0.85F, distance));
        }
    }
}

Light drawLight(Random& random)
{
    const float around = uniform(random, 0, 6.28);
    const float up = uniform(random, 0.55, 1.25);
    return { { std::cos(around) * std::cos(up), std::sin(around) * std::cos(up), std::sin(up) },
        uniform(random, 0.01, 0.07), uniform(random, 0.25, 0.65) };
}

/// Uneven light, white balance, exposure, blur and grain.
void photograph(Canvas& canvas, const Light& light, Random& random)
{
    const float edge = static_cast<float>(canvas.cols);
    const float falloff = uniform(random, 0.05, 0.45);
    const float exposure = uniform(random, 0.85, 1.25);
    const float warmth = uniform(random, -0.12, 0.14);
    const Colour balance(1 + warmth, 1, 1 - warmth);
    const float contrast = uniform(random, 0.8, 1.2);
    for (int y = 0; y < canvas.rows; ++y) {
        for (int x = 0; x < canvas.cols; ++x) {
            const float toLight = (static_cast<float>(x) / edge - 0.5F) * light.direction[0]
                + (static_cast<float>(y) / edge - 0.5F) * light.direction[1];
            const float lit = exposure * (1 + falloff * 1.6F * toLight);
            for (int c = 0; c < 3; ++c)
                canvas(y, x)[c] = 0.45F + contrast * (canvas(y, x)[c] * lit * balance[c] - 0.45F);
        }
    }
    if (chance(random, 0.06)) {
        const int length = 3 + 2 * static_cast<int>(random.below(4));
        cv::Mat kernel = cv::Mat::zeros(length, length, CV_32F);
        const float turn = uniform(random, 0, 3.14);
        const float reach = static_cast<float>(length - 1) / 2;
        const cv::Point2f middle(reach, reach);
        const cv::Point2f arm(reach * std::cos(turn), reach * std::sin(turn));
        cv::line(kernel, middle - arm, middle + arm, cv::Scalar(1), 1);
        cv::filter2D(canvas, canvas, -1, kernel / cv::sum(kernel)[0]);
    } else {
        const float strength
            = chance(random, 0.15) ? uniform(random, 1, 2) : uniform(random, 0.35, 0.9);
        cv::GaussianBlur(canvas, canvas, {}, strength * edge / 256);
    }
    const float grain = uniform(random, 0, 0.035);
    for (auto& pixel : canvas) {
        for (int c = 0; c < 3; ++c)
            pixel[c] += grain * (uniform(random, -1, 1) + uniform(random, -1, 1));
    }
}

} // namespace

Picture paintCutlery(Cutlery kind, int size, Random& random)
{
    prepareOpenCv();
    const auto edge = static_cast<float>(size);
    const auto light = drawLight(random);
    Canvas canvas = paintTable(size, random);
    const float busy = uniform(random, 0, 1);
    if (chance(random, 0.2 + 0.3 * busy))
        lay(canvas, paintPlate(size, light, random), light);
    if (chance(random, 0.25 * busy)) {
        const cv::Point2f place(edge * uniform(random, 0, 1), edge * uniform(random, 0, 1));
        lay(canvas, paintCloth(size, place, light, random), light);
    }
    const auto mean = cv::mean(canvas);
    const Colour ground(
        static_cast<float>(mean[0]), static_cast<float>(mean[1]), static_cast<float>(mean[2]));

    if (chance(random, 0.3)) {
        const CutleryShape visitor(static_cast<Cutlery>(random.below(3)), random);
        lay(canvas, paintPiece(visitor, drawVisitor(size, random), size, light, ground, random),
            light);
    }
    const bool strewnBelow = chance(random, 0.7);
    if (strewnBelow)
        strew(canvas, light, busy, random);

    const CutleryShape shape(kind, random);
    const auto pose = drawPose(size, random);
    auto piece = paintPiece(shape, pose, size, light, ground, random);
    if (chance(random, 0.12))
        smear(piece, pose, random);
    lay(canvas, piece, light);
    if (!strewnBelow)
        strew(canvas, light, busy, random);
    if (chance(random, 0.25)) {
        const auto cover
            = paintCloth(size, pose.pixel(uniform(random, 0.05, 0.75), 0), light, random);
        if (hiddenShareOfHead(cover, pose) < 0.35F)
            lay(canvas, cover, light);
    }

    photograph(canvas, light, random);
    Picture picture = emptyPicture(size, size);
    canvas.convertTo(matOf(picture), CV_8UC3, 255);
    return picture;
}

} // namespace vernier
