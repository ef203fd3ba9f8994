using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Addresses;
using Culvert.Platform.Dns;
using Culvert.Platform.Timing;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>A TXT record proves a name (S26). It is queried at the zone's own servers, without a cache in between.</summary>
internal sealed class HostnameProof(Installation installation, Current<HostnameOptions> options, TimeProvider time)
{
    public const string Label = "_culvert.";
    private const string ValuePrefix = "culvert-hostname=";

    // For a whole check: finding the zone and its servers' addresses, and querying each.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static string GetRecordName(string name) => Label + name;

    /// <summary>Not a secret: it proves control of the zone, for this installation and organization.</summary>
    public string CreateValue(string organizationId, string name)
    {
        var text = $"culvert hostname\n{installation.InstallationId}\n{organizationId}\n{name}";
        return ValuePrefix + Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    public async Task<ProofResult> CheckAsync(string organizationId, string name, CancellationToken cancellationToken)
    {
        using var limit = new TimeLimit(Patience, time, cancellationToken);
        try
        {
            return DnsName.TryParse(GetRecordName(name), out var record)
                ? await CheckAsync(record, CreateValue(organizationId, name), limit.Token)
                : ProofResult.Missing;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProofResult.Unreachable;
        }
    }

    private async Task<ProofResult> CheckAsync(DnsName record, string expected, CancellationToken ct)
    {
        var client = new DnsClient(
            new DnsClientOptions
            {
                Servers = options.Value.Resolvers,
                AuthorityPort = options.Value.NameServerPort,
                Rounds = 1,
            },
            time
        );
        var (outcome, servers) = await new ZoneServers(client, MayAsk).FindAsync(record, ct);
        if (outcome is not (DnsOutcome.Found or DnsOutcome.NoData))
        {
            return ProofResult.Unavailable;
        }

        // Servers of one zone are not updated at the same moment: one that has the record is enough.
        var result = ProofResult.Unreachable;
        foreach (var server in servers)
        {
            var answer = await client.QueryAuthorityAsync([server], record, DnsRecordType.Txt, ct);
            if (answer.Records.OfType<TextRecord>().Any(text => text.Text.Trim() == expected))
            {
                return ProofResult.Proven;
            }

            result = answer.Outcome == DnsOutcome.Found || answer.IsAbsent ? ProofResult.Missing : result;
        }

        return result;
    }

    // The zone's owner controls the addresses of its servers: they must not lead into the internal network (S27).
    private bool MayAsk(IPAddress address) =>
        AddressClasses.Classify(address) switch
        {
            AddressClass.Public => true,
            AddressClass.Private or AddressClass.Loopback => options.Value.PrivateNameServers.Contains(address),
            _ => false,
        };
}
