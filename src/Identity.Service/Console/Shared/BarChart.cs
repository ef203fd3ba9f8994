using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Identity.Service.Console.Shared;

/// <summary>A bar chart by day or minute, as SVG. A table next to it has the same numbers.</summary>
internal static class BarChart
{
    private const int Width = 900;
    private const int Height = 190;
    private const int Left = 56;
    private const int Bottom = 24;
    private const int Top = 10;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <param name="document">
    /// With <c>from</c>, <c>days</c> and, in <c>data</c>, entries with a <c>date</c>; entries of the same day are added up.
    /// </param>
    /// <param name="marked">The member with the marked part; null = none.</param>
    public static IReadOnlyList<Bar> ReadDays(JsonElement document, string count, string? marked = null)
    {
        if (!DateOnly.TryParse(document.Text("from"), Invariant, out var from))
        {
            return [];
        }

        var entries = document.Items("data").ToLookup(entry => entry.Text("date"));
        return [.. Enumerable.Range(0, (int)document.Number("days")).Select(offset => Add(from.AddDays(offset)))];

        Bar Add(DateOnly day)
        {
            var name = day.ToString("yyyy-MM-dd", Invariant);
            return new Bar(
                name,
                day.ToString("MM-dd", Invariant),
                entries[name].Sum(entry => entry.Number(count)),
                marked is null ? 0 : entries[name].Sum(entry => entry.Number(marked))
            );
        }
    }

    /// <param name="document">With <c>from</c>, <c>minutes</c> and, in <c>data</c>, entries with a time <c>at</c>.</param>
    public static IReadOnlyList<Bar> ReadMinutes(
        JsonElement document,
        Func<JsonElement, long> count,
        Func<JsonElement, long> marked
    )
    {
        if (document.Time("from") is not { } from)
        {
            return [];
        }

        var entries = document.Items("data").ToDictionary(entry => entry.Time("at")!.Value);
        return [.. Enumerable.Range(0, (int)document.Number("minutes")).Select(offset => Add(from.AddMinutes(offset)))];

        Bar Add(DateTimeOffset minute)
        {
            var (name, hasEntry) = (minute.ToString("HH:mm", Invariant), entries.TryGetValue(minute, out var entry));
            return hasEntry ? new Bar(name, name, count(entry), marked(entry)) : new Bar(name, name, 0);
        }
    }

    /// <summary>Contains only numbers, times and these texts: no user input.</summary>
    /// <param name="id">The id of the title, unique on the page.</param>
    /// <param name="title">The text alternative of the chart.</param>
    /// <param name="each">The unit of a bar: <c>day</c> or <c>minute</c>.</param>
    /// <param name="write">Formats a number; null: unformatted.</param>
    public static string Draw(
        string id,
        string title,
        string each,
        IReadOnlyList<Bar> bars,
        Func<long, string>? write = null
    )
    {
        write ??= static number => number.ToString(Invariant);
        var most = Math.Max(1, bars.Max(bar => bar.Count));
        var (plotWidth, plotHeight) = (Width - Left, Height - Top - Bottom);
        var step = plotWidth / (double)bars.Count;
        var svg = new StringBuilder();
        svg.Append(
            Invariant,
            $"<svg class=\"chart\" viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-labelledby=\"{id}\">"
        );
        svg.Append(Invariant, $"<title id=\"{id}\">{title}; at most {write(most)} in one {each}</title>");
        foreach (
            var (part, label) in new[] { (0.0, "0"), (0.5, most % 2 == 0 ? write(most / 2) : ""), (1.0, write(most)) }
        )
        {
            var y = Top + plotHeight * (1 - part);
            svg.Append(
                Invariant,
                $"<line class=\"axis\" x1=\"{Left}\" x2=\"{Width}\" y1=\"{y:0.#}\" y2=\"{y:0.#}\"/><text x=\"{Left - 6}\" y=\"{y + 4:0.#}\" text-anchor=\"end\">{label}</text>"
            );
        }

        for (var i = 0; i < bars.Count; i++)
        {
            var bar = bars[i];
            AppendBar(i, "bar", bar.Count, $"{bar.Name}: {write(bar.Count)}");
            AppendBar(i, "bar-2", bar.Marked, $"{bar.Name}: {write(bar.Marked)} of {write(bar.Count)}");
            if (i % Math.Max(1, bars.Count / 9) == 0)
            {
                svg.Append(
                    Invariant,
                    $"<text x=\"{Left + step * (i + 0.5):0.#}\" y=\"{Height - 7}\" text-anchor=\"middle\">{bar.Tick}</text>"
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
                Invariant,
                $"<rect class=\"{shade}\" x=\"{Left + step * place + step * 0.12:0.##}\" y=\"{Top + plotHeight - height:0.##}\" width=\"{step * 0.76:0.##}\" height=\"{height:0.##}\"><title>{label}</title></rect>"
            );
        }
    }
}
