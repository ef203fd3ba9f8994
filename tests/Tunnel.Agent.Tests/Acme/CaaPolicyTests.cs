using Culvert.Platform.Dns;
using Culvert.Tunnel.Agent.Acme;

namespace Culvert.Tunnel.Agent.Tests.Acme;

/// <summary>S24, record by record.</summary>
public sealed class CaaPolicyTests
{
    private const string Name = "docs.t1.example.test";
    private const string Ours = "https://ca.test/acct/1";
    private const string Bound = "ca.test; accounturi=https://ca.test/acct/1; validationmethods=tls-alpn-01";

    public static TheoryData<string[], string?> Sets =>
        new()
        {
            { [], nameof(AcmeReason.CaaMissing) },
            { ["issue:" + Bound], null },
            { ["issue:" + Bound.Replace(" ", "", StringComparison.Ordinal)], null },
            { ["issue:CA.TEST;accounturi=https://ca.test/acct/1;validationmethods=tls-alpn-01"], null },
            { ["issue:ca2.test; accounturi=https://ca.test/acct/1; validationmethods=tls-alpn-01"], null },
            // Another agent's account next to this agent's, a record for wildcards and a report address do not let any
            // other party issue.
            { ["issue:" + Bound, "issue:" + Bound.Replace("acct/1", "acct/2", StringComparison.Ordinal)], null },
            { ["issue:" + Bound, "issuewild:;", "iodef:mailto:a@b.test"], null },
            { ["issue:" + Bound, "issue:;"], null },
            // Anything that another party could use.
            { ["iodef:mailto:a@b.test"], nameof(AcmeReason.CaaMissing) },
            { ["issuewild:" + Bound], nameof(AcmeReason.CaaMissing) },
            { ["issue:;"], nameof(AcmeReason.CaaOtherAuthority) },
            { ["issue:"], nameof(AcmeReason.CaaOtherAuthority) },
            { ["issue:other.test"], nameof(AcmeReason.CaaOtherAuthority) },
            { ["issue:" + Bound, "issue:other.test"], nameof(AcmeReason.CaaOtherAuthority) },
            {
                ["issue:other.test; accounturi=https://ca.test/acct/1; validationmethods=tls-alpn-01"],
                nameof(AcmeReason.CaaOtherAuthority)
            },
            { ["issue:ca.test"], nameof(AcmeReason.CaaAccount) },
            { ["issue:ca.test; validationmethods=tls-alpn-01"], nameof(AcmeReason.CaaAccount) },
            { ["issue:ca.test; accounturi=; validationmethods=tls-alpn-01"], nameof(AcmeReason.CaaAccount) },
            { ["issue:" + Bound, "issue:ca.test"], nameof(AcmeReason.CaaAccount) },
            { ["issue:" + Bound.Replace("acct/1", "acct/2", StringComparison.Ordinal)], nameof(AcmeReason.CaaAccount) },
            {
                ["issue:" + Bound.Replace("acct/1", "acct/11", StringComparison.Ordinal)],
                nameof(AcmeReason.CaaAccount)
            },
            { ["issue:ca.test; accounturi=https://ca.test/acct/1"], nameof(AcmeReason.CaaMethods) },
            { ["issue:" + Bound + ",http-01"], nameof(AcmeReason.CaaMethods) },
            {
                ["issue:" + Bound.Replace("tls-alpn-01", "dns-01", StringComparison.Ordinal)],
                nameof(AcmeReason.CaaMethods)
            },
            { ["issue:" + Bound, "issue:ca.test; accounturi=https://ca.test/acct/2"], nameof(AcmeReason.CaaMethods) },
            { ["issue:" + Bound + "; accounturi=https://ca.test/acct/2"], nameof(AcmeReason.CaaUnreadable) },
            { ["issue:ca.test; accounturi"], nameof(AcmeReason.CaaUnreadable) },
            { ["issue:ca test"], nameof(AcmeReason.CaaUnreadable) },
            { ["issue:" + Bound, "!future:x"], nameof(AcmeReason.CaaUnreadable) },
            { ["issue:" + Bound, "future:x"], null },
        };

    [Theory]
    [MemberData(nameof(Sets))]
    public void Judge_Set_BindsOrSaysWhyNot(string[] set, string? expected)
    {
        var finding = CaaPolicy.Judge(Name, Answer(DnsOutcome.Found, set), ["ca.test", "ca2.test"], Ours);

        (finding.Reason?.ToString()).ShouldBe(expected);
        finding.Record.ShouldBe($"{Name}. CAA 0 issue \"{Bound}\"");
        if (expected is not null)
        {
            finding.Detail.ShouldEndWith($"Publish: {finding.Record}");
        }
    }

    [Theory]
    [InlineData(DnsOutcome.NoData, AcmeReason.CaaMissing)]
    [InlineData(DnsOutcome.NoSuchName, AcmeReason.CaaMissing)]
    [InlineData(DnsOutcome.ServerFailure, AcmeReason.CaaLookup)]
    [InlineData(DnsOutcome.Timeout, AcmeReason.CaaLookup)]
    [InlineData(DnsOutcome.Malformed, AcmeReason.CaaLookup)]
    [InlineData(DnsOutcome.AliasChain, AcmeReason.CaaLookup)]
    internal void Judge_NothingFound_IsRefused(DnsOutcome outcome, AcmeReason expected) =>
        CaaPolicy.Judge(Name, Answer(outcome), ["ca.test"], Ours).Reason.ShouldBe(expected);

    [Fact]
    public void Judge_CaWithoutAName_IsRefused() =>
        CaaPolicy
            .Judge(Name, Answer(DnsOutcome.Found, "issue:" + Bound), [], Ours)
            .Reason.ShouldBe(AcmeReason.CaaIdentity);

    // "tag:value", critical with "!" before.
    private static CaaAnswer Answer(DnsOutcome outcome, params string[] set)
    {
        DnsName.TryParse("example.test", out var at).ShouldBeTrue();
        return new CaaAnswer
        {
            Outcome = outcome,
            At = at!,
            Records =
            [
                .. set.Select(r =>
                {
                    var colon = r.IndexOf(':', StringComparison.Ordinal);
                    return new CaaRecord(r[0] == '!', r[..colon].TrimStart('!'), r[(colon + 1)..])
                    {
                        Owner = "example.test",
                        TimeToLive = TimeSpan.FromMinutes(1),
                    };
                }),
            ],
        };
    }
}
