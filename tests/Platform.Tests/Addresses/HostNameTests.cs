using Culvert.Platform.Addresses;
using Shouldly;
using Xunit;

namespace Culvert.Platform.Tests.Addresses;

public sealed class HostNameTests
{
    [Theory]
    [InlineData("docs.example", "docs.example", true)]
    [InlineData("Docs.Example.", "docs.example", true)]
    [InlineData("docs.example", "docs.example.", true)]
    [InlineData("docs.example..", "docs.example", false)]
    [InlineData("docs.example..", "docs.example.", false)]
    [InlineData(".", "", false)]
    [InlineData("", "", true)]
    public void AreSame_CaseAndTheDotOfTheRoot_MakeNoDifference(string left, string right, bool areSame) =>
        HostName.AreSame(left, right).ShouldBe(areSame);
}
