using System.Net;
using Culvert.Platform.Timing;

namespace Culvert.Platform.Dns;

/// <summary>A small stub resolver without cache (RFC 1035, RFC 8659): UDP, then TCP if an answer does not fit.</summary>
public sealed class DnsClient(DnsClientOptions options, TimeProvider time)
{
    private const int NoSuchNameCode = 3;
    private readonly DnsExchange exchange = new(options.AttemptTimeout, time);

    public DnsClientOptions Options => options;

    /// <summary>Queries the recursive resolvers.</summary>
    public Task<DnsAnswer> QueryAsync(DnsName name, DnsRecordType type, CancellationToken ct) =>
        WithinAsync(name, token => FollowAsync(Resolvers(), name, type, token), ct);

    /// <summary>
    /// Queries a zone's servers. Only authoritative answers count. An alias is returned and not followed, because its
    /// target may be in another zone.
    /// </summary>
    public Task<DnsAnswer> QueryAuthorityAsync(
        IReadOnlyList<IPEndPoint> servers,
        DnsName name,
        DnsRecordType type,
        CancellationToken ct
    ) => WithinAsync(name, token => QueryAsync(servers, name, type, recurse: false, token), ct);

    private async Task<DnsAnswer> FollowAsync(
        IReadOnlyList<IPEndPoint> servers,
        DnsName question,
        DnsRecordType type,
        CancellationToken ct
    )
    {
        var seen = new HashSet<string>();
        var name = question;
        while (seen.Count <= options.MaxAliases)
        {
            var answer = await QueryAsync(servers, name, type, recurse: true, ct);
            if (answer.Outcome != DnsOutcome.Found || answer.Records[0].Type == type)
            {
                return answer with { Question = question };
            }

            // The answer is an alias only: this server returned no more of the chain.
            if (!seen.Add(answer.Name.Text) || !TryTarget(answer, out name))
            {
                break;
            }
        }

        return Ended(question, DnsOutcome.AliasChain);
    }

    private static bool TryTarget(DnsAnswer alias, out DnsName target)
    {
        var parsed = DnsName.TryParse(((NameRecord)alias.Records[0]).Target, out var name);
        target = name ?? DnsName.Root;
        return parsed;
    }

    // Queries the servers in turn, until a server returns a definite answer.
    private async Task<DnsAnswer> QueryAsync(
        IReadOnlyList<IPEndPoint> servers,
        DnsName name,
        DnsRecordType type,
        bool recurse,
        CancellationToken ct
    )
    {
        var worst = DnsOutcome.Timeout;
        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var server in servers)
            {
                var answer = await QueryAsync(server, name, type, recurse, ct);
                if (answer.Outcome == DnsOutcome.Found || answer.IsAbsent || answer.Outcome == DnsOutcome.AliasChain)
                {
                    return answer;
                }

                worst = answer.Outcome == DnsOutcome.Timeout ? worst : answer.Outcome;
            }
        }

        return Ended(name, worst);
    }

    private async Task<DnsAnswer> QueryAsync(
        IPEndPoint server,
        DnsName name,
        DnsRecordType type,
        bool recurse,
        CancellationToken ct
    )
    {
        DnsMessage? reply;
        try
        {
            reply = await exchange.QueryAsync(server, name, type, recurse, ct);
        }
        catch (InvalidDataException)
        {
            return Ended(name, DnsOutcome.Malformed);
        }

        return reply switch
        {
            null => Ended(name, DnsOutcome.Timeout),
            { Code: not 0 and not NoSuchNameCode } => Ended(name, DnsOutcome.ServerFailure),
            { IsAuthoritative: false } when !recurse => Ended(name, DnsOutcome.ServerFailure),

            // A server without recursion knows only its own zones, so an empty answer from it proves nothing.
            { IsAuthoritative: false, OffersRecursion: false } => Ended(name, DnsOutcome.ServerFailure),
            _ => Read(reply, name, type, follow: recurse),
        };
    }

    /// <summary>Follows the aliases inside one reply; records without a link to the question are ignored.</summary>
    private DnsAnswer Read(DnsMessage reply, DnsName question, DnsRecordType type, bool follow)
    {
        var name = question;
        for (var i = 0; i <= options.MaxAliases; i++)
        {
            var own = reply.Answers.Where(r => r.Owner == name.Text).ToArray();
            var records = own.Where(r => r.Type == type).ToArray();
            var alias = own.FirstOrDefault(r => r.Type == DnsRecordType.Cname);
            if (records.Length > 0 || alias is null)
            {
                return new DnsAnswer
                {
                    Outcome =
                        records.Length > 0 ? DnsOutcome.Found
                        : reply.Code == NoSuchNameCode ? DnsOutcome.NoSuchName
                        : DnsOutcome.NoData,
                    Question = question,
                    Name = name,
                    Records = records,
                };
            }

            var atEnd = new DnsAnswer
            {
                Outcome = DnsOutcome.Found,
                Question = question,
                Name = name,
                Records = [alias],
            };
            if (!follow || !TryTarget(atEnd, out var target))
            {
                return follow ? Ended(question, DnsOutcome.AliasChain) : atEnd;
            }

            // The reply neither contains the target nor denies it, so the target needs a query of its own.
            if (reply.Code == 0 && !reply.Answers.Any(r => r.Owner == target.Text))
            {
                return atEnd;
            }

            name = target;
        }

        return Ended(question, DnsOutcome.AliasChain);
    }

    private async Task<DnsAnswer> WithinAsync(
        DnsName name,
        Func<CancellationToken, Task<DnsAnswer>> ask,
        CancellationToken cancellationToken
    )
    {
        using var limit = new TimeLimit(options.TotalTimeout, time, cancellationToken);
        try
        {
            return await ask(limit.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Ended(name, DnsOutcome.Timeout);
        }
    }

    private IReadOnlyList<IPEndPoint> Resolvers() =>
        options.Servers.Count > 0 ? options.Servers : ResolvConf.Read(options.ResolvConf);

    private static DnsAnswer Ended(DnsName name, DnsOutcome outcome) =>
        new()
        {
            Outcome = outcome,
            Question = name,
            Name = name,
        };
}
