using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Storage;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

/// <summary>Columns that a statement writes otherwise than it reads them.</summary>
public sealed class WrittenColumnsTests
{
    private static readonly Columns<Thing> Table = new("things");

    [Fact]
    public void Select_WriteOnlyColumn_IsLeftOut()
    {
        Table.Select.ShouldBe("SELECT id, revision, place FROM things");
        Table.NamesWithout("place").ShouldBe("id, revision");
    }

    [Fact]
    public void Insert_Row_WritesEveryColumn() =>
        Table
            .Insert(new Thing { Id = "a" })
            .Sql.ShouldBe(
                "INSERT INTO things (id, revision, place, secret_hash) "
                    + "VALUES (@Id, @Revision, (SELECT COUNT(*) FROM things), @SecretHash)"
            );

    [Fact]
    public void InsertWhere_Row_HasTheConditionAndItsParameter()
    {
        var insert = Table.InsertWhere(new Thing { Id = "a", Limit = 1 }, "@Limit > 0");

        insert.Sql.ShouldBe(
            "INSERT INTO things (id, revision, place, secret_hash) "
                + "SELECT @Id, @Revision, (SELECT COUNT(*) FROM things), @SecretHash WHERE @Limit > 0"
        );
        insert.Parameters.ShouldBeOfType<Thing>().Limit.ShouldBe(1);
    }

    [Fact]
    public void Update_ComputedColumn_HasItsExpression() =>
        Table
            .Update(new Thing { Id = "a" }, "id = @Id")
            .Sql.ShouldBe(
                "UPDATE things SET revision = revision + 1, place = @Place, secret_hash = @SecretHash WHERE id = @Id"
            );

    private sealed record Thing
    {
        [InsertOnly]
        public required string Id { get; init; }

        [Computed(Update = "revision + 1")]
        public long Revision { get; init; }

        [Computed(Insert = "(SELECT COUNT(*) FROM things)")]
        public long Place { get; init; }

        [WriteOnly]
        public byte[]? SecretHash { get; init; }

        [NotMapped]
        public long Limit { get; init; }
    }
}
