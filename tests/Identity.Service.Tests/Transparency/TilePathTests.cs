using Culvert.Identity.Service.Transparency;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Transparency;

public sealed class TilePathTests
{
    [Theory]
    [InlineData("000", 0, 256)]
    [InlineData("067", 67, 256)]
    [InlineData("x001/x234/067", 1234067, 256)]
    [InlineData("x001/000", 1000, 256)]
    [InlineData("000.p/1", 0, 1)]
    [InlineData("x001/234.p/255", 1234, 255)]
    public void Parse_Path_IsItsTile(string path, long number, int width) =>
        TilePath.Parse(path).ShouldBe(new TilePath(number, width));

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0000")]
    [InlineData("x000")]
    [InlineData("x000/001")]
    [InlineData("001/001")]
    [InlineData("x001/x001")]
    [InlineData("000.p/0")]
    [InlineData("000.p/256")]
    [InlineData("000.p/01")]
    [InlineData("000.p/")]
    [InlineData("000/8")]
    [InlineData("-01")]
    [InlineData("x999/x999/x999/x999/x999/999")]
    public void Parse_OtherSpelling_IsNull(string path) => TilePath.Parse(path).ShouldBeNull();
}
