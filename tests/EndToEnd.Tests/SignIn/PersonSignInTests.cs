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

            var last = await ConfirmAsync(new Uri(told.Groups["url"].Value), told.Groups["code"].Value);

            last.ShouldContain(way == "--device" ? "Success" : "This browser is done");
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

            await AbortAsync(new Uri(told.Groups["url"].Value));

            var error = await login.StandardError.ReadToEndAsync(Cancel);
            await login.WaitForExitAsync(Cancel);
            login.ExitCode.ShouldBe(3, error);
            error.ShouldContain("somebody refused it there");
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

    /// <summary>Code, name, consent: every page is a form that posts its hidden fields. Gives the page after the last.</summary>
    private async Task<string> ConfirmAsync(Uri page, string code)
    {
        using var browser = Browser();
        var answer = await FollowAsync(browser, await browser.GetAsync(page, Cancel));
        for (var form = 0; form < 6; form++)
        {
            var html = await answer.Content.ReadAsStringAsync(Cancel);
            var at = answer.RequestMessage!.RequestUri!;
            answer.Dispose();
            if (Form().Match(html) is not { Success: true } found)
            {
                return html;
            }

            var fields = Hidden()
                .Matches(html)
                .ToDictionary(field => field.Groups["name"].Value, field => field.Groups["value"].Value);
            (fields["user_code"], fields["login"], fields["password"]) = (code, Person, "anything");
            using var filled = new FormUrlEncodedContent(fields);
            answer = await FollowAsync(
                browser,
                await browser.PostAsync(new Uri(at, found.Groups["action"].Value), filled, Cancel)
            );
        }

        throw new InvalidOperationException(
            $"There is no end to the forms; the last was {answer.RequestMessage!.RequestUri}."
        );
    }

    /// <summary>The person takes the link on the first page that gives up.</summary>
    private async Task AbortAsync(Uri page)
    {
        using var browser = Browser();
        using var first = await FollowAsync(browser, await browser.GetAsync(page, Cancel));
        var link = Abort().Match(await first.Content.ReadAsStringAsync(Cancel));
        link.Success.ShouldBeTrue();
        using var last = await FollowAsync(
            browser,
            await browser.GetAsync(new Uri(first.RequestMessage!.RequestUri!, link.Groups["link"].Value), Cancel)
        );
    }

    private HttpClient Browser() =>
        new(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new()
                {
                    CertificateChainPolicy = McpCaller.TrustOnly(Installation.IdentityProvider.CaFile),
                },
            }
        );

    // From https to loopback, where a browser goes and HttpClient does not by itself.
    private static async Task<HttpResponseMessage> FollowAsync(HttpClient browser, HttpResponseMessage answer)
    {
        if (answer.Headers.Location is not { IsAbsoluteUri: true, Scheme: "http", Host: "127.0.0.1" } back)
        {
            return answer;
        }

        answer.Dispose();
        return await browser.GetAsync(back, Cancel);
    }

    [GeneratedRegex("Open (?<url>https://\\S+) (and confirm the code (?<code>\\S+)\\.|in a browser on this machine)")]
    private static partial Regex Told();

    [GeneratedRegex("<a href=\"(?<link>[^\"]+/abort)\"")]
    private static partial Regex Abort();

    [GeneratedRegex("<form[^>]+action=\"(?<action>[^\"]+)\"")]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();
}
