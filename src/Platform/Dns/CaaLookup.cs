namespace Culvert.Platform.Dns;

/// <summary>Finds which CAs may issue for a name (RFC 8659 §3).</summary>
public static class CaaLookup
{
    /// <summary>
    /// Searches from the name up to the closest ancestor with a CAA set. An alias is followed, but the search does not
    /// continue at its target's ancestors. It stops when a query fails: a CA that cannot read the records must not
    /// issue.
    /// </summary>
    public static async Task<CaaAnswer> FindAsync(DnsClient client, DnsName name, CancellationToken ct)
    {
        for (var at = name; !at.IsRoot; at = at.Parent)
        {
            var answer = await client.QueryAsync(at, DnsRecordType.Caa, ct);
            if (answer.Outcome == DnsOutcome.Found)
            {
                return new CaaAnswer
                {
                    Outcome = DnsOutcome.Found,
                    At = at,
                    Records = [.. answer.Records.OfType<CaaRecord>()],
                };
            }

            if (!answer.IsAbsent)
            {
                return new CaaAnswer { Outcome = answer.Outcome, At = at };
            }
        }

        return new CaaAnswer { Outcome = DnsOutcome.NoData, At = DnsName.Root };
    }
}
