namespace Culvert.Platform.Dns;

/// <summary>Finds who may issue for a name (RFC 8659 §3).</summary>
public static class CaaLookup
{
    /// <summary>
    /// Climbs from the name to the closest ancestor with a CAA set. An alias is followed at each step, and its target is
    /// not climbed from. The search stops at an answer that cannot be obtained: a CA that does not know the records
    /// must not issue.
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
