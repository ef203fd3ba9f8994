using Culvert.Testing;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose.Sql;

/// <summary>Statements over two tables: <c>customer (id, tier)</c> and <c>orders (id, customer_id, total, note)</c>.</summary>
internal static class Joins
{
    public static readonly IReadOnlyList<JoinTable> Tables =
    [
        new("customer", ["id", "tier"]),
        new("orders", ["id", "customer_id", "total", "note"]),
    ];

    private static readonly HashSet<string> Arguments = new(StringComparer.Ordinal) { "customer", "limit" };

    public static JoinQuery Compile(string sql) =>
        JoinCompiler.Compile(sql, Tables, Arguments, out var error) ?? throw new InvalidDataException($"{error}");

    public static SqlError? FindError(string sql)
    {
        JoinCompiler.Compile(sql, Tables, Arguments, out var error);
        return error;
    }

    /// <summary>Runs a statement under a clock that a thousand instructions move by ten milliseconds.</summary>
    public static JoinResult Run(
        string sql,
        IReadOnlyList<IReadOnlyList<SqlValue[]>>? rows = null,
        JoinBounds? bounds = null,
        params (string Name, SqlValue Value)[] parameters
    ) =>
        Compile(sql)
            .Run(
                rows ?? Rows(3),
                parameters.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal),
                bounds ?? new JoinBounds(100),
                new TickingTime(),
                TestContext.Current.CancellationToken
            );

    /// <summary>Customers 0…, each with one order.</summary>
    public static IReadOnlyList<IReadOnlyList<SqlValue[]>> Rows(int count, string note = "n") =>
        [
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i => new[] { SqlValue.FromInteger(i), SqlValue.FromText(i % 2 == 0 ? "gold" : "silver") }),
            ],
            [
                .. Enumerable
                    .Range(0, count)
                    .Select(i =>
                        new[]
                        {
                            SqlValue.FromText($"o{i}"),
                            SqlValue.FromInteger(i),
                            SqlValue.FromReal(i + 0.5),
                            SqlValue.FromText(note),
                        }
                    ),
            ],
        ];

    public static string Write(JoinResult result) =>
        string.Join('\n', result.Rows.Select(row => string.Join('|', row.Select(v => v.ToString()))));

    /// <summary>Each reading takes ten milliseconds.</summary>
    private sealed class TickingTime : TimeProvider
    {
        private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 3, 29, 23, 30, 15, TimeSpan.Zero));

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

        public override long GetTimestamp()
        {
            time.Advance(TimeSpan.FromMilliseconds(10));
            return time.GetTimestamp();
        }
    }
}
