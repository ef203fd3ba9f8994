using Culvert.Tunnel.Agent.Imports;

namespace Culvert.Tunnel.Agent.Tests.Imports;

public sealed class RouteNamesTests
{
    [Fact]
    public void Add_NamesOfAllForms_GivesLabelsThatDiffer()
    {
        var names = new RouteNames();
        var most = new string('a', 64);

        new[] { "docs", "Docs", "my_tools", "_", "a.b", most, most, "docs" }
            .Select(names.Add)
            .ShouldBe(["docs", "docs-2", "my-tools", "route", "a-b", most[..63], most[..61] + "-2", "docs-3"]);
    }
}
