using Culvert.Benchmarks.Figures;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Benchmarks.Policy;

/// <summary><c>policy.decision.*</c>: one decision among a thousand rules, in microseconds.</summary>
internal sealed class DecisionRow(TimeProvider time)
{
    public const int Rules = 1000;
    private const int PerRound = 20_000;
    private const int Rounds = 9;

    private static readonly Principal Caller = new()
    {
        Issuer = "https://login.example.test",
        Subject = "user500",
        ClientId = "inspector",
        Scopes = ["docs.read", "docs.write", "openid", "profile"],
        Groups = [.. Enumerable.Range(0, 50).Select(i => $"group{i}")],
        EndsAt = DateTimeOffset.MaxValue,
        KeyThumbprint = null,
    };

    /// <summary>Measures each figure when it is read.</summary>
    public IEnumerable<Figure> Run(CancellationToken cancellationToken)
    {
        yield return Measure("exact", "tool_999", i => Allow(i, [$"tool_{i}"]), cancellationToken);
        yield return Measure("globs", "area999_get_document", i => Allow(i, [$"area{i}_*"]), cancellationToken);
        yield return Measure("suffixes", "get_document_of999", i => Allow(i, [$"*_of{i}"]), cancellationToken);
        yield return Measure(
            "subjects",
            "get_document",
            i => Allow(i, ["*"]) with { Subject = $"user{i}" },
            cancellationToken
        );
        yield return Measure(
            "groups",
            "get_document",
            i => Allow(i, ["get_*", $"put_{i}"]) with { Groups = [$"group{i}"] },
            cancellationToken
        );
        yield return Measure("unlisted", "no_such_tool", i => Allow(i, [$"tool_{i}", $"area{i}_*"]), cancellationToken);
        // What no index helps with: every pattern has to be tried.
        yield return Measure("inner_globs", "get_document", i => Allow(i, [$"*x{i}*"]), cancellationToken);
    }

    private Figure Measure(string name, string tool, Func<int, PolicyRule> rule, CancellationToken cancellationToken)
    {
        var settings = new PolicySettings
        {
            Mode = PolicyMode.Enforce,
            Rules = [.. Enumerable.Range(0, Rules).Select(rule)],
        };
        var rules = new CompiledPolicy(settings, issuer => issuer, []);
        List<double> micros = [];
        for (var round = -2; round < Rounds; round++) // the first two are the compiler's
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            for (var i = 0; i < PerRound; i++)
            {
                rules.Decide(TargetKind.Tool, tool, McpMethods.CallTool, Caller);
            }

            if (round >= 0)
            {
                micros.Add(time.GetElapsedTime(started).TotalMicroseconds / PerRound);
            }
        }

        return Figure.OfValue($"policy.decision.{name}", "us", micros);
    }

    private static PolicyRule Allow(int number, string[] tools) =>
        new()
        {
            Name = $"r{number}",
            Effect = PolicyEffect.Allow,
            Tools = tools,
        };
}
