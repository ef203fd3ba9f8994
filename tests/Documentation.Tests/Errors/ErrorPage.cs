using System.Text;

namespace Culvert.Documentation.Tests.Errors;

/// <summary>Writes <c>docs/errors.md</c> from the catalogues.</summary>
internal static class ErrorPage
{
    /// <summary>Assembly, heading, and where its codes are seen.</summary>
    public static readonly (string Assembly, string Heading, string Seen)[] Programs =
    [
        (
            "identity-service",
            "Identity service",
            "In `error.details.error_code` of the answer (form requests at the token endpoint answer in the shape of RFC 6749)."
        ),
        (
            "Ca",
            "Certificate core",
            "From the identity service, wherever it takes a signing request or a CA certificate."
        ),
        (
            "tunnel-agent",
            "Agent",
            "In the header `culvert-reason` of answers that the agent makes itself, beside `culvert-failed-hop`."
        ),
        (
            "tunnel-edge",
            "Edge",
            "In the edge's log and metrics: to a client it answers by TLS alert or a closed connection."
        ),
    ];

    public static string Write()
    {
        var page = new StringBuilder(
            """
            # Error codes

            Generated from the programs' own catalogues; a test fails when it is stale and says how to renew it. Codes are
            stable: a code is never reused for something else.


            """
        );
        foreach (var (assembly, heading, seen) in Programs)
        {
            var errors = ErrorCatalogues.Of(assembly);
            if (errors.Count == 0)
            {
                continue;
            }

            page.Append("## ").AppendLine(heading).AppendLine().AppendLine(seen).AppendLine();
            page.AppendLine("| Code | Status | Meaning | Usual cause | Next step |");
            page.AppendLine("|---|---|---|---|---|");
            foreach (var e in errors)
            {
                page.AppendLine(
                    $"| `{e.Code}` | {e.Status?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "–"} | {Cell(e.Meaning)} | {Cell(e.Cause)} | {Cell(e.NextStep)} |"
                );
            }

            page.AppendLine();
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static string Cell(string? text) => (text ?? "–").Replace("|", "\\|", StringComparison.Ordinal);
}
