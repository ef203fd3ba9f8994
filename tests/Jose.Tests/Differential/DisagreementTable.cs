using Culvert.Testing;

namespace Culvert.Jose.Tests.Differential;

/// <summary>
/// The rows of <c>docs/jose-disagreements.md</c>: <c>| mutation | our verdict | jose's verdict | reason |</c>.
/// </summary>
internal static class DisagreementTable
{
    public const string Accepts = "accepts";

    public static IReadOnlySet<string> Read()
    {
        var rows = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in File.ReadLines(CheckoutFolder.GetPath("docs/jose-disagreements.md")))
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells is ["", var mutation, var ours, var theirs, var reason, ""] && mutation.StartsWith('`'))
            {
                reason.ShouldNotBeEmpty($"{mutation} has no reason");
                rows.Add(Row(mutation.Trim('`'), ours.Trim('`'), theirs.Trim('`'))).ShouldBeTrue($"{mutation} twice");
            }
        }

        return rows;
    }

    public static string Row(string mutation, string ours, string theirs) => $"{mutation} | {ours} | {theirs}";
}
