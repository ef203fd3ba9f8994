using System.Diagnostics;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose.Sql;

public sealed class JoinQueryTests
{
    [Fact]
    public void Rows_AreJoinedAndKeepTheirTypes()
    {
        var result = Joins.Run(
            "SELECT o.id, c.tier, o.total, typeof(o.total) AS t, nullif(1, 1) AS z FROM orders o JOIN customer c ON c.id = o.customer_id"
                + " WHERE c.tier = 'gold' ORDER BY o.id"
        );

        result.Failure.ShouldBeNull();
        result.HasMore.ShouldBeFalse();
        Joins.Write(result).ShouldBe("o0|gold|0.5|real|\no2|gold|2.5|real|");
        result.Rows[0][4].Kind.ShouldBe(SqlKind.Null);
    }

    /// <summary>A statement inserts several rows, and short texts are not copied: neither changes what is selected.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(14)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(30)]
    [InlineData(257)]
    public void Rows_OfAnyNumberAndLength_AreSelectedAsTheyAre(int count)
    {
        SqlValue[][] orders =
        [
            .. Enumerable
                .Range(0, count)
                .Select(i =>
                    new[]
                    {
                        SqlValue.FromText($"o{i}"),
                        SqlValue.FromInteger(i),
                        default,
                        SqlValue.FromText(new string((char)('à' + (i % 20)), i * 37 % 5000)),
                    }
                ),
        ];

        var result = Joins.Run(
            "SELECT id, customer_id, total, note FROM orders ORDER BY customer_id",
            [
                [],
                orders,
            ],
            new JoinBounds(count)
        );

        result.Failure.ShouldBeNull();
        result.Rows.SelectMany(row => row).ShouldBe(orders.SelectMany(row => row));
    }

    [Fact]
    public void Now_IsTheAgentsClock_InAllDateFunctions()
    {
        var result = Joins.Run(
            """
            SELECT date('now') AS a, time() AS b, datetime('now', '+1 hour') AS c, current_timestamp AS d, current_date AS e,
              current_time AS f, strftime('%Y') AS g, unixepoch('now') AS h, julianday() AS i, timediff('now', '2026-03-29') AS j
            """
        );

        Joins
            .Write(result)
            .ShouldBe(
                "2026-03-29|23:30:15|2026-03-30 00:30:15|2026-03-29 23:30:15|2026-03-29|23:30:15|2026|1774827015|2461129.4793403936|+0000-00-00 23:30:15.010"
            );
    }

    /// <summary>Customers with an order each, and no index: ten times as many take ten times the work, and not a hundred.</summary>
    [Fact]
    public void JoinOfTenTimesTheRows_TakesWorkInProportion()
    {
        var query = Joins.Compile(
            "SELECT o.id, o.total, c.tier FROM orders o JOIN customer c ON c.id = o.customer_id ORDER BY o.total DESC"
        );

        var (few, many) = (Work(1_000), Work(10_000));

        few.ShouldBeGreaterThan(10, "fewer instructions would not show a proportion");
        (many / few).ShouldBeLessThan(20);

        // In thousands of SQLite's instructions: it asks for the time after each thousand.
        double Work(int rows)
        {
            var time = new AskedTime();
            query
                .Run(Joins.Rows(rows), new Dictionary<string, SqlValue>(), new(rows), time, CancellationToken.None)
                .Rows.Count.ShouldBe(rows);
            return time.Asked;
        }
    }

    /// <summary>Each call has a database of its own.</summary>
    [Fact]
    public void DatabaseOfACall_CostsLessThanAThousandOfItsRows()
    {
        var query = Joins.Compile("SELECT o.id FROM orders o JOIN customer c ON c.id = o.customer_id");

        Fastest(query, rows: 1).ShouldBeLessThan(Fastest(query, rows: 1_000));
    }

    // Of several, since whatever else runs can only make one slower.
    private static TimeSpan Fastest(JoinQuery query, int rows)
    {
        var tables = Joins.Rows(rows);
        return Enumerable.Range(0, 10).Min(_ => Measure());

        TimeSpan Measure()
        {
            var watch = Stopwatch.StartNew();
            query
                .Run(tables, new Dictionary<string, SqlValue>(), new(rows), TimeProvider.System, CancellationToken.None)
                .Rows.Count.ShouldBe(rows);
            return watch.Elapsed;
        }
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void MoreRowsThanAllowed_AreCutAndReported(int most, bool hasMore)
    {
        var result = Joins.Run("SELECT id FROM orders", bounds: new JoinBounds(most));

        result.HasMore.ShouldBe(hasMore);
        result.Rows.Count.ShouldBe(Math.Min(most, 3));
    }

    [Theory]
    [InlineData("x' OR '1'='1")]
    [InlineData("x\0y")]
    [InlineData("'; DROP TABLE orders; --")]
    [InlineData("é漢😀")]
    public void Parameters_AreValuesWhateverTheyHold(string text)
    {
        var rows = Joins.Rows(2, text);

        var result = Joins.Run(
            "SELECT note, length(note) AS l FROM orders WHERE note = :argument_customer",
            rows,
            null,
            ("argument_customer", SqlValue.FromText(text))
        );

        result.Rows.Count.ShouldBe(2);
        result.Rows[0][0].Text.ShouldBe(text);
    }

    [Fact]
    public void ParameterWithoutValue_IsNull() =>
        Joins.Run("SELECT id FROM orders WHERE customer_id = :claim_customer").Rows.ShouldBeEmpty();

    [Theory]
    [InlineData("SELECT CAST(note AS BLOB) AS b FROM orders")]
    [InlineData("SELECT x'00' AS b FROM orders")]
    [InlineData("SELECT 9e999 AS b FROM orders")]
    public void ResultThatJsonDoesNotHave_Fails(string sql)
    {
        var failure = Joins.Run(sql).Failure.ShouldNotBeNull();

        (failure.IsLimit, failure.Message).ShouldBe((false, "The column b has bytes, or a number that is not finite."));
    }

    [Fact]
    public void FailureOfTheData_IsReportedWithoutIt()
    {
        var failure = Joins.Run("SELECT sum(9223372036854775807) AS s FROM orders").Failure.ShouldNotBeNull();

        (failure.IsLimit, failure.Message).ShouldBe((false, "The statement failed: integer overflow."));
    }

    [Fact]
    public async Task CallerWhoIsGone_StopsTheStatement()
    {
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();

        Should.Throw<OperationCanceledException>(() =>
            Joins
                .Compile("SELECT id FROM orders")
                .Run(Joins.Rows(2), new Dictionary<string, SqlValue>(), new(10), TimeProvider.System, gone.Token)
        );
    }

    private sealed class AskedTime : TimeProvider
    {
        public int Asked { get; private set; }

        public override long GetTimestamp()
        {
            Asked++;
            return 0;
        }
    }
}
