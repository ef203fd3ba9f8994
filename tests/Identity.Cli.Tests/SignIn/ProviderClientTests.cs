using Culvert.Identity.Cli.Hosting;
using Culvert.Identity.Cli.SignIn;
using Culvert.Testing;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.SignIn;

public sealed class ProviderClientTests
{
    // S37: the provider's certificate is not judged yet when its issuer URL would be followed.
    [Fact]
    public async Task Describe_StrangerNamesAnIssuerUrl_IsNotFollowed()
    {
        using var trap = new IssuerUrlTrap();
        var provider = new SignInProvider { Issuer = trap.Url, ClientId = "culvert" };
        using var client = new ProviderClient(provider, "a public client", TimeSpan.FromSeconds(30));
        var serving = trap.ServeAsync(TestContext.Current.CancellationToken);

        var failure = await Should.ThrowAsync<CommandFailure>(() =>
            client.DescribeAsync(TestContext.Current.CancellationToken)
        );

        await serving;
        failure.ExitCode.ShouldBe(ExitCode.Unreachable);
        trap.IsSprung.ShouldBeFalse();
    }
}
