using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Storage.Postgres;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage.Statements;

public sealed class PortableStatementTests
{
    [Theory]
    [InlineData(
        "SELECT a FROM t WHERE b = @B AND c = @C AND d = @B",
        "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = $1"
    )]
    [InlineData(
        "SELECT a FROM t WHERE b = $3 AND c = $4 AND d = $3",
        "SELECT a FROM t WHERE b = $1 AND c = $2 AND d = $1"
    )]
    [InlineData(
        "SELECT a FROM t WHERE b IN (@ids1,@ids2, @ids3) AND c = @C",
        "SELECT a FROM t WHERE b IN (…) AND c = $1"
    )]
    [InlineData(
        "SELECT a FROM t WHERE b IN (SELECT @ids WHERE 1 = 0) AND c = @C",
        "SELECT a FROM t WHERE b IN (…) AND c = $1"
    )]
    [InlineData("SELECT a FROM t WHERE b = ANY(@ids) AND c = @C", "SELECT a FROM t WHERE b IN (…) AND c = $1")]
    [InlineData("-- why\n SELECT  a\n FROM t -- why\n ;\n", "SELECT a FROM t")]
    [InlineData("SELECT '@a  ; $1', @B FROM t", "SELECT '@a  ; $1', $1 FROM t")]
    public void Of_OneStatement_HasTheFormOfBothDatabases(string sql, string expected) =>
        PortableStatement.Of(sql).ShouldBe([expected]);

    [Theory]
    [InlineData("BEGIN IMMEDIATE")]
    [InlineData("PRAGMA journal_mode = WAL")]
    [InlineData("CREATE TABLE selected (id TEXT)")]
    [InlineData("SAVEPOINT decision")]
    public void Of_WhatIsNotPortable_IsEmpty(string sql) => PortableStatement.Of(sql).ShouldBeEmpty();

    [Fact]
    public void Of_SeveralStatements_NumbersTheParametersOfEach() =>
        PortableStatement
            .Of("INSERT INTO t (a) VALUES (@A); DROP TABLE s; DELETE FROM t WHERE b = @B")
            .ShouldBe(["INSERT INTO t (a) VALUES ($1)", "DELETE FROM t WHERE b = $1"]);

    [Fact]
    public void OfCommand_QuestionsThatTheBinderAskedAtOnce_GivesEach()
    {
        Statement[] asked =
        [
            new("SELECT 1 FROM t WHERE a = @A", new { A = 1L }) { ExpectedRows = 1 },
            new("SELECT 1 FROM s\nWHERE b = @B", new { B = 1L }) { ExpectedRows = 1 },
        ];

        var (command, _) = StatementBinder.BindTogether(asked).ShouldHaveSingleItem();

        var found = PortableStatement.OfCommand($"BEGIN\n{command.CommandText}\nDELETE FROM t WHERE a = $1\n").ToList();
        found.ShouldContain("SELECT 1 FROM t WHERE a = $1");
        found.ShouldContain("SELECT 1 FROM s WHERE b = $1");
        found.ShouldContain("DELETE FROM t WHERE a = $1");
    }
}
