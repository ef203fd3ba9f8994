using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Storage;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Storage;

public sealed class ColumnsTests
{
    private static readonly Columns<Row> Table = new("things");

    [Fact]
    public void Select_MembersThatAreNotMapped_AreNoColumns() =>
        Table.Select.ShouldBe("SELECT ordinal, id, created_at_ms, state FROM things");

    [Fact]
    public void Insert_OrdinalThatIsNotRequired_IsTheNextOne() =>
        Table
            .Insert(new Row { Id = "a" })
            .Sql.ShouldBe(
                "INSERT INTO things (id, created_at_ms, state, ordinal) "
                    + "VALUES (@Id, @CreatedAtMs, @State, (SELECT COALESCE(MAX(ordinal), 0) + 1 FROM things))"
            );

    [Fact]
    public void Insert_OrdinalThatIsRequired_IsTheRows() =>
        new Columns<NumberedRow>("things")
            .Insert(new NumberedRow { Ordinal = 7, Id = "a" })
            .Sql.ShouldBe("INSERT INTO things (ordinal, id) VALUES (@Ordinal, @Id)");

    [Fact]
    public void Assignments_InsertOnlyColumnsAndTheOrdinal_AreLeftOut() => Table.Assignments.ShouldBe("state = @State");

    [Fact]
    public void NamesWithout_TableWithAnAlias_KeepsTheAlias() =>
        new Columns<Row>("things", "t").NamesWithout("state").ShouldBe("t.ordinal, t.id, t.created_at_ms");

    private sealed record Row
    {
        public long Ordinal { get; init; }

        [InsertOnly]
        public required string Id { get; init; }

        [InsertOnly]
        public long CreatedAtMs { get; init; }

        public string? State { get; init; }

        [NotMapped]
        public long Most { get; init; }
    }

    private sealed record NumberedRow
    {
        public required long Ordinal { get; init; }

        public required string Id { get; init; }
    }
}
