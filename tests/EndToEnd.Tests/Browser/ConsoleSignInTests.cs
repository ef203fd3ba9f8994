using System.Text.Json;
using Culvert.EndToEnd.Tests.Sdk;
using Culvert.Stage.Hops;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Browser;

/// <summary>People sign in to the console at oidc-provider in Debian's Chromium, by <c>tests/Peers/console/sign-in.mjs</c>.</summary>
[Collection(SdkSystemCollection.Name)]
public sealed class ConsoleSignInTests(SdkSystem system)
{
    [Fact]
    public async Task SignIn_AtTheProvider_GivesTheGroupsRoleAndNobodyElseASession()
    {
        using var report = await ConsoleScript.RunAsync(
            system,
            "sign-in.mjs",
            ("IDP", system.ProviderUrl),
            ("KNOWN", IdentityProvider.OperatorPerson),
            ("UNKNOWN", IdentityProvider.OtherPerson)
        );

        Text(report, "landed").ShouldBe("/console/tunnels");
        Text(report, "overview").ShouldStartWith("Overview ");
        Text(report, "standing").ShouldBe($"Signed in as {IdentityProvider.OperatorPerson} (operator) Sign out");
        report.RootElement.GetProperty("maySteer").GetBoolean().ShouldBeTrue();
        report.RootElement.GetProperty("mayRegister").GetBoolean().ShouldBeFalse();
        Text(report, "afterwards").ShouldBe("Sign in");
        Text(report, "refused").ShouldContain("console.no_role");
        Text(report, "stranger").ShouldBe("Sign in");
        Text(report, "asked").ShouldBe("Is this admin key yours?");
        Text(report, "answered").ShouldBe(Text(report, "standing"));
        ConsoleScript.ShouldBeClean(report);
    }

    private static string Text(JsonDocument report, string name) => report.RootElement.GetProperty(name).GetString()!;
}
