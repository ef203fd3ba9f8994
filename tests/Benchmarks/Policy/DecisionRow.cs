using System.Text;
using Culvert.Benchmarks.Figures;
using Culvert.Platform.Addresses;
using Culvert.Platform.Configuration;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Benchmarks.Policy;

/// <summary><c>policy.decision.*</c>: one decision among a thousand rules, in microseconds.</summary>
internal sealed class DecisionRow(TimeProvider time)
{
    public const int Rules = 1000;
    private const int PerRound = 20_000;
    private const int Rounds = 9;

    private static readonly Principal Principal = new()
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
        yield return Measure(
            "arguments",
            "tool_999",
            i => Allow(i, [$"tool_{i}"]) with { Arguments = Constraints() },
            cancellationToken,
            Body
        );
        // What no index helps with: every pattern has to be tried.
        yield return Measure("inner_globs", "get_document", i => Allow(i, [$"*x{i}*"]), cancellationToken);
    }

    private Figure Measure(
        string name,
        string tool,
        Func<int, PolicyRule> rule,
        CancellationToken cancellationToken,
        ReadOnlyMemory<byte>? call = null
    )
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
                using var arguments = call is { } bytes ? new CallArguments(bytes) : null;
                if (
                    !rules
                        .Decide(TargetKind.Tool, tool, McpMethods.CallTool, new Caller(Principal), arguments)
                        .IsAllowed && call is not null
                )
                {
                    throw new InvalidOperationException("The arguments that are measured are allowed.");
                }
            }

            if (round >= 0)
            {
                micros.Add(time.GetElapsedTime(started).TotalMicroseconds / PerRound);
            }
        }

        return Figure.OfValue($"policy.decision.{name}", "us", micros);
    }

    // Ten arguments of the kinds that constraints are about, in 4 kB.
    private static readonly ReadOnlyMemory<byte> Body = Encoding.UTF8.GetBytes(
        $$"""{"path":"/srv/docs/reports/2026/11.md","url":"https://api.example.com/v1/items?x=1","address":"10.1.2.3","amount":129.95,"currency":"EUR","order":"A-12345","note":"{{new string(
            'n',
            200
        )}}","tags":["one","two","three"],"options":{"mode":"fast","retries":3},"dry":false,"text":"{{new string('t', 3500)}}"}"""
    );

    private static ArgumentConstraints Constraints() =>
        new(
            [
                At("/path", new PathCondition("/srv/docs")),
                At("/url", new HostCondition([new UrlHost("api.example.com", IsWildcard: false, null)])),
                At("/address", new AddressCondition(Ranges)),
                At("/amount", new NumberBound("min", "0"), new NumberBound("max", "1000")),
                At("/currency", new OneOfCondition("enum", [Text("USD"), Text("EUR")])),
                At("/order", PatternCondition.TryCreate("[A-Z]-[0-9]{1,9}", out var pattern, out _) ? pattern : null!),
                At("/note", new LengthBound("max_length", 500, ofArrays: false)),
                At("/tags", new ElementsCondition("all", At("", new GlobCondition("*")))),
                At("/options/mode", new OneOfCondition("const", [Text("fast")])),
                At("/dry", new TypeCondition("boolean")),
            ],
            others: [],
            isClosed: false
        );

    private static AddressRanges Ranges =>
        AddressRanges.TryParse(["10.0.0.0/8"], out var ranges, out _) ? ranges : AddressRanges.Empty;

    private static ConfigLiteral Text(string text) => new(ConfigLiteralKind.Text, text);

    private static ArgumentConstraint At(string pointer, params ValueCondition[] conditions) =>
        new() { At = JsonPointer.TryParse(pointer, out var at) ? at : JsonPointer.Whole, Conditions = conditions };

    private static PolicyRule Allow(int number, string[] tools) =>
        new()
        {
            Name = $"r{number}",
            Effect = PolicyEffect.Allow,
            Tools = tools,
        };
}
