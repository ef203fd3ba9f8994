using Culvert.Platform.Output;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Output;

public sealed class AnswerSummaryTests
{
    [Theory]
    [InlineData(1204, 88_310, 0, 0, "crossed 1,204 rows, kept inside 88,310")]
    [InlineData(1, 0, 1, 1, "crossed 1 row, kept inside 0, removed 1 value, withheld 1 answer")]
    [InlineData(0, 0, 2000, 3, "removed 2,000 values, withheld 3 answers")]
    [InlineData(0, 0, 0, 0, "kept nothing inside")]
    public void Format_Numbers_AreWords(long crossed, long kept, long removed, long withheld, string text) =>
        AnswerSummary.Format(crossed, kept, removed, withheld).ShouldBe(text);
}
