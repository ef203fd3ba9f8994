using Culvert.Benchmarks.Figures;
using Culvert.Benchmarks.Load;
using Culvert.Benchmarks.Servers;
using Culvert.Benchmarks.Tunnel;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Benchmarks.Policy;

/// <summary>
/// What joining costs: <c>answers.composed</c> is a composed call of two members with 100 records each, compared with the
/// same two calls by the client, one after the other, without any distance and with 20 ms each way between edge and agent;
/// <c>answers.join</c> is the statement alone, over 10,000 rows each.
/// </summary>
internal sealed class ComposedCalls(TunnelStage stage, TimeProvider time)
{
    /// <summary>The label of the composed route.</summary>
    public const string Route = "joined";

    private const string Tool = "join";
    private const string Select =
        "SELECT a.id, a.total, b.status FROM a JOIN b ON b.id = a.id ORDER BY a.total DESC, a.id LIMIT 100";

    private const int Rows = 10_000;
    private const int Rounds = 15;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    /// <summary>The route, whose steps call the tool of 100 records at two other routes.</summary>
    public static string RouteOf(string one, string other) =>
        $"{Route}: {{oauth: {{mode: dangerous_none}}, upstream: {{compose: {{tools: {{{Tool}: {{description: Joins., "
        + "input: {type: object, properties: {message: {type: string}}, additionalProperties: false}, "
        + $"steps: [{Step("a", one)}, {Step("b", other)}], select: \"{Select}\"}}}}}}}}}}";

    public async Task<Figure> CompareAsync(string name, CancellationToken cancellationToken)
    {
        var (call, other) = (
            TunnelRequests.Call(stage.Joined.Host, Tool),
            TunnelRequests.Call(stage.Through.Host, FixedUpstream.HundredTool)
        );
        await CheckAsync(call, cancellationToken);
        await using var composed = await ClosedLoop.OpenAsync(stage.Joined, 1, time, cancellationToken);
        await using var single = await ClosedLoop.OpenAsync(stage.Through, 1, time, cancellationToken);
        await composed.RunAsync(() => call, WarmUp, cancellationToken);
        await single.RunAsync(() => other, WarmUp, cancellationToken);
        List<double> joined = [];
        List<double> one = [];
        for (var round = 0; round < Rounds; round++)
        {
            joined.Add(1000 / (await composed.RunAsync(() => call, Round, cancellationToken)).PerSecond);
            one.Add(2 * 1000 / (await single.RunAsync(() => other, Round, cancellationToken)).PerSecond);
        }

        return Figure.OfValue(name, "ms", joined, one);
    }

    // A refusal has the status of an answer, and is faster.
    private async Task CheckAsync(ReadOnlyMemory<byte> call, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10), time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await using var connection = await HttpConnection.OpenAsync(stage.Joined, both.Token);
        await connection.SendUntilAsync(call, "\"rows\":[{"u8.ToArray(), both.Token);
    }

    public Figure Join(CancellationToken cancellationToken)
    {
        string[] columns = ["id", "total", "status"];
        var query =
            JoinCompiler.Compile(
                Select,
                [new JoinTable("a", columns), new JoinTable("b", columns)],
                new HashSet<string>(),
                out var error
            ) ?? throw new InvalidOperationException($"{error}");
        IReadOnlyList<IReadOnlyList<SqlValue[]>> rows = [Draw(), Draw()];
        List<double> milliseconds = [];
        for (var round = -2; round < Rounds; round++)
        {
            var started = time.GetTimestamp();
            var result = query.Run(
                rows,
                new Dictionary<string, SqlValue>(),
                new JoinBounds(100),
                time,
                cancellationToken
            );
            if (result.Rows.Count != 100)
            {
                throw new InvalidOperationException(
                    $"The statement returned {result.Rows.Count} rows: {result.Failure}"
                );
            }

            if (round >= 0)
            {
                milliseconds.Add(time.GetElapsedTime(started).TotalMilliseconds);
            }
        }

        return Figure.OfValue("answers.join", "ms", milliseconds);
    }

    private static string Step(string name, string route) =>
        $$"""{name: {{name}}, call: {{route}}/{{FixedUpstream.HundredTool}}, reads_only: true, rows: {at: /orders, columns: {id: /id, total: /total, status: /status} } }""";

    private static SqlValue[][] Draw() =>
        [
            .. Enumerable
                .Range(0, Rows)
                .Select(i =>
                    new[]
                    {
                        SqlValue.FromInteger(i),
                        SqlValue.FromReal(i * 7919 % Rows),
                        SqlValue.FromText(i % 2 == 0 ? "open" : "paid"),
                    }
                ),
        ];
}
