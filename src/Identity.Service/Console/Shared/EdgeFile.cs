using System.Globalization;
using System.Text;

namespace Culvert.Identity.Service.Console.Shared;

/// <summary>The first <c>edge.yaml</c> of an edge, for copying from a page.</summary>
internal sealed record EdgeFile
{
    /// <summary>The URL of the service.</summary>
    public required string Url { get; init; }

    public required string OrganizationId { get; init; }

    /// <summary>The rule that allows this edge to enrol.</summary>
    public required string RuleId { get; init; }

    public required string EdgeId { get; init; }

    /// <summary>The path of the machine's identity token; empty: the platform is detected.</summary>
    public required string TokenFile { get; init; }

    /// <summary>The port that clients connect to, on the edge or its load balancer.</summary>
    public required int PublicPort { get; init; }

    /// <summary>Null if it is not a port.</summary>
    public static int? ReadPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : null;

    public string ToYaml()
    {
        var text = new StringBuilder()
            .Append("config_version: 1\n\n")
            .Append($"edge_id: {YamlText.Quote(EdgeId)}\n")
            .Append("state_dir: /var/lib/culvert/edge\n\n")
            .Append("identity:\n")
            .Append($"  url: {YamlText.Quote(Url)}\n")
            .Append("  ca_file: platform-ca.pem # leave it out where a public CA has certified the service\n")
            .Append($"  organization_id: {YamlText.Quote(OrganizationId)}\n")
            .Append($"  rule_id: {YamlText.Quote(RuleId)}\n");
        if (TokenFile.Length > 0)
        {
            text.Append("  token: # read again at every use\n").Append($"    file: {YamlText.Quote(TokenFile)}\n");
        }

        return text.Append("\nsni:\n")
            .Append(CultureInfo.InvariantCulture, $"  public_port: {PublicPort} # that clients dial\n")
            .ToString();
    }
}
