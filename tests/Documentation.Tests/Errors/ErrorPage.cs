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
            "In `error.details.error_code` of the response (form requests at the token endpoint get the format of RFC 6749)."
        ),
        ("Ca", "Certificate core", "From the identity service, for a signing request or a CA certificate."),
        (
            "tunnel-agent",
            "Agent",
            "In the header `culvert-reason` of responses that the agent itself makes, with `culvert-failed-hop`."
        ),
    ];

    public static readonly DocumentedEnum[] Reasons =
    [
        new(
            "identity-service",
            "Culvert.Identity.Service.Federation.Assertions.DenialReason",
            "Denied exchanges",
            "In `reason` of the authentication history (`culvert explain REQUEST-ID`, which also shows the detail) and in the audit; the caller always gets the same 401. Next step: correct the token's origin or the rule, whichever the reason blames."
        ),
        new(
            "tunnel-edge",
            "Culvert.Tunnel.Edge.Ingress.IngressRefusal",
            "Clients that the edge refused",
            "In the edge's log and in the label `reason` of its metrics. The client sees a TLS alert (112 for an unknown name, 80 for a tunnel without agents) or a closed connection."
        )
        {
            Spelling = name => name,
        },
        new(
            "tunnel-edge",
            "Culvert.Tunnel.Edge.Agents.AgentRefusal",
            "Agents that the edge refused",
            "In the edge's log and in the label `reason` of its metrics. The agent sees a closed connection or GOAWAY, and reconnects with increasing back-off."
        )
        {
            Spelling = name => name,
        },
        new(
            "Platform",
            "Culvert.Platform.Certificates.PeerRefusal",
            "Certificates of machines that were refused",
            "In the logs of service, edge and agent, after the handshake. Next step: check the other side's certificate (`culvert cert list`) and at both clocks."
        )
        {
            Spelling = name => name,
        },
        new(
            "Tunnel.Protocol",
            "Culvert.Tunnel.Protocol.Errors.ConnectionErrorCode",
            "Ends of outer connections",
            "In GOAWAY between edge and agent, and in both logs. Both ends recover automatically; `protocol`, `flow_control` and `frame_size` are defects of one of the programs."
        ),
        new(
            "Tunnel.Protocol",
            "Culvert.Tunnel.Protocol.Errors.StreamErrorCode",
            "Ends of streams",
            "In RST between edge and agent, and in both logs: one client connection each."
        ),
    ];

    public static string Write()
    {
        var page = new StringBuilder(
            """
            # Error codes

            Generated from the programs' own catalogues; a test fails when it is out of date and prints how to renew it. Codes are
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

        foreach (var reasons in Reasons)
        {
            page.Append("## ").AppendLine(reasons.Heading).AppendLine().AppendLine(reasons.Seen).AppendLine();
            page.AppendLine("| Name | Meaning |");
            page.AppendLine("|---|---|");
            foreach (var (name, meaning) in reasons.Members())
            {
                page.AppendLine($"| `{name}` | {Cell(meaning)} |");
            }

            page.AppendLine();
        }

        return page.ToString().TrimEnd() + "\n";
    }

    private static string Cell(string? text) => (text ?? "–").Replace("|", "\\|", StringComparison.Ordinal);
}
