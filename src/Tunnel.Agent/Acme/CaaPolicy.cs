using Culvert.Platform.Dns;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// S24: an attacker who controls the address or the zone of a name, the edge included, could get a public certificate
/// for it. So the CAA set must let only the agent's CA issue, and only for named accounts by TLS-ALPN-01 (RFC 8659,
/// RFC 8657). Records for further accounts at the same CA are allowed: each agent of a tunnel has its own account.
/// </summary>
internal static class CaaPolicy
{
    private const string Account = "accounturi";
    private const string Methods = "validationmethods";

    /// <summary>Tags whose meaning for a plain name is known: the second and third do not affect it.</summary>
    private static readonly string[] KnownTags =
    [
        "issue",
        "issuewild",
        "iodef",
        "contactemail",
        "contactphone",
        "issuemail",
    ];

    /// <param name="identities">The CA's names in CAA records; the finding proposes the first.</param>
    public static CaaFinding Judge(string name, CaaAnswer answer, IReadOnlyList<string> identities, string account)
    {
        var record = FormatRecord(name, identities.Count > 0 ? identities[0] : "<the CA's name>", account);
        CaaFinding Refuse(AcmeReason reason, string why) => new(reason, $"{why} Publish: {record}", record);

        if (identities.Count == 0)
        {
            return Refuse(
                AcmeReason.CaaIdentity,
                "The CA's directory does not contain its CAA identity: set acme.caa_identity."
            );
        }

        if (answer.Outcome is not (DnsOutcome.Found or DnsOutcome.NoData or DnsOutcome.NoSuchName))
        {
            return Refuse(
                AcmeReason.CaaLookup,
                $"Looking up the CAA records of {name} failed ({answer.Outcome} at {answer.At})."
            );
        }

        var unknown = answer.Records.FirstOrDefault(r => r.IsCritical && !KnownTags.Contains(r.Tag));
        if (unknown is not null)
        {
            return Refuse(
                AcmeReason.CaaUnreadable,
                $"The CAA records at {answer.At} have an unknown critical property."
            );
        }

        var issuers = new List<CaaIssue>();
        foreach (var value in answer.Records.Where(r => r.Tag == "issue").Select(r => r.Value))
        {
            if (CaaIssue.TryParse(value) is not { } issue)
            {
                return Refuse(AcmeReason.CaaUnreadable, $"An issue record at {answer.At} is malformed.");
            }

            issuers.Add(issue);
        }

        if (issuers.Count == 0)
        {
            return Refuse(AcmeReason.CaaMissing, $"{name} has no CAA issue record, so any CA may issue for it.");
        }

        foreach (var issue in issuers.Where(i => i.Issuer.Length > 0))
        {
            if (!identities.Contains(issue.Issuer, StringComparer.OrdinalIgnoreCase))
            {
                return Refuse(
                    AcmeReason.CaaOtherAuthority,
                    $"The CAA records at {answer.At} allow {issue.Issuer} to issue."
                );
            }

            if (issue.Parameter(Account) is not { Length: > 0 })
            {
                return Refuse(
                    AcmeReason.CaaAccount,
                    $"The CAA records at {answer.At} allow any account of {issue.Issuer} to order."
                );
            }

            if (issue.Parameter(Methods) != AcmeClient.ChallengeType)
            {
                return Refuse(
                    AcmeReason.CaaMethods,
                    $"The CAA records at {answer.At} allow {issue.Issuer} other validation methods than {AcmeClient.ChallengeType}."
                );
            }
        }

        if (issuers.TrueForAll(i => i.Issuer.Length == 0))
        {
            return Refuse(AcmeReason.CaaOtherAuthority, $"The CAA records at {answer.At} allow no CA to issue.");
        }

        return issuers.Exists(i => i.Parameter(Account) == account)
            ? new CaaFinding(null, $"The CAA records at {answer.At} restrict {name} to this agent's account.", record)
            : Refuse(
                AcmeReason.CaaAccount,
                $"The CAA records at {answer.At} are for other accounts than this agent's."
            );
    }

    private static string FormatRecord(string name, string identity, string account) =>
        $"{name}. CAA 0 issue \"{identity}; {Account}={account}; {Methods}={AcmeClient.ChallengeType}\"";
}

/// <summary>What a name's CAA set means for an order of the agent (S24).</summary>
/// <param name="Reason">Why the set does not bind the name to our account; null when it does.</param>
/// <param name="Record">The record to publish, as a line of a zone file.</param>
internal sealed record CaaFinding(AcmeReason? Reason, string Detail, string Record)
{
    public bool IsBound => Reason is null;
}

/// <summary>The value of an <c>issue</c> property (RFC 8659 §4.2).</summary>
/// <param name="Issuer">The CA; empty = no CA.</param>
internal sealed record CaaIssue(string Issuer, IReadOnlyDictionary<string, string> Parameters)
{
    public string? Parameter(string tag) => Parameters.GetValueOrDefault(tag);

    /// <summary>Null for a malformed value. Stricter than the RFC: a repeated tag makes it malformed.</summary>
    public static CaaIssue? TryParse(string value)
    {
        var parts = value.Split(';');
        var issuer = parts[0].Trim(' ', '\t');
        if (issuer.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-')))
        {
            return null;
        }

        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in parts.Skip(1).Select(p => p.Trim(' ', '\t')))
        {
            if (part.Length == 0 && parts.Length == 2)
            {
                continue; // ";" alone, or after the issuer: no parameters
            }

            var equals = part.IndexOf('=', StringComparison.Ordinal);
            if (
                equals <= 0
                || !part.AsSpan(0, equals).TrimEnd(" \t").ToString().All(char.IsAsciiLetterOrDigit)
                || !parameters.TryAdd(part[..equals].TrimEnd(' ', '\t'), part[(equals + 1)..].TrimStart(' ', '\t'))
                || part.AsSpan(equals + 1).Trim(" \t").ContainsAnyExceptInRange('!', '~')
            )
            {
                return null;
            }
        }

        return new CaaIssue(issuer, parameters);
    }
}
