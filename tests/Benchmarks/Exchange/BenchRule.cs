using Culvert.Stage.Hops;
using Culvert.Stage.RunState;

namespace Culvert.Benchmarks.Exchange;

/// <summary>Issuer, service account and rule of a load, made by the operator's commands.</summary>
internal sealed record BenchRule(string Id, string IssuerId)
{
    public static async Task<BenchRule> CreateAsync(
        RunDirectory run,
        Operator culvert,
        AssertionMill mill,
        CancellationToken cancellationToken
    )
    {
        var keys = run.File("jwks.json");
        await File.WriteAllTextAsync(keys, mill.JwkSet(), cancellationToken);
        var issuer = await culvert.CreateAsync(
            "issuer create bench",
            cancellationToken,
            "--url",
            ExchangeInstallation.Issuer,
            "--jwks-file",
            keys
        );
        var account = await culvert.CreateAsync(
            "service-account create bench",
            cancellationToken,
            "--workspace-role",
            "developer"
        );
        return new BenchRule(
            await culvert.CreateAsync(
                "rule create bench",
                cancellationToken,
                "--issuer",
                issuer,
                "--service-account",
                account,
                "--subject",
                AssertionMill.Subject,
                "--scope",
                "workspace:manage_tunnels"
            ),
            issuer
        );
    }
}
