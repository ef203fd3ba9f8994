using System.Diagnostics;
using Culvert.Identity.Cli.Tests.Commands;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Output;

/// <summary>The lists in a real terminal: the program itself, in a pseudo-terminal of <c>script</c>.</summary>
public sealed class TerminalTests : CommandTest
{
    private const string Time = "2026-11-22T16:05:15.2702031Z";
    private const string Agent = "agnt_01rb5GoNKrBr82J6VbHBdJYF";
    private const string Tunnel = "tnl_01rb5GoNKrBr82J6VbHBdJYF";
    private const string Authority = "tca_01rb5GoNKrBr82J6VbHBdJYF";
    private const string Rule = "fdrl_01rjX0Dud4ARch5f18z0nX91";
    private const string Issuer = "fdis_01leAKz2MaOB1tnyXaDzmU8c";
    private const string Request = "req_01VbicLMjTy4TDbGygaF0PZ2";
    private const string Serial = "4f1d8a6c0b7e92135f1d8a6c0b7e92135f1d8a6c";

    public static TheoryData<string, string, string, string[]> Lists { get; } =
        new()
        {
            {
                "agent list",
                "GET /v1/agents",
                $$"""{"id":"{{Agent}}","tunnel_id":"{{Tunnel}}","instance_id":"docs-7d9f8b6c5-x2x9z","method":"federation","live":true,"last_contact_at":"{{Time}}","version":"0.9.1"}""",
                [Agent, "docs-7d9f8b6c5-x2x9z", "true"]
            },
            {
                "ca list",
                "GET /v1/certificate_authorities",
                $$"""{"id":"{{Authority}}","name":"mcp-issuing-2027","tunnel_id":"{{Tunnel}}","state":"cert_uploaded","custody":"pkcs11","fingerprint":"{{new string('a', 64)}}","not_after":"{{Time}}"}""",
                [Authority, "mcp-issuing-2027", "cert_uploaded"]
            },
            {
                "cert list",
                "GET /v1/certificates",
                $$"""{"serial":"{{Serial}}","kind":"leaf","status":"revoked","identity":"dns:docs.4f1d8a6c0b7e9213.tunnel.example.com","issued_at":"{{Time}}","not_after":"{{Time}}"}""",
                [Serial, "revoked"]
            },
            {
                "rule list",
                "GET /v1/organizations/federation_rules",
                $$"""{"id":"{{Rule}}","name":"github-deploy-main","issuer_name":"github","match":{"subject_prefix":"repo:acme/infrastructure:ref:refs/heads/main"},"target":{"service_account_name":"deploy"},"oauth_scope":"workspace:manage_tunnels","state":"enforce","archived_at":null}""",
                [Rule, "github-deploy-main", "enforce"]
            },
            {
                "history list",
                "GET /v1/authentication_history",
                $$"""{"at":"{{Time}}","decision":"denied","reason":"match_subject_prefix","issuer_id":"{{Issuer}}","subject":"repo:acme/infrastructure:ref:refs/heads/main","federation_rule_id":"{{Rule}}","request_id":"{{Request}}"}""",
                ["denied", "match_subject_prefix", Request]
            },
            {
                "admin-key list",
                "GET /v1/admin_keys",
                $$"""{"id":"adky_01rb5GoNKrBr82J6VbHBdJYF","name":"break-glass","role":"installation-operator","status":"revoked","expires_at":"{{Time}}","last_used_at":"{{Time}}","person":"psn_01rb5GoNKrBr82J6VbHBdJYF"}""",
                ["adky_01rb5GoNKrBr82J6VbHBdJYF", "break-glass", "revoked"]
            },
        };

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task List_AtEveryWidth_ShowsIdAndStateWhole_AndFits(
        string command,
        string request,
        string item,
        string[] kept
    )
    {
        Service.On("GET /v1/tunnels?limit=100", $$"""{"data":[{"id":"{{Tunnel}}"}],"next_page":null}""");
        Service.On(request, $$"""{"data":[{{item}}],"next_page":null}""");

        foreach (var columns in (int[])[80, 120, 200])
        {
            var lines = await LinesAsync(columns, command);

            lines.ShouldAllBe(line => line.Length <= columns, $"{columns}: {string.Join('\n', lines)}");
            lines.ShouldAllBe(line => !line.Contains('…'));
            foreach (var text in kept)
            {
                lines[1].Split(' ').ShouldContain(text, $"{columns}: {string.Join('\n', lines)}");
            }
        }
    }

    private async Task<string[]> LinesAsync(int columns, string command)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "culvert");
        var start = new ProcessStartInfo("script") { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.ArgumentList.Add("-qec");
        start.ArgumentList.Add($"stty cols {columns} rows 50; '{program}' {command}");
        start.ArgumentList.Add("/dev/null");
        foreach (var (name, value) in Stage.Variables)
        {
            start.Environment[name] = value;
        }

        start.Environment["TERM"] = "xterm";
        start.Environment.Remove("COLUMNS");
        using var terminal = Process.Start(start)!;
        terminal.StandardInput.Close();
        var output = await terminal.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await terminal.WaitForExitAsync(TestContext.Current.CancellationToken);
        terminal.ExitCode.ShouldBe(0, output);
        // .NET sets the terminal's keypad mode at its start.
        output = output.Replace("\u001b[?1h\u001b=", "", StringComparison.Ordinal);
        return output.ReplaceLineEndings("\n").TrimEnd().Split('\n');
    }
}
