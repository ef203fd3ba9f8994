using Culvert.Identity.Cli.Hosting;
using Shouldly;

namespace Culvert.Identity.Cli.Tests.Commands.Provider;

/// <summary>What <c>culvert provider setup</c> makes of a provider's tunnel. No run shows a token: the harness looks.</summary>
public sealed class ProviderSetupTests : ProviderTest
{
    [Fact]
    public async Task Setup_Nothing_CreatesRegistersAndPrintsTheSection()
    {
        var run = await SetupAsync("--name", "docs", "--route", "docs", "--route", "@");

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Changes.ShouldBe(["POST /v1/tunnels", "POST /v1/tunnels/tnl_010000000000000000000001/certificates"]);
        Provider.Trusted("tnl_010000000000000000000001").ShouldBe([Fingerprint(Ca)]);
        run.Out.ShouldContain("# done: create the tunnel docs\n# done: register the CA " + Fingerprint(Ca));
        run.Out.ShouldEndWith(
            """
            tunnels:
              - kind: connector
                listen: 127.0.0.1:8080
                tunnel_domain: abcd0001.tunnel.provider.test
                routes: ["docs", "@"]
                certificate_file: /etc/culvert/provider/tls.crt # signed by the registered CA
                key_file: /etc/culvert/provider/tls.key

            """.ReplaceLineEndings("\n")
        );
        var exchange = Provider.Requests[0];
        exchange.Json!["assertion"]!.GetValue<string>().ShouldBe(Assertion);
        exchange.Headers["content-type"].ShouldBe("application/json");
        exchange.Json.AsObject().ContainsKey("service_account_id").ShouldBeFalse();
        Provider
            .Requests.Skip(1)
            .ShouldAllBe(r =>
                r.Headers["anthropic-version"] == "2023-06-01"
                && r.Headers["anthropic-beta"] == "mcp-tunnels-2026-06-22,oauth-2025-04-20"
                && !r.Headers.ContainsKey("x-api-key")
                && !r.Headers.ContainsKey("idempotency-key")
            );
        Provider.Exchanges.ShouldBe(1);
        Service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Setup_Again_ChangesNothingAndSaysSo()
    {
        var token = Path.Combine(Stage.Folder, "connector-token");
        await SetupAsync("--connector-token-file", token);
        var changes = Provider.Changes.Count;

        var run = await SetupAsync("--connector-token-file", token);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        run.Out.ShouldStartWith("# nothing was changed: tnl_010000000000000000000001 is as it should be\ntunnels:\n");
        Provider.Changes.Count.ShouldBe(changes);
        (await SetupAsync("-o", "json")).Json["outcome"]!.GetValue<string>().ShouldBe("unchanged");
    }

    [Fact]
    public async Task Setup_ConnectorToken_IsOnlyInItsFile()
    {
        var file = Path.Combine(Stage.Folder, "connector-token");

        var run = await SetupAsync("--connector-token-file", file);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe(
            ProviderDouble.ConnectorToken + "\n"
        );
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Setup_DryRun_SendsNoChange(bool exists)
    {
        if (exists)
        {
            Provider.AddTunnel("culvert");
        }

        var file = Path.Combine(Stage.Folder, "connector-token");
        var run = await SetupAsync("--dry-run", "--connector-token-file", file);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Changes.ShouldBeEmpty();
        Provider.Requests.ShouldNotContain(r => r.Target.Contains("reveal_token"));
        File.Exists(file).ShouldBeFalse();
        run.Out.Contains("# would: create the tunnel culvert").ShouldBe(!exists);
        run.Out.ShouldContain("# would: register the CA " + Fingerprint(Ca));
        run.Out.ShouldContain("# would: write the connector's token");
        run.Out.ShouldContain("# nothing was changed");
        run.Out.Contains("tunnel_domain: abcd0001.tunnel.provider.test").ShouldBe(exists);
    }

    [Fact]
    public async Task Setup_TunnelId_AttachesThatOne()
    {
        var tunnel = Provider.AddTunnel("of another name")["id"]!.GetValue<string>();

        var run = await SetupAsync("--tunnel-id", tunnel);

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Changes.ShouldBe([$"POST /v1/tunnels/{tunnel}/certificates"]);
    }

    [Fact]
    public async Task Setup_ManyPages_FindsTheTunnelByItsName()
    {
        Provider.PageSize = 2;
        var tunnel = Provider.AddTunnel("culvert")["id"]!.GetValue<string>();
        for (var i = 0; i < 6; i++)
        {
            Provider.AddTunnel($"other {i}");
        }

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Changes.ShouldBe([$"POST /v1/tunnels/{tunnel}/certificates"]);
    }

    [Fact]
    public async Task Setup_TwoTunnelsOfTheName_IsRefused()
    {
        Provider.AddTunnel("culvert");
        Provider.AddTunnel("culvert");

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("2 tunnels have the name culvert");
        run.Error.ShouldContain("--tunnel-id");
        Provider.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Setup_ArchivedTunnel_IsRefused()
    {
        var tunnel = Provider.AddTunnel("culvert", isArchived: true)["id"]!.GetValue<string>();

        var run = await SetupAsync("--tunnel-id", tunnel);

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("is archived, which cannot be undone");
    }

    // The provider made the tunnel, and its answer never arrived.
    [Fact]
    public async Task Setup_AfterALostAnswer_MakesNoSecondTunnel()
    {
        Provider.Script(
            "POST /v1/tunnels",
            context =>
            {
                Provider.AddTunnel("culvert");
                context.Abort();
                return Task.CompletedTask;
            }
        );
        (await SetupAsync()).ExitCode.ShouldBe(ExitCode.Unreachable);

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Changes.Count(c => c == "POST /v1/tunnels").ShouldBe(1);
        run.Out.ShouldNotContain("create the tunnel");
    }

    [Fact]
    public async Task Renewal_NextCa_IsRegisteredBesideTheOldOne()
    {
        var (tunnel, old) = Existing(NewCa(TimeSpan.FromDays(20)));

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Trusted(tunnel).ShouldBe([Fingerprint(Ca), old]);
    }

    [Fact]
    public async Task Renewal_BothSlotsTaken_IsRefusedUntilAnOldOneMayGo()
    {
        var (tunnel, first) = Existing(NewCa(TimeSpan.FromDays(20)));
        Provider.AddCertificate(tunnel, NewCa(TimeSpan.FromDays(30)));

        var refused = await SetupAsync();
        refused.ExitCode.ShouldBe(ExitCode.Refused);
        refused.Error.ShouldContain("the tunnel has 2 CAs already, which is the most, and neither has expired");
        refused.Error.ShouldContain(first);
        refused.Error.ShouldContain("--archive-others");
        Provider.Changes.ShouldBeEmpty();

        var run = await SetupAsync("--archive-others");
        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Trusted(tunnel).ShouldBe([Fingerprint(Ca)]);
        // The room was made by the one that expires first; the other went after the new one was there.
        Provider.Changes.Select(c => c.Split('/')[^1]).ShouldBe(["archive", "certificates", "archive"]);
        (await SetupAsync("--archive-others")).Out.ShouldContain("# nothing was changed");
    }

    [Fact]
    public async Task Renewal_ExpiredCa_MakesRoom()
    {
        var (tunnel, _) = Existing(NewCa(TimeSpan.FromDays(-1)));
        var second = Fingerprint(NewCa(TimeSpan.FromDays(300)));
        second = Provider.AddCertificate(tunnel, NewCa(TimeSpan.FromDays(300)))["fingerprint"]!.GetValue<string>();

        var run = await SetupAsync();

        run.ExitCode.ShouldBe(ExitCode.Done, run.Error);
        Provider.Trusted(tunnel).ShouldBe([Fingerprint(Ca), second]);
    }

    [Theory] // days of the CA, --renew-before
    [InlineData(31, null, ExitCode.Done)]
    [InlineData(29, null, ExitCode.CheckFailed)]
    [InlineData(29, "28d", ExitCode.Done)]
    [InlineData(31, "32d", ExitCode.CheckFailed)]
    public async Task Renewal_CaThatExpiresSoon_IsReported(int days, string? before, int expected)
    {
        var file = Stage.Write("soon.pem", NewCa(TimeSpan.FromDays(days)).ExportCertificatePem());

        var run = await SetupOfAsync(["--ca-certificate", file], before is null ? [] : ["--renew-before", before]);

        run.ExitCode.ShouldBe(expected, run.Error);
        run.Out.Contains("# to do: the newest CA expires").ShouldBe(expected != ExitCode.Done);
    }

    // The authorities that sign now or next come from the Culvert service, which issues the certificate of the domain.
    [Fact]
    public async Task Setup_CulvertTunnel_RegistersItsAuthoritiesAndClaimsTheDomain()
    {
        var (active, staged, retiring) = (
            NewCa(TimeSpan.FromDays(90)),
            NewCa(TimeSpan.FromDays(180)),
            NewCa(TimeSpan.FromDays(40))
        );
        var tunnel = Provider.AddTunnel("culvert")["id"]!.GetValue<string>();
        Provider.AddCertificate(tunnel, retiring);
        ScriptCulvert((active, "active"), (retiring, "retiring"), (NewCa(TimeSpan.FromDays(9)), "retired"));
        string[] source = ["--tunnel", "tnl_01culvert"];

        var run = await SetupOfAsync(source);

        run.ExitCode.ShouldBe(ExitCode.CheckFailed, run.Error); // an operator has to approve
        Provider.Trusted(tunnel).ShouldBe([Fingerprint(active), Fingerprint(retiring)]);
        Service.Requests.Single(r => r.ToString() == "POST /v1/tunnels/tnl_01culvert/hostnames").Json!["name"]!
            .GetValue<string>()
            .ShouldBe("*.abcd0001.tunnel.provider.test");
        run.Out.ShouldContain(
            "# to do: an installation operator approves the domain: culvert tunnel hostname approve tnl_01culvert '*.abcd0001.tunnel.provider.test'"
        );
        run.Out.ShouldContain("    certificate_source: service\n");

        // Approved; and the next authority is staged after the one before it was retired.
        Service.On(
            "GET /v1/tunnels/tnl_01culvert/hostnames",
            """{"data":[{"name":"*.abcd0001.tunnel.provider.test","state":"active"}],"next_page":null}"""
        );
        ScriptCulvert((active, "active"), (staged, "staged"), (retiring, "retired"));
        var next = await SetupOfAsync(source, "--archive-others");
        next.ExitCode.ShouldBe(ExitCode.Done, next.Error);
        Provider.Trusted(tunnel).ShouldBe([Fingerprint(staged), Fingerprint(active)]);
        (await SetupOfAsync(source)).Out.ShouldStartWith("# nothing was changed");
    }

    [Fact]
    public async Task Setup_CulvertTunnelWithoutAuthority_IsRefusedBeforeTheProviderIsAsked()
    {
        ScriptCulvert();

        var run = await SetupOfAsync(["--tunnel", "tnl_01culvert"]);

        run.ExitCode.ShouldBe(ExitCode.Refused);
        run.Error.ShouldContain("no active certificate authority");
        Provider.Requests.ShouldBeEmpty();
    }

    private (string Tunnel, string Fingerprint) Existing(
        System.Security.Cryptography.X509Certificates.X509Certificate2 ca
    )
    {
        var tunnel = Provider.AddTunnel("culvert")["id"]!.GetValue<string>();
        return (tunnel, Provider.AddCertificate(tunnel, ca)["fingerprint"]!.GetValue<string>());
    }

    private void ScriptCulvert(
        params (System.Security.Cryptography.X509Certificates.X509Certificate2 Ca, string State)[] authorities
    )
    {
        // The list has no chains; each authority alone has its own.
        var all = authorities
            .Select((a, i) => new System.Text.Json.Nodes.JsonObject { ["id"] = $"ca_{i:00}", ["state"] = a.State })
            .ToList();
        foreach (var (authority, (ca, _)) in all.Zip(authorities))
        {
            var single = authority.DeepClone();
            single["chain"] = new System.Text.Json.Nodes.JsonArray(
                new System.Text.Json.Nodes.JsonObject { ["pem"] = ca.ExportCertificatePem() }
            );
            Service.On($"GET /v1/certificate_authorities/{authority["id"]}", single.ToJsonString());
        }

        var list = new System.Text.Json.Nodes.JsonObject
        {
            ["data"] = new System.Text.Json.Nodes.JsonArray([.. all]),
            ["next_page"] = null,
        };
        Service
            .On("GET /v1/certificate_authorities?tunnel_id=tnl_01culvert&limit=1000", list.ToJsonString())
            .On("POST /v1/tunnels/tnl_01culvert/hostnames", """{"type":"tunnel_hostname","state":"pending"}""");
        if (!Service.Requests.Any())
        {
            Service.On("GET /v1/tunnels/tnl_01culvert/hostnames", """{"data":[],"next_page":null}""");
        }
    }
}
