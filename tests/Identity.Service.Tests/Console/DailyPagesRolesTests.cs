using Culvert.Identity.Service.Http.Roles;
using Culvert.Identity.Service.Tests.Fixtures;
using Shouldly;

namespace Culvert.Identity.Service.Tests.Console;

/// <summary>Pages without forms for those who may not; that a form is refused is in <see cref="ConsoleRightsTests"/>.</summary>
public sealed class DailyPagesRolesTests : IAsyncLifetime
{
    private ServiceUnderTest service = null!;

    public async ValueTask InitializeAsync() =>
        service = await ServiceUnderTest.StartAsync(options: ConsolePersons.WithProvider);

    public async ValueTask DisposeAsync() => await service.DisposeAsync();

    [Fact]
    public async Task AsViewer_RuleForms_AreNotShown()
    {
        using var browser = await ConsolePersons.SignedInAsync(service, [RoleName.Viewer]);

        (await browser.OpenAsync("/console/rules")).ShouldNotContain("Write a rule");
        var form = await browser.OpenAsync("/console/rules/new");
        form.ShouldContain("Your role does not write rules.");
        form.ShouldNotContain("Save</button>");
    }
}
