using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Culvert.Identity.Cli.Api;
using Culvert.Identity.Cli.Hosting;
using Culvert.Platform.Addresses;

namespace Culvert.Identity.Cli.Commands;

/// <summary>Decides which records point a tunnel's clients to its edges. Pure.</summary>
internal static class DnsZone
{
    /// <summary>
    /// The tunnel's domain and everything one label below it, and one CAA set for the names above. Without it, a public CA
    /// would certify these names for anyone who controls one of their addresses.
    /// </summary>
    /// <param name="tunnels">By domain, the targets of its clients: addresses, or a single name.</param>
    /// <param name="caa">Value of the CAA records; null = none.</param>
    /// <param name="names">Names for which agents get public certificates.</param>
    public static IReadOnlyList<DnsRecord> CreateRecords(
        IReadOnlyDictionary<string, IReadOnlyList<string>> tunnels,
        string? caa,
        IReadOnlyList<PublicName> names
    )
    {
        var own = names.Where(name => !name.IsCustom).ToList();
        var records = new List<DnsRecord>();
        foreach (var (domain, targets) in tunnels.OrderBy(tunnel => tunnel.Key, StringComparer.Ordinal))
        {
            foreach (var target in targets)
            {
                var (type, value) = Describe(target);
                records.Add(new DnsRecord($"{domain}.", type, value));
                records.Add(new DnsRecord($"*.{domain}.", type, value));
            }
        }

        if (caa is null)
        {
            return records;
        }

        // A name with a record of its own no longer matches the wildcard (RFC 4592 §2.2.1), so it needs all records.
        foreach (var name in own.Where(name => !IsAlias(name.Domain)))
        {
            records.AddRange(
                name.Name == name.Domain ? [] : tunnels[name.Domain].Select(target => At(name.Name, Describe(target)))
            );
            records.AddRange(name.Caa.Select(value => new DnsRecord($"{name.Name}.", "CAA", value)));
        }

        // Not at the domains: a name with a CNAME may have no other record (RFC 1034 §3.6.2), and CAs climb the tree (RFC
        // 8659 §3). So where the names are aliases, the CAA set is also written above them.
        foreach (
            var group in tunnels
                .Keys.GroupBy(GetParent, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
        )
        {
            var above = own.Where(name => group.Contains(name.Domain) && IsAlias(name.Domain))
                .SelectMany(name => name.Caa);
            records.AddRange(
                above
                    .Distinct(StringComparer.Ordinal)
                    .Order(StringComparer.Ordinal)
                    .DefaultIfEmpty(caa)
                    .Select(value => new DnsRecord($"{group.Key}.", "CAA", value))
            );
        }

        return records;

        bool IsAlias(string domain) => tunnels[domain].Any(target => !IPAddress.TryParse(target, out _));
    }

    private static string GetParent(string name) => name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..];

    private static DnsRecord At(string name, (string Type, string Value) record) =>
        new($"{name}.", record.Type, record.Value);

    /// <summary>
    /// Records of custom hostnames, for the zones of their owners: the alias that points to the tunnel, and the proof. A
    /// name with an alias may not have a CAA record (RFC 1034 §3.6.2), so the record is at the name above, where it applies
    /// to every name without its own.
    /// </summary>
    public static IReadOnlyList<DnsRecord> OfHostnames(
        IReadOnlyList<JsonObject> hostnames,
        IReadOnlyList<PublicName> names
    ) =>
        [
            .. hostnames
                .OrderBy(hostname => hostname.Text("name"), StringComparer.Ordinal)
                .SelectMany(hostname =>
                    (DnsRecord[])
                        [
                            new($"{hostname.Text("name")}.", "CNAME", $"{hostname.Text("cname_target")}."),
                            new($"{hostname.Text("txt_name")}.", "TXT", $"\"{hostname.Text("txt_value")}\""),
                        ]
                ),
            .. names
                .Where(name => name.IsCustom)
                .SelectMany(name => name.Caa, (name, value) => new DnsRecord($"{name.Parent}.", "CAA", value))
                .Distinct(),
        ];

    /// <summary>The hosts of edges' addresses.</summary>
    /// <exception cref="CommandFailure">No edge, or several names: a name can be an alias of only one other. The message
    /// says what else is needed.</exception>
    public static IReadOnlyList<string> Targets(IEnumerable<string> addresses)
    {
        var hosts = addresses
            .SelectMany(address => HostPort.TryParse(address, out var parsed) ? [parsed.Host] : Array.Empty<string>())
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)
            .ToList();
        var names = hosts.Count(host => !IPAddress.TryParse(host, out _));
        return hosts.Count == 0
                ? throw new CommandFailure(ExitCode.Refused, "no edge is available for clients")
                {
                    Next = "culvert edge create NAME --address HOST:PORT",
                }
            : names == 0 || hosts.Count == 1 ? hosts
            : throw new CommandFailure(
                ExitCode.Refused,
                $"the edges have {names} names, but a name can be an alias of only one other name: {string.Join(' ', hosts)}"
            )
            {
                Next = "name a balancer, or a name with the addresses of all: --target NAME",
            };
    }

    private static (string Type, string Value) Describe(string target) =>
        !IPAddress.TryParse(target, out var address) ? ("CNAME", $"{target.TrimEnd('.')}.")
        : address.AddressFamily == AddressFamily.InterNetwork ? ("A", target)
        : ("AAAA", target);
}
