using System.Net;

namespace Culvert.Platform.Dns;

/// <summary>Finds the authoritative servers of a name.</summary>
/// <param name="client">The resolver for the queries.</param>
/// <param name="mayAsk">Whether an address may be queried: a zone's owner may name foreign addresses.</param>
public sealed class ZoneServers(DnsClient client, Func<IPAddress, bool> mayAsk)
{
    private const int MaxServers = 8;

    /// <summary>The servers of the closest zone. <see cref="DnsOutcome.NoData"/> when none may be queried.</summary>
    public async Task<(DnsOutcome Outcome, IReadOnlyList<IPEndPoint> Servers)> FindAsync(
        DnsName name,
        CancellationToken ct
    )
    {
        for (var at = name; !at.IsRoot; at = at.Parent)
        {
            var answer = await client.QueryAsync(at, DnsRecordType.Ns, ct);
            // An alias leads into another zone; this name's servers are those of an ancestor.
            if (answer.Outcome == DnsOutcome.Found && answer.Name == at)
            {
                return await AddressesAsync([.. answer.Records.OfType<NameRecord>()], ct);
            }

            if (answer.Outcome is DnsOutcome.Timeout or DnsOutcome.ServerFailure or DnsOutcome.Malformed)
            {
                return (answer.Outcome, []);
            }
        }

        return (DnsOutcome.NoData, []);
    }

    private async Task<(DnsOutcome, IReadOnlyList<IPEndPoint>)> AddressesAsync(
        IReadOnlyList<NameRecord> names,
        CancellationToken ct
    )
    {
        var found = new List<IPAddress>();
        foreach (var record in names.Take(MaxServers))
        {
            if (!DnsName.TryParse(record.Target, out var server))
            {
                continue;
            }

            foreach (var type in (DnsRecordType[])[DnsRecordType.A, DnsRecordType.Aaaa])
            {
                var answer = await client.QueryAsync(server, type, ct);
                found.AddRange(answer.Records.OfType<AddressRecord>().Select(r => r.Address));
            }
        }

        IReadOnlyList<IPEndPoint> servers =
        [
            .. found
                .Distinct()
                .Where(mayAsk)
                .Take(MaxServers)
                .Select(address => new IPEndPoint(address, client.Options.AuthorityPort)),
        ];
        return (servers.Count > 0 ? DnsOutcome.Found : DnsOutcome.NoData, servers);
    }
}
