using System.Text.RegularExpressions;
using Culvert.Testing;
using Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

namespace Culvert.Tunnel.Agent.Tests.Upstreams.Compose.Sql;

/// <summary>What an operator's SQL may not be is an error of the file, with line and column.</summary>
public sealed class JoinCompilerTests
{
    [Theory]
    [InlineData("SELECT id, tier FROM customer")]
    [InlineData(
        "  -- which\nSELECT c.id FROM customer AS c JOIN orders o ON o.customer_id = c.id; -- end\n /* end */ "
    )]
    [InlineData("WITH rich AS (SELECT * FROM orders WHERE total > 2) SELECT count(*) AS n FROM rich")]
    [InlineData("WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10) SELECT i FROM n")]
    [InlineData("WITH RECURSIVE n AS MATERIALIZED (SELECT 1 i UNION SELECT i + 1 FROM \"n\" LIMIT 10) SELECT i FROM n")]
    [InlineData("SELECT id, row_number() OVER (PARTITION BY customer_id ORDER BY total) AS place FROM orders")]
    [InlineData("SELECT id FROM orders WHERE note LIKE '%;%' OR note GLOB :argument_customer OR note = :claim_sub")]
    [InlineData("SELECT date('now') AS d, current_timestamp AS t, strftime('%Y') AS y FROM customer")]
    [InlineData("SELECT tier, group_concat(id ORDER BY id) AS ids FROM customer GROUP BY tier HAVING count(*) > 1")]
    [InlineData(
        "SELECT id FROM customer WHERE id IN (SELECT customer_id FROM orders) ORDER BY id LIMIT :argument_limit"
    )]
    [InlineData("SELECT CASE WHEN EXISTS (SELECT 1 FROM orders) THEN 'é' END AS answer FROM customer")]
    public void Select_OverTheSteps_IsAccepted(string sql) => Joins.FindError(sql).ShouldBeNull();

    [Theory]
    [InlineData("", 0, 0, "This is not a SELECT.")]
    [InlineData("-- nothing", 0, 0, "This is not a SELECT.")]
    [InlineData("DELETE FROM orders", 1, 1, "This is not a SELECT.")]
    [InlineData("EXPLAIN SELECT 1", 1, 1, "This is not a SELECT.")]
    [InlineData("PRAGMA table_info(orders)", 1, 1, "This is not a SELECT.")]
    [InlineData("ATTACH '/etc/passwd' AS p", 1, 1, "This is not a SELECT.")]
    [InlineData("WITH x AS (SELECT 1) DELETE FROM orders", 0, 0, "It does more than a SELECT may do.")]
    [InlineData(
        "WITH x AS (SELECT 1) INSERT INTO orders SELECT 1, 2, 3, 4",
        0,
        0,
        "It does more than a SELECT may do."
    )]
    [InlineData("SELECT id FROM orders;\nDELETE FROM orders", 2, 1, "A second statement begins.")]
    [InlineData("SELECT id FROM orders; ;", 1, 24, "A second statement begins.")]
    [InlineData("SELECT id,\n  o.titel FROM orders o", 2, 3, "No such column: o.titel.")]
    [InlineData("SELECT 'ééé' AS e, titel FROM orders", 1, 20, "No such column: titel.")]
    [InlineData("SELECT id FROM\n\n invoices", 3, 2, "No such table: invoices.")]
    [InlineData("SELECT id FORM orders o", 1, 16, "Near \"orders\": syntax error.")]
    [InlineData(
        "SELECT note FROM orders WHERE note = \"text\"",
        1,
        38,
        "No such column: \"text\" - should this be a string literal in single-quotes?."
    )]
    [InlineData("SELECT soundexx(id) FROM orders", 1, 8, "No such function: soundexx.")]
    [InlineData(
        "SELECT id,\n randomblob(1000000000) AS r FROM orders",
        2,
        2,
        "The function randomblob is not allowed."
    )]
    [InlineData("SELECT random() AS r FROM orders", 1, 8, "The function random is not allowed.")]
    [InlineData("SELECT zeroblob(1000000000) AS z", 1, 8, "The function zeroblob is not allowed.")]
    [InlineData("SELECT load_extension('x') AS z", 1, 8, "The function load_extension is not allowed.")]
    [InlineData("SELECT readfile('/etc/passwd') AS z", 1, 8, "No such function: readfile.")]
    [InlineData("SELECT sqlite_version() AS z", 1, 8, "The function sqlite_version is not allowed.")]
    [InlineData("SELECT json_extract('{}', '$') AS z", 1, 8, "The function json_extract is not allowed.")]
    [InlineData("SELECT last_insert_rowid() AS z", 1, 8, "The function last_insert_rowid is not allowed.")]
    [InlineData("SELECT name FROM sqlite_schema", 1, 18, "sqlite_schema is not a step.")]
    [InlineData("SELECT count(*) AS n FROM sqlite_master", 1, 27, "sqlite_master is not a step.")]
    [InlineData("SELECT count(*) AS n FROM main.sqlite_master", 1, 32, "sqlite_master is not a step.")]
    [InlineData("SELECT count(*) AS n FROM temp.sqlite_temp_master", 1, 32, "sqlite_temp_master is not a step.")]
    [InlineData("SELECT value FROM json_each('[1]')", 1, 19, "json_each is not a step.")]
    [InlineData("SELECT count(*) AS n FROM json_each('[1]')", 0, 0, "A table-valued function is not allowed.")]
    [InlineData("SELECT name FROM pragma_table_info('orders')", 1, 18, "pragma_table_info is not a step.")]
    [InlineData("SELECT count(*) AS n FROM pragma_function_list", 0, 0, "A table-valued function is not allowed.")]
    [InlineData(
        "SELECT id FROM orders WHERE EXISTS (SELECT 1 FROM json_tree(note))",
        0,
        0,
        "A table-valued function is not allowed."
    )]
    [InlineData("SELECT value FROM generate_series(1, 10)", 1, 19, "No such table: generate_series.")]
    [InlineData("SELECT id FROM orders WHERE note REGEXP 'x'", 1, 34, "No such function: REGEXP.")]
    [InlineData(
        "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n LIMIT 5",
        1,
        6,
        "n may recur without end."
    )]
    [InlineData(
        "WITH [n] AS (SELECT 1 i UNION SELECT (SELECT 2 LIMIT 1) FROM n) SELECT i FROM n",
        1,
        6,
        "n may recur without end."
    )]
    [InlineData("SELECT ? AS p FROM orders", 1, 8, "The parameter ? is unknown.")]
    [InlineData("SELECT ?1 AS p FROM orders", 1, 8, "The parameter ?1 is unknown.")]
    [InlineData("SELECT @argument_customer AS p FROM orders", 1, 8, "The parameter @argument_customer is unknown.")]
    [InlineData("SELECT $claim_sub AS p FROM orders", 1, 8, "The parameter $claim_sub is unknown.")]
    [InlineData("SELECT :customer AS p FROM orders", 1, 8, "The parameter :customer is unknown.")]
    [InlineData("SELECT :argument_other AS p FROM orders", 1, 8, "The parameter :argument_other is unknown.")]
    [InlineData("SELECT :claim_ AS p FROM orders", 1, 8, "The parameter :claim_ is unknown.")]
    [InlineData("SELECT c.id, o.id FROM customer c, orders o", 0, 0, "The result has two columns id.")]
    public void OtherSql_IsAnErrorAtItsPlace(string sql, int line, int column, string message)
    {
        var error = Joins.FindError(sql).ShouldNotBeNull();

        (error.Line, error.Column, error.Message).ShouldBe((line, column, message));
        error.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void BoundsOfTheText_AreErrors()
    {
        string[] tooMuch =
        [
            $"SELECT {string.Join(" + ", Enumerable.Repeat("1", 200))} AS n",
            string.Join(" UNION ", Enumerable.Repeat("SELECT 1 AS n", 30)),
            $"SELECT {string.Join(", ", Enumerable.Range(0, 200).Select(i => $"{i} AS n{i}"))}",
            $"SELECT max({string.Join(", ", Enumerable.Range(0, 40))}) AS n",
            $"SELECT 1 AS n FROM {string.Join(", ", Enumerable.Range(0, 70).Select(i => $"orders o{i}"))}",
            $"SELECT '{new string('x', 20_000)}' AS n",
            "SELECT 'x\0' AS n",
        ];

        tooMuch.ShouldAllBe(sql => Joins.FindError(sql) != null);
    }

    [Fact]
    public void EachAllowedFunction_Exists()
    {
        var missing = SqlAuthorizer.AllowedFunctions.Where(name =>
            Joins.FindError($"SELECT {name}() AS n FROM orders") is { } error
            && error.Message.StartsWith("No such function", StringComparison.Ordinal)
        );

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void AllowedFunctions_AreThoseOfThePage()
    {
        var page = File.ReadAllText(CheckoutFolder.GetPath("docs/joined-servers.md"));
        var table = page.Split("| Kind | Functions |\n")[1].Split("\n\n")[0];

        var named = Regex.Matches(table, "`([a-z0-9_]+)`").Select(m => m.Groups[1].Value).Distinct();

        named.Order(StringComparer.Ordinal).ShouldBe(SqlAuthorizer.AllowedFunctions.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void ColumnsAndParameters_AreThoseOfTheStatement()
    {
        var query = Joins.Compile(
            "SELECT id, tier AS t FROM customer WHERE id = :argument_customer AND :claim_sub = id"
        );

        query.Columns.ShouldBe(["id", "t"]);
        query.Parameters.ShouldBe(["argument_customer", "claim_sub"]);
    }
}
