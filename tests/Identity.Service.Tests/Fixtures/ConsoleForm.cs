using System.Net;
using System.Text.RegularExpressions;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>The fields of a form as a browser would send them when a person changes nothing.</summary>
internal static partial class ConsoleForm
{
    /// <param name="page">The page.</param>
    /// <param name="action">Where the form is sent.</param>
    /// <param name="changes">What the person types instead: a field's only value.</param>
    public static (string Name, string Value)[] Read(
        string page,
        string action,
        params (string Name, string Value)[] changes
    )
    {
        var start = page.IndexOf($"action=\"{action}\"", StringComparison.Ordinal);
        start.ShouldBeGreaterThan(0, action);
        var form = page[start..page.IndexOf("</form>", start, StringComparison.Ordinal)];
        return
        [
            .. Fields(form).Where(field => field.Name != "_token" && !changes.Any(one => one.Name == field.Name)),
            .. changes,
        ];
    }

    private static IEnumerable<(string Name, string Value)> Fields(string form)
    {
        foreach (Match input in Input().Matches(form))
        {
            if (!input.Value.Contains("type=\"checkbox\"", StringComparison.Ordinal) || Checked().IsMatch(input.Value))
            {
                yield return (Attribute(input.Value, "name"), Attribute(input.Value, "value"));
            }
        }

        foreach (Match area in Area().Matches(form))
        {
            yield return (Attribute(area.Groups[1].Value, "name"), WebUtility.HtmlDecode(area.Groups[2].Value));
        }

        foreach (Match select in Select().Matches(form))
        {
            var options = Option().Matches(select.Groups[2].Value);
            var chosen = options.FirstOrDefault(option => option.Groups[2].Success) ?? options.FirstOrDefault();
            yield return (
                Attribute(select.Groups[1].Value, "name"),
                WebUtility.HtmlDecode(chosen?.Groups[1].Value ?? "")
            );
        }
    }

    private static string Attribute(string tag, string name) =>
        WebUtility.HtmlDecode(Regex.Match(tag, $" {name}=\"([^\"]*)\"").Groups[1].Value);

    [GeneratedRegex("<input [^>]*>")]
    private static partial Regex Input();

    [GeneratedRegex(" checked( |>|=|/)")]
    private static partial Regex Checked();

    [GeneratedRegex("<textarea([^>]*)>(.*?)</textarea>", RegexOptions.Singleline)]
    private static partial Regex Area();

    [GeneratedRegex("<select([^>]*)>(.*?)</select>", RegexOptions.Singleline)]
    private static partial Regex Select();

    // An attribute without value is an empty one.
    [GeneratedRegex("<option value(?:=\"([^\"]*)\")?( selected)?")]
    private static partial Regex Option();
}
