using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Benchmarks.Tunnel;
using Culvert.Stage;
using Culvert.Stage.Hops;
using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Policy;
using Culvert.Tunnel.Agent.Policy.Answers;
using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Benchmarks.Policy;

/// <summary>
/// What judging answers costs: <c>answers.judge</c> is one answer of 64 kB alone; <c>answers.calls.cN</c> are calls through
/// the whole tunnel with answers of 4 kB, compared with the same calls to a route whose rule has no <c>answer</c>;
/// <c>answers.stream.memory</c> is what the agent needs for an answer of a million records. Then follow the figures of
/// <see cref="ComposedCalls"/>.
/// </summary>
internal sealed class AnswersBench(Checkout checkout, string folder, TimeProvider time)
{
    private const int PerRound = 200;
    private const int Rounds = 9;
    private const string Answer =
        "{rows: [{at: /orders, where: {at: /customer_id, const: c-7}}], fields: [/orders/*/id, /orders/*/status, /orders/*/total]}";

    private static readonly int[] Concurrencies = [1, 16];

    public async IAsyncEnumerable<Figure> RunAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return Judge(cancellationToken);
        await using (var stage = await StartAsync("answers", delayMs: 0, cancellationToken))
        {
            var pair = new PairedCalls(stage, stage.Policed, stage.Through, time, FixedUpstream.RecordsTool);
            foreach (var concurrency in Concurrencies)
            {
                foreach (
                    var figure in await pair.RunAsync(
                        "answers.calls",
                        "answers.agent_cpu_per_1k",
                        concurrency,
                        cancellationToken
                    )
                )
                {
                    yield return figure;
                }
            }

            yield return await StreamAsync(stage, cancellationToken);
            yield return await new ComposedCalls(stage, time).CompareAsync("answers.composed", cancellationToken);
        }

        await using var distant = await StartAsync("distant", delayMs: 20, cancellationToken);
        var composed = new ComposedCalls(distant, time);
        yield return await composed.CompareAsync("answers.composed.rtt40", cancellationToken);
        yield return composed.Join(cancellationToken);
    }

    private Task<TunnelStage> StartAsync(string name, int delayMs, CancellationToken cancellationToken) =>
        TunnelStage.StartAsync(
            checkout,
            Path.Combine(folder, name),
            delayMs,
            time,
            cancellationToken,
            $"{{mode: enforce, rules: [{{name: a, effect: allow, tools: [{FixedUpstream.RecordsTool}, {FixedUpstream.MillionTool}], answer: {Answer}}}, "
                + $"{{name: b, effect: allow, tools: [{FixedUpstream.HundredTool}]}}]}}",
            routes: new Dictionary<string, IReadOnlyList<string>>
            {
                [TunnelAgent.Route] =
                [
                    "policy: {mode: enforce, rules: [{name: a, effect: allow, tools: [\"*\"]}]}\n  "
                        + ComposedCalls.RouteOf(TunnelAgent.Route, TunnelAgent.PolicedRoute),
                ],
            }
        );

    // 1,000 records, of which ten cross.
    private Figure Judge(CancellationToken cancellationToken)
    {
        var at = JsonPointer.TryParse("/customer_id", out var pointer) ? pointer : JsonPointer.Whole;
        var orders = AnswerPath.TryParse("/orders", out var array) ? array : AnswerPath.Whole;
        var fields = new[] { "/orders/*/id", "/orders/*/status", "/orders/*/total" }.Select(text =>
            AnswerPath.TryParse(text, out var path) ? path : AnswerPath.Whole
        );
        var shape = new AnswerShape([
            new AnswerRule
            {
                Rows =
                [
                    new RowRule(
                        orders,
                        RowCondition.From(new RowMember(0, at, [new ClaimCondition("equals_claim", "sub")])),
                        Max: 0
                    ),
                ],
                Fields = [.. fields],
            },
        ]);
        var rules = RoutePolicy.Off.Rules;
        var caller = new Caller(
            new Principal
            {
                Issuer = "",
                Subject = "c-7",
                ClientId = "",
                Scopes = [],
                EndsAt = DateTimeOffset.MaxValue,
                KeyThumbprint = null,
                Claims = PrincipalClaims.Create("c-7", "", []),
            }
        );
        var call = new JudgedCall(
            shape,
            McpMethods.CallTool,
            "1"u8.ToArray(),
            "",
            IsModern: false,
            caller,
            rules,
            () => []
        );
        var body = FixedUpstream.Records(1_000, 10);
        List<double> micros = [];
        for (var round = -3; round < Rounds; round++) // the first ones are the compiler's
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            for (var i = 0; i < PerRound; i++)
            {
                var judge = new AnswerJudge(call, new MessageFilter(rules, caller, hasLists: false, isModern: false));
                judge.Begin(isEventStream: false);
                judge.Read(body);
                judge.Finish();
                if (judge.Counts.RowsCrossed != 10)
                {
                    throw new InvalidOperationException("Ten records of the answer that is measured cross.");
                }

                judge.Release();
            }

            if (round >= 0)
            {
                micros.Add(time.GetElapsedTime(started).TotalMicroseconds / PerRound);
            }
        }

        return Figure.OfValue("answers.judge", "us", micros);
    }

    private static async Task<Figure> StreamAsync(TunnelStage stage, CancellationToken cancellationToken)
    {
        var idle = Memory(stage.AgentPid, "VmRSS");
        await File.WriteAllTextAsync($"/proc/{stage.AgentPid}/clear_refs", "5", cancellationToken); // the peak begins again
        await using var connection = await HttpConnection.OpenAsync(stage.Policed, cancellationToken);
        var request = TunnelRequests.Call(stage.Policed.Host, FixedUpstream.MillionTool);
        if (await connection.SendAsync(request, cancellationToken) is var status && status != 200)
        {
            throw new InvalidOperationException($"The long answer was answered with {status}.");
        }

        return Figure.OfValue("answers.stream.memory", "MiB", [Memory(stage.AgentPid, "VmHWM") - idle]);
    }

    private static double Memory(int pid, string field)
    {
        var line = File.ReadLines($"/proc/{pid}/status").First(l => l.StartsWith(field, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture)
            / 1024.0;
    }
}
