using Culvert.Platform.Configuration;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Configuration;

public sealed class EmbeddedTableTests
{
    [Fact]
    public void Parse_Rows_SkipsCommentsAndEmptyLines() =>
        EmbeddedTable
            .Parse("# key\tvalue\n\na\t1\nb\t2\n", columns: 2)
            .Select(row => string.Join('|', row))
            .ShouldBe(["a|1", "b|2"]);

    [Theory]
    [InlineData("a")]
    [InlineData("a\t1\tx")]
    [InlineData("a\t")]
    [InlineData("a\t ")]
    [InlineData(" # no comment")]
    public void Parse_MalformedRow_Throws(string row) =>
        Should.Throw<FormatException>(() => EmbeddedTable.Parse($"b\t2\n{row}\n", columns: 2));

    [Fact]
    public void Read_NoSuchResource_Throws() =>
        Should.Throw<InvalidOperationException>(() =>
            EmbeddedTable.Read(typeof(EmbeddedTable).Assembly, "none.tsv", columns: 2)
        );
}
