using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Identity.Service.Console.Shared;

/// <summary>Numbers of days in a row, drawn here as SVG. A table next to it shows the same in numbers.</summary>
internal static class DayChart
{
    private const int Width = 900;
    private const int Height = 190;
    private const int Left = 44;
    private const int Bottom = 24;
    private const int Top = 10;

    /// <summary>Days in order, those without an entry too.</summary>
    /// <param name="document">With <c>from</c>, <c>days</c> and, in <c>data</c>, entries that have a <c>date</c>; those of one day are added up.</param>
    /// <param name="count">The member that counts.</param>
    /// <param name="marked">The member that counts those to be marked; null = none are.</param>
    public static IReadOnlyList<DayBar> Read(JsonElement document, string count, string? marked = null)
    {
        if (!DateOnly.TryParse(document.Text("from"), CultureInfo.InvariantCulture, out var from))
        {
            return [];
        }

        var entries = document.Items("data").ToLookup(entry => entry.Text("date"));
        return [.. Enumerable.Range(0, (int)document.Number("days")).Select(offset => Add(from.AddDays(offset)))];

        DayBar Add(DateOnly day)
        {
            var found = entries[day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)];
            return new DayBar(
                day,
                found.Sum(entry => entry.Number(count)),
                marked is null ? 0 : found.Sum(entry => entry.Number(marked))
            );
        }
    }

    /// <summary>Only numbers, dates and these two texts go into it: no text that a user wrote.</summary>
    /// <param name="id">Of the title, unique on the page.</param>
    /// <param name="title">What is counted, for people who do not see it.</param>
    public static string Draw(string id, string title, IReadOnlyList<DayBar> days)
    {
        var most = Math.Max(1, days.Max(day => day.Count));
        var (plotWidth, plotHeight) = (Width - Left, Height - Top - Bottom);
        var step = plotWidth / (double)days.Count;
        var svg = new StringBuilder();
        var invariant = CultureInfo.InvariantCulture;
        svg.Append(
            invariant,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{id}\">"
        );
        svg.Append(invariant, $"<title id=\"{id}\">{title}; at most {most} on one day</title>");
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
            var (day, count, marked) = days[i];
            AppendBar(i, "bar", count, $"{day:yyyy-MM-dd}: {count}");
            AppendBar(i, "bar-2", marked, $"{day:yyyy-MM-dd}: {marked} of {count}");
            if (i % Math.Max(1, days.Count / 9) == 0)
            {
                svg.Append(
                    invariant,
                    $"<text x=\"{Left + step * (i + 0.5):0.#}\" y=\"{Height - 7}\" text-anchor=\"middle\">{day:MM-dd}</text>"
                );
            }
        }

        return svg.Append("</svg>").ToString();

        void AppendBar(int place, string shade, long count, string label)
        {
            if (count == 0)
            {
                return;
            }

            var height = Math.Max(1, plotHeight * count / (double)most);
            svg.Append(
                invariant,
                $"<rect class=\"{shade}\" x=\"{Left + step * place + step * 0.12:0.##}\" y=\"{Top + plotHeight - height:0.##}\" width=\"{step * 0.76:0.##}\" height=\"{height:0.##}\"><title>{label}</title></rect>"
            );
        }
    }

    private static string Half(long most) => most % 2 == 0 ? (most / 2).ToString(CultureInfo.InvariantCulture) : "";
}
