using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose.Sql;

/// <summary>Random statements give what another build of SQLite gives, which Python reads the same data into.</summary>
public sealed class JoinEqualityTests
{
    private const string Judge = """
        import json, sqlite3, sys
        db = sqlite3.connect(":memory:")
        work = json.load(sys.stdin)
        for name, rows in work["tables"].items():
            db.execute(f"CREATE TABLE {name} (id, k, v, t)")
            db.executemany(f"INSERT INTO {name} VALUES (?, ?, ?, ?)", rows)
        for name in work["tables"]:
            db.execute(f"CREATE INDEX {name}_k ON {name} (k)")
        json.dump([db.execute(sql).fetchall() for sql in work["queries"]], sys.stdout)
        """;

    private static readonly string[] Names = ["a", "b", "c"];

    // Each seed is a fixture. Joins over many rows cost a hundred times as much, so there are fewer of them.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task RandomJoins_AreThoseOfSqlite(int seed) => CompareAsync(new Random(seed), queries: 334, allRows: 180);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [Trait("Level", "full")]
    public Task RandomJoins_OverManyRows_AreThoseOfSqlite(int seed) =>
        CompareAsync(new Random(seed), queries: 11, allRows: 100_000);

    private static async Task CompareAsync(Random random, int queries, int allRows)
    {
        int[] parts = [.. Names.Select(_ => random.Next(20, 100))];
        var rows = parts.Select(part => NewRows(random, allRows * part / parts.Sum())).ToList();
        var statements = Enumerable.Range(0, queries).Select(_ => NewStatement(random)).ToList();
        IReadOnlyList<JoinTable> tables = [.. Names.Select(n => new JoinTable(n, ["id", "k", "v", "t"]))];
        var bounds = new JoinBounds(10_000) { Limit = TimeSpan.FromMinutes(1) };

        var expected = await JudgeAsync(rows, statements);

        for (var i = 0; i < queries; i++)
        {
            var query = JoinCompiler.Compile(statements[i], tables, new HashSet<string>(), out var error);
            query.ShouldNotBeNull($"{error}: {statements[i]}");
            var result = query.Run(
                rows,
                new Dictionary<string, SqlValue>(),
                bounds,
                TimeProvider.System,
                TestContext.Current.CancellationToken
            );
            result.Failure.ShouldBeNull(statements[i]);
            Joins.Write(result).ShouldBe(expected[i], statements[i]);
        }
    }

    private static List<SqlValue[]> NewRows(Random random, int count) =>
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    new[]
                    {
                        SqlValue.FromInteger(i),
                        NewKey(random, count),
                        SqlValue.FromInteger(random.Next(-1000, 1000)),
                        random.Next(10) == 0 ? default : SqlValue.FromText($"t{random.Next(50)}é'"),
                    }
                ),
        ];

    // Keys of all types, which are equal only within their type.
    private static SqlValue NewKey(Random random, int count) =>
        random.Next(8) switch
        {
            0 => default,
            1 => SqlValue.FromText(random.Next(count).ToString(CultureInfo.InvariantCulture)),
            2 => SqlValue.FromReal(random.Next(count) + 0.5),
            _ => SqlValue.FromInteger(random.Next(count)),
        };

    private static string NewStatement(Random random)
    {
        var (second, third) = (Choose("JOIN", "LEFT JOIN"), Choose("JOIN", "LEFT JOIN", ""));
        var from = $"a {second} b ON a.k = b.k";
        if (third.Length > 0)
        {
            from += $" {third} c ON {Choose("b.k = c.k", "a.id = c.k", "b.id = c.id")}";
        }

        var names = third.Length > 0 ? Names : Names[..2];
        string Column() => $"{names[random.Next(names.Length)]}.{Choose("id", "k", "v", "t")}";
        var where = Choose(
            $"{Column()} IS NOT NULL",
            $"{Column()} > {random.Next(-500, 500)}",
            $"{Column()} IN ('t1é''', 't2é''', 3, 4.5, 5)",
            $"{Column()} LIKE 't{random.Next(5)}%'",
            $"{Column()} NOT IN (SELECT k FROM c AS x WHERE k IS NOT NULL)"
        );
        return random.Next(3) switch
        {
            0 =>
                $"SELECT {Column()} AS g, count(*) AS n, min({Column()}) AS lowest, sum(a.v) AS s, count(DISTINCT {Column()}) AS d"
                    + $" FROM {from} WHERE {where} GROUP BY 1 HAVING count(*) > {random.Next(3)} ORDER BY 1, 2, 3, 4, 5 LIMIT 200",
            1 =>
                $"SELECT {Column()} AS x, {Column()} AS y, rank() OVER (PARTITION BY a.v ORDER BY a.id) AS r, upper(a.t) AS u"
                    + $" FROM {from} WHERE {where} ORDER BY 1, 2, 3, 4 LIMIT 200",
            _ =>
                $"SELECT DISTINCT {Column()} AS x, {Column()} AS y, coalesce({Column()}, 'none') AS z, typeof({Column()}) AS t"
                    + $" FROM {from} WHERE {where} ORDER BY 1, 2, 3, 4 LIMIT {random.Next(1, 300)}",
        };

        string Choose(params string[] texts) => texts[random.Next(texts.Length)];
    }

    private static async Task<List<string>> JudgeAsync(List<List<SqlValue[]>> rows, List<string> statements)
    {
        var work = new JsonObject
        {
            ["tables"] = new JsonObject(
                Names.Select(
                    (name, i) =>
                        new KeyValuePair<string, JsonNode?>(
                            name,
                            new JsonArray([.. rows[i].Select(r => new JsonArray([.. r.Select(ToJson)]))])
                        )
                )
            ),
            ["queries"] = new JsonArray([.. statements.Select(s => JsonValue.Create(s))]),
        };
        using var python = Process.Start(
            new ProcessStartInfo("/usr/bin/python3", ["-c", Judge])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        await python.StandardInput.WriteAsync(work.ToJsonString());
        python.StandardInput.Close();
        using var answer = await JsonDocument.ParseAsync(
            python.StandardOutput.BaseStream,
            cancellationToken: TestContext.Current.CancellationToken
        );
        return
        [
            .. answer
                .RootElement.EnumerateArray()
                .Select(result =>
                    string.Join(
                        '\n',
                        result.EnumerateArray().Select(r => string.Join('|', r.EnumerateArray().Select(ToText)))
                    )
                ),
        ];
    }

    private static JsonNode? ToJson(SqlValue value) =>
        value.Kind switch
        {
            SqlKind.Integer => JsonValue.Create(value.Integer),
            SqlKind.Real => JsonValue.Create(value.Real),
            SqlKind.Text => JsonValue.Create(value.Text),
            _ => null,
        };

    private static string ToText(JsonElement json)
    {
        SqlValue.TryRead(json, out var value).ShouldBeTrue();
        return value.ToString();
    }
}
