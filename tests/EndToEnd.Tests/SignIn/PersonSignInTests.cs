using System.Diagnostics;
using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>A person signs in with <c>culvert login</c> at oidc-provider, in a browser of which only the forms count.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed partial class PersonSignInTests(StandardSystem system) : SystemTest(system)
{
    private const string Person = "alice";
    private const string Resource = "https://identity.example.com";

    [Theory]
    [InlineData("--device", null, Traits = ["Level", "full"])]
    [InlineData("--device", Resource)]
    [InlineData("--browser", null)]
    [InlineData("--browser", Resource, Traits = ["Level", "full"])]
    public async Task Login_ConfirmedInABrowser_ActsAsThePersonsRuleSays(string way, string? audience)
    {
        var rule = await RuleAsync(
            $"people{way}{(audience is null ? "" : "-resource")}",
            audience ?? IdentityProvider.PersonClient
        );
        using var folder = new TestFolder();
        string[] flags = audience is null ? [] : ["--audience", audience];
        using var login = Start(folder, ["login", way, "--rule", rule, .. Provider(), .. flags]);
        try
        {
            var told = Told().Match((await login.StandardError.ReadLineAsync(Cancel))!);
            told.Success.ShouldBeTrue();

            using var browser = new FormBrowser(Installation.IdentityProvider.CaFile);
            var last = await browser.ConfirmAsync(
                new Uri(told.Groups["url"].Value),
                Person,
                told.Groups["code"].Value,
                Cancel
            );

            last.ShouldContain(way == "--device" ? "Success" : "Return to the terminal");
            var said = await login.StandardOutput.ReadToEndAsync(Cancel);
            await login.WaitForExitAsync(Cancel);
            login.ExitCode.ShouldBe(0, await login.StandardError.ReadToEndAsync(Cancel));
            said.ShouldContain("signed in");

            using var list = Start(folder, "tunnel", "list", "-o", "json");
            var (tunnels, error) = (
                await list.StandardOutput.ReadToEndAsync(Cancel),
                await list.StandardError.ReadToEndAsync(Cancel)
            );
            await list.WaitForExitAsync(Cancel);
            list.ExitCode.ShouldBe(0, error);
            tunnels.ShouldContain(Installation.Record.Tunnel.Id);
        }
        finally
        {
            if (!login.HasExited)
            {
                login.Kill();
            }
        }
    }

    [Fact]
    public async Task Login_RefusedInTheBrowser_IsRefused()
    {
        using var folder = new TestFolder();
        using var login = Start(folder, ["login", "--browser", "--rule", "fdrl_01", .. Provider()]);
        try
        {
            var told = Told().Match((await login.StandardError.ReadLineAsync(Cancel))!);

            using var browser = new FormBrowser(Installation.IdentityProvider.CaFile);
            (await browser.AbortAsync(new Uri(told.Groups["url"].Value), Cancel)).ShouldBeTrue();

            var error = await login.StandardError.ReadToEndAsync(Cancel);
            await login.WaitForExitAsync(Cancel);
            login.ExitCode.ShouldBe(3, error);
            error.ShouldContain("the request was refused in the browser");
        }
        finally
        {
            if (!login.HasExited)
            {
                login.Kill();
            }
        }
    }

    private async Task<string> RuleAsync(string name, string audience)
    {
        var account = await Installation.Operator.CreateAsync(
            $"service-account create {name}",
            Cancel,
            "--workspace-role",
            "developer"
        );
        return await Installation.Operator.CreateAsync(
            $"rule create {name}",
            Cancel,
            "--issuer",
            Installation.Record.IssuerId,
            "--service-account",
            account,
            "--subject",
            Person,
            "--audience",
            audience,
            "--scope",
            "workspace:manage_tunnels"
        );
    }

    private string[] Provider() =>
        [
            "--issuer",
            Installation.IdentityProvider.Issuer,
            "--issuer-ca-file",
            Installation.IdentityProvider.CaFile,
            "--client-id",
            IdentityProvider.PersonClient,
            "--organization",
            Installation.Record.OrganizationId,
        ];

    private Process Start(TestFolder folder, params ReadOnlySpan<string> arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(Installation.Run.Binaries, Programs.Culvert), [.. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder.Path,
        };
        start.Environment["CULVERT_IDENTITY_URL"] = Installation.Service.PublicUrl;
        start.Environment["CULVERT_PLATFORM_CA"] = Installation.Service.PlatformCaFile;
        start.Environment["XDG_STATE_HOME"] = folder.Path;
        return Process.Start(start)!;
    }

    [GeneratedRegex("Open (?<url>https://\\S+) (and confirm the code (?<code>\\S+)\\.|in a browser on this machine)")]
    private static partial Regex Told();
}
