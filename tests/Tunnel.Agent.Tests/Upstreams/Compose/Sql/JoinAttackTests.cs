using System.Diagnostics;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose.Sql;

/// <summary>Statements that need more than a call may have are stopped by a bound, and the next one runs.</summary>
public sealed class JoinAttackTests
{
    private const string TooSlow = "The statement takes longer than one call may take.";
    private const string TooMuchMemory = "The statement needs more memory than one call may have.";
    private const string TooLarge = "A value or a row is larger than 64 KiB.";
    private const string TooMany = "The result is larger than one call may return.";

    [Theory]
    [InlineData("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT -1) SELECT count(*) AS c FROM n", TooSlow)]
    [InlineData(
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i FROM n LIMIT 1000000000) SELECT max(i) AS c FROM n",
        TooSlow
    )]
    [InlineData(
        "SELECT count(*) AS c FROM orders a, orders b, orders c, orders d, orders e, orders f WHERE a.id < f.id",
        TooSlow
    )]
    [InlineData(
        "WITH n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n LIMIT 100000000) SELECT i FROM n ORDER BY -i",
        TooMuchMemory
    )]
    [InlineData(
        "SELECT a.note, b.note AS n FROM orders a, orders b, orders c ORDER BY a.note || b.id || c.id",
        TooMuchMemory
    )]
    [InlineData("SELECT count(DISTINCT a.note || b.id || c.id) AS c FROM orders a, orders b, orders c", TooMuchMemory)]
    [InlineData("SELECT printf('%.*c', 1000000000, 'x') AS p", TooLarge)]
    [InlineData("SELECT printf('%1000000000d', 1) AS p", TooLarge)]
    [InlineData("SELECT format('%.1000000000f', 1.0) AS p", TooLarge)]
    [InlineData("SELECT replace(replace(note, 'n', note), 'n', note) AS p FROM orders", TooLarge)]
    [InlineData("SELECT group_concat(a.note || b.note) AS p FROM orders a, orders b", TooLarge)]
    [InlineData("SELECT note || note AS p FROM orders", TooLarge)]
    [InlineData("SELECT a.note FROM orders a, orders b", TooMany)]
    [InlineData(
        "SELECT id FROM orders WHERE note LIKE replace(substr(note, 1, 300), 'n', '%n')",
        "A pattern of LIKE or GLOB is too long."
    )]
    [InlineData(
        "SELECT id FROM orders WHERE note GLOB replace(substr(note, 1, 300), 'n', '*n')",
        "A pattern of LIKE or GLOB is too long."
    )]
    public void Statement_ThatNeedsTooMuch_IsStopped(string sql, string message)
    {
        var isMemory = message == TooMuchMemory;
        var rows = Joins.Rows(400, new string('n', isMemory ? 200 : 40_000));
        var bounds = new JoinBounds(1_000_000)
        {
            Limit = TimeSpan.FromMinutes(2),
            MaxHeapBytes = (isMemory ? 4L : 64L) << 20,
        };

        var failure = Joins.Run(sql, rows, bounds).Failure.ShouldNotBeNull();

        (failure.IsLimit, failure.Message).ShouldBe((true, message));
        Joins.Run("SELECT id FROM orders").Failure.ShouldBeNull();
    }

    [Fact]
    public void RowsOfACall_AboveTheBoundOnMemory_AreStoppedWhileTheyAreLoaded()
    {
        var rows = Joins.Rows(3_000, new string('n', 40_000));

        Joins.Run("SELECT 1 AS one", rows).Failure.ShouldBe(JoinFailure.Memory);
    }

    [Fact]
    public void RowOfACall_AboveItsBound_IsStopped() =>
        Joins.Run("SELECT 1 AS one", Joins.Rows(1, new string('n', 70_000))).Failure!.Message.ShouldBe(TooLarge);

    [Fact]
    public void RowsOfACall_AboveTheDeadline_AreStoppedWhileTheyAreLoaded() =>
        Joins
            .Run("SELECT 1 AS one", Joins.Rows(100_000), new JoinBounds(1) { Limit = TimeSpan.FromSeconds(1) })
            .Failure.ShouldBe(JoinFailure.Deadline);

    /// <summary>No single instruction, between which alone a statement can be stopped, takes seconds.</summary>
    [Theory]
    [InlineData("SELECT instr(note, substr(note, 1, 20000) || 'x') AS i FROM orders")]
    [InlineData("SELECT replace(note, substr(note, 1, 20000) || 'x', '') = note AS i FROM orders")]
    [InlineData("SELECT note LIKE '%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%n%x' AS i FROM orders")]
    [InlineData("SELECT note GLOB '*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*n*x' AS i FROM orders")]
    [InlineData("SELECT length(trim(note, substr(note, 1, 5000))) AS i FROM orders")]
    public void Function_WithTheWorstArguments_EndsSoon(string sql)
    {
        var rows = Joins.Rows(1, new string('n', 60_000));

        // One of them: whatever else runs on the machine can make the others slow.
        Enumerable.Range(0, 5).Any(_ => Measure() < TimeSpan.FromSeconds(2)).ShouldBeTrue("all took 2 s or longer");

        TimeSpan Measure()
        {
            var watch = Stopwatch.StartNew();
            Joins.Run(sql, rows).Failure.ShouldBeNull();
            return watch.Elapsed;
        }
    }
}
