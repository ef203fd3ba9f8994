using System.Text;

namespace Culvert.Identity.Cli.Commands.Provider;

internal static class TunnelsSection
{
    /// <param name="domain">The tunnel's domain, already checked.</param>
    /// <param name="routes">The agent's routes; empty = the operator adds them.</param>
    /// <param name="isIssued">The Culvert service issues the certificate.</param>
    public static string Write(string domain, IReadOnlyList<string> routes, bool isIssued)
    {
        var text = new StringBuilder()
            .Append("tunnels:\n  - kind: connector\n    listen: 127.0.0.1:8080\n")
            .Append("    tunnel_domain: ")
            .Append(domain)
            .Append("\n    routes: [")
            .Append(routes.Count == 0 ? "ROUTE" : string.Join(", ", routes.Select(Quote)))
            .Append(routes.Count == 0 ? "] # names of entries of routes\n" : "]\n");
        text.Append(
            isIssued
                ? "    certificate_source: service\n"
                : "    certificate_file: /etc/culvert/provider/tls.crt # signed by the registered CA\n    key_file: /etc/culvert/provider/tls.key\n"
        );
        return text.ToString();
    }

    // Quotes, for "@" and for words that YAML would read as another type.
    private static string Quote(string name) => $"\"{name.Replace("\"", "", StringComparison.Ordinal)}\"";
}
