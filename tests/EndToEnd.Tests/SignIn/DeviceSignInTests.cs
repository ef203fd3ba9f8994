using System.Diagnostics;
using System.Text.RegularExpressions;
using Culvert.EndToEnd.Tests.Harness;
using Culvert.Stage.Hops;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.SignIn;

/// <summary>A person signs in with <c>culvert login --device</c> at oidc-provider, in a browser of which only the forms count.</summary>
[Collection(StandardSystemCollection.Name)]
public sealed partial class DeviceSignInTests(StandardSystem system) : SystemTest(system)
{
    private const string Person = "alice";

    [Fact]
    public async Task Login_ConfirmedInABrowser_ActsAsThePersonsRuleSays()
    {
        var rule = await RuleAsync();
        using var folder = new TestFolder();
        using var login = Start(folder, ["login", "--device", "--rule", rule, .. Provider()]);
        try
        {
            var code = Code().Match((await login.StandardError.ReadLineAsync(Cancel))!);
            code.Success.ShouldBeTrue();

            await ConfirmAsync(new Uri(code.Groups["url"].Value), code.Groups["code"].Value);

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

    private async Task<string> RuleAsync()
    {
        var account = await Installation.Operator.CreateAsync(
            "service-account create people",
            Cancel,
            "--workspace-role",
            "developer"
        );
        return await Installation.Operator.CreateAsync(
            "rule create people",
            Cancel,
            "--issuer",
            Installation.Record.IssuerId,
            "--service-account",
            account,
            "--subject",
            Person,
            "--audience",
            IdentityProvider.DeviceClient,
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
            IdentityProvider.DeviceClient,
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

    /// <summary>Code, name, consent: every page is a form that posts its hidden fields.</summary>
    private async Task ConfirmAsync(Uri page, string code)
    {
        using var browser = new HttpClient(
            new SocketsHttpHandler
            {
                UseProxy = false,
                SslOptions = new()
                {
                    CertificateChainPolicy = McpCaller.TrustOnly(Installation.IdentityProvider.CaFile),
                },
            }
        );
        var answer = await browser.GetAsync(page, Cancel);
        for (var form = 0; form < 6; form++)
        {
            var html = await answer.Content.ReadAsStringAsync(Cancel);
            var at = answer.RequestMessage!.RequestUri!;
            answer.Dispose();
            if (Form().Match(html) is not { Success: true } found)
            {
                html.ShouldContain("Success");
                return;
            }

            var fields = Hidden()
                .Matches(html)
                .ToDictionary(field => field.Groups["name"].Value, field => field.Groups["value"].Value);
            (fields["user_code"], fields["login"], fields["password"]) = (code, Person, "anything");
            using var filled = new FormUrlEncodedContent(fields);
            answer = await browser.PostAsync(new Uri(at, found.Groups["action"].Value), filled, Cancel);
        }

        throw new InvalidOperationException(
            $"There is no end to the forms; the last was {answer.RequestMessage!.RequestUri}."
        );
    }

    [GeneratedRegex("Open (?<url>https://\\S+) and confirm the code (?<code>\\S+)\\.")]
    private static partial Regex Code();

    [GeneratedRegex("<form[^>]+action=\"(?<action>[^\"]+)\"")]
    private static partial Regex Form();

    [GeneratedRegex("<input type=\"hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex Hidden();
}
