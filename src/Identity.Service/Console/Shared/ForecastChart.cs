using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Identity.Service.Console.Shared;

/// <summary>
/// How many certificates end on each day, drawn here as SVG. The table next to it shows the same in numbers.
/// </summary>
internal static class ForecastChart
{
    private const int Width = 900;
    private const int Height = 190;
    private const int Left = 44;
    private const int Bottom = 24;
    private const int Top = 10;

    /// <summary>Days in order, those without an end too.</summary>
    public static IReadOnlyList<(DateOnly Day, long Count)> ToDays(JsonElement forecast)
    {
        if (!DateOnly.TryParse(forecast.Text("from"), CultureInfo.InvariantCulture, out var from))
        {
            return [];
        }

        var counts = forecast
            .Items("data")
            .GroupBy(day => day.Text("date"))
            .ToDictionary(day => day.Key ?? "", day => day.Sum(one => one.Number("count")));
        return
        [
            .. Enumerable
                .Range(0, (int)forecast.Number("days"))
                .Select(offset => from.AddDays(offset))
                .Select(day =>
                    (day, counts.GetValueOrDefault(day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)))
                ),
        ];
    }

    /// <summary>Only numbers and dates go into it: no text that a user wrote.</summary>
    public static string Draw(IReadOnlyList<(DateOnly Day, long Count)> days)
    {
        var most = Math.Max(1, days.Max(day => day.Count));
        var (plotWidth, plotHeight) = (Width - Left, Height - Top - Bottom);
        var step = plotWidth / (double)days.Count;
        var svg = new StringBuilder();
        var invariant = CultureInfo.InvariantCulture;
        svg.Append(
            invariant,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"chart-title\">"
        );
        svg.Append(
            invariant,
            $"<title id=\"chart-title\">Certificates that expire on each of the next {days.Count} days; at most {most} on one day</title>"
        );
        foreach (var (part, label) in new[] { (0.0, "0"), (0.5, Half(most)), (1.0, most.ToString(invariant)) })
        {
            var y = Top + plotHeight * (1 - part);
            svg.Append(
                invariant,
                $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{label}</text>"
            );
        }

        for (var i = 0; i < days.Count; i++)
        {
            var (day, count) = days[i];
            var height = plotHeight * count / (double)most;
            if (count > 0)
            {
                svg.Append(
                    invariant,
                    $"<rect class=\"bar\" x=\"{Left + step * i + step * 0.12:0.##}\" y=\"{Top + plotHeight - height:0.##}\" width=\"{step * 0.76:0.##}\" height=\"{Math.Max(1, height):0.##}\"><title>{day:yyyy-MM-dd}: {count}</title></rect>"
                );
            }

            if (i % Math.Max(1, days.Count / 9) == 0)
            {
                svg.Append(
                    invariant,
                    $"<text x=\"{Left + step * (i + 0.5):0.#}\" y=\"{Height - 7}\" text-anchor=\"middle\">{day:MM-dd}</text>"
                );
            }
        }

        return svg.Append("</svg>").ToString();
    }

    private static string Half(long most) => most % 2 == 0 ? (most / 2).ToString(CultureInfo.InvariantCulture) : "";
}
