using Culvert.Identity.Service.Commands;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Commands;

public sealed class ReloadTests
{
    [Theory]
    [InlineData("log.level", true)]
    [InlineData("notices.days", true)]
    [InlineData("log.file", true)]
    [InlineData("log.format", true)]
    [InlineData("limits.exchange_per_address", true)]
    [InlineData("limits.costly_per_caller", true)]
    [InlineData("limits.body_bytes", false)]
    [InlineData("limits.new_connections_per_address", false)]
    [InlineData("public_url", false)]
    [InlineData("storage.type", false)]
    [InlineData("notices", false)]
    public void IsReloadable_OnlyWhatIsReadAtEachUse(string key, bool expected) =>
        RunCommand.IsReloadable(key).ShouldBe(expected);
}
