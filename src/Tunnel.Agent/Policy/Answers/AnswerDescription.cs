using System.Globalization;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Policy.Answers.Masks;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>Describes to an operator what of the answer to a call crosses.</summary>
internal static class AnswerDescription
{
    private const int MaxCharacters = 4096;

    /// <param name="rules">The rules that judge the answer, at least one.</param>
    /// <returns>The keys of the rules, and what applies of them.</returns>
    public static IEnumerable<(string Key, string Text)> Describe(IReadOnlyList<PolicyRule> rules) =>
        FindLines(rules).Select(line => (line.Key, ConfigText.Printable(line.Text, MaxCharacters)));

    private static IEnumerable<(string Key, string Text)> FindLines(IReadOnlyList<PolicyRule> rules)
    {
        var shape = new AnswerShape([.. rules.Select(rule => rule.Answer!)]);
        yield return ("answer", $"judged by {string.Join(", ", rules.Select(rule => rule.Name))}");
        foreach (var rule in rules)
        {
            foreach (var rows in rule.Answer!.Rows)
            {
                yield return ($"rows of {rule.Name}", Describe(rows));
            }
        }

        var fields = shape.Fields.Select(at => at.Length > 0 ? at : "all values").ToList();
        yield return ("fields", fields.Count > 0 ? string.Join(", ", fields) : "none");
        foreach (var rule in rules)
        {
            foreach (var mask in rule.Answer!.Masks)
            {
                yield return ($"mask of {rule.Name}", $"{mask.At.Description} as {ToWord(mask.Form)}");
            }
        }

        if (shape.Detects != Detectors.None)
        {
            yield return (
                "detect",
                string.Join(", ", DetectedText.Names.Where(name => shape.Detects.HasFlag(DetectedText.Find(name))))
            );
        }

        yield return ("text", ToWord(shape.Text));
        if (shape.Content.Count > 0)
        {
            yield return ("content", string.Join(", ", shape.Content.Order(StringComparer.Ordinal)));
        }

        if (shape.ReadsTextAsJson)
        {
            yield return ("text_as_json", "true");
        }

        foreach (var approval in shape.Approvals)
        {
            yield return ($"approve of {approval.Rule}", approval.Describe());
        }

        yield return ("unfit", shape.DropsUnfit ? "drop" : "deny");
        yield return ("errors", shape.PassesErrors ? "pass" : "drop");
        yield return ("notifications", shape.PassesNotifications ? "pass" : "drop");
        yield return ("max_bytes", shape.MaxBytes.ToString(CultureInfo.InvariantCulture));
    }

    private static string Describe(RowRule rows)
    {
        var where = rows.Where is { } condition ? $" where {condition.Describe()}" : "";
        var max = rows.Max > 0 ? string.Create(CultureInfo.InvariantCulture, $", at most {rows.Max}") : "";
        return rows.At.Description + where + max;
    }

    private static string ToWord(Enum value) => value.ToString().ToLowerInvariant();
}
